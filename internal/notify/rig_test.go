package notify_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/blob"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/mail"
	"github.com/oknodesk/okno/internal/notify"
	"github.com/oknodesk/okno/internal/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const password = "correct horse battery"

// rig is a desk with an administrator Ada and the agents Ann and Bob, whose
// facts are told as they will be told in the house. Letters stay in the queue.
type rig struct {
	*desk.Desk
	t        *testing.T
	db       *db.DB
	notify   *notify.Notifier
	runner   *jobs.Runner
	mu       sync.Mutex
	at       time.Time
	keys     int
	seen     okno.LetterID // letters up to this one were looked at
	people   int           // whom flood made
	log      *strings.Builder
	ada      okno.Actor
	ann, bob okno.Actor
}

// each runs the test on both databases, with a desk in a language.
func each(t *testing.T, lang string, test func(t *testing.T, r *rig)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newRig(t, d, lang)) }, jobs.Migrations, desk.Migrations)
}

func newRig(t *testing.T, d *db.DB, lang string) *rig {
	t.Helper()
	ctx := t.Context()
	must(t, d.Migrate(ctx, jobs.Migrations, desk.Migrations))
	files, err := blob.NewDisk(t.TempDir())
	must(t, err)
	key, err := secret.LoadKey(t.TempDir() + "/key")
	must(t, err)
	r := &rig{t: t, db: d, at: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), log: &strings.Builder{}}
	log := slog.New(slog.NewTextHandler(&locked{r}, nil))
	r.Desk = desk.New(desk.Config{
		DB: d, Blob: files, Key: key, Now: r.now, Log: log, Lang: lang,
		Consequences: func(okno.Event) []string { return []string{notify.JobKind} },
	})
	t.Cleanup(r.Close)
	base, err := url.Parse("https://desk.example")
	must(t, err)
	r.runner = jobs.NewRunner(d, r.now, log)
	r.notify = notify.New(notify.Config{Desk: r.Desk, BaseURL: base, Key: key.Sub("letter names"), Log: log})
	r.notify.Register(r.runner)
	r.runner.Handle(desk.GiveJobKind, jobs.Options{}, r.GiveAnswer)
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- r.runner.Run(running) }()
	t.Cleanup(func() {
		stop()
		must(t, <-ended)
	})
	must(t, r.SetUp(ctx, okno.Console(), "", desk.Setup{
		Name: "Ada Admin", Address: "ada@desk.example", Password: password, Company: "Supplier", Support: "support@desk.example", Lang: lang,
	}))
	r.ada = r.atWork("ada@desk.example", "admin", okno.DoorAdmin)
	r.joinWithin(0)
	deps, err := r.Departments(ctx)
	must(t, err)
	deps[0].Signature = "Supplier support\n+375 17 000 00 00"
	must(t, r.SaveDepartment(ctx, r.ada, deps[0].Ref, deps[0]))
	r.ann, r.bob = r.agent("Ann Agent", "ann@desk.example"), r.agent("Bob Agent", "bob@desk.example")
	r.letters()
	return r
}

// joinWithin sets within how many minutes agents' letters are joined; at first
// each goes by itself.
func (r *rig) joinWithin(minutes int) {
	r.t.Helper()
	s, err := r.Settings(r.ctx())
	must(r.t, err)
	s.JoinMinutes = minutes
	must(r.t, r.SaveSettings(r.ctx(), r.ada, s))
}

// locked keeps the log for the test to look at.
type locked struct{ r *rig }

func (l *locked) Write(p []byte) (int, error) {
	l.r.mu.Lock()
	defer l.r.mu.Unlock()
	return l.r.log.Write(p)
}

func (r *rig) logged() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.log.String()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (r *rig) ctx() context.Context { return r.t.Context() }

func (r *rig) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.at
}

func (r *rig) pass(d time.Duration) {
	r.mu.Lock()
	r.at = r.at.Add(d)
	r.mu.Unlock()
}

func (r *rig) key() string {
	r.keys++
	return fmt.Sprint("key ", r.keys)
}

// enter signs in, for what needs a session.
func (r *rig) enter(login string, door okno.Door) okno.Actor {
	r.t.Helper()
	token, err := r.SignIn(r.ctx(), login, password, "", "test")
	must(r.t, err)
	a, _, err := r.ActorOf(r.ctx(), token, door)
	must(r.t, err)
	return a
}

// agent makes an agent, at work without the sign-in that other tests are about.
func (r *rig) agent(name, address string) okno.Actor {
	r.t.Helper()
	roles, err := r.Roles(r.ctx(), r.ada)
	must(r.t, err)
	must(r.t, r.AddAgent(r.ctx(), r.ada, "add "+address, desk.AgentForm{Name: name, Address: address, Role: roles[0].Ref}))
	return r.atWork(address, roles[0].Name, okno.DoorWorkspace)
}

func (r *rig) atWork(address, role string, door okno.Door) okno.Actor {
	r.t.Helper()
	p, err := r.KnownSender(r.ctx(), address)
	must(r.t, err)
	return okno.Actor{Person: p.ID, Door: door, Lang: p.Lang, Grants: []okno.Grant{{Person: p.ID, Permissions: okno.RolePermissions(role)}}}
}

// sent is a queued letter as its recipient will have it.
type sent struct {
	okno.Letter
	read *mail.Letter
	raw  string
}

// letters are those queued since the last call, oldest first.
func (r *rig) letters() []sent {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.ctx(), time.Minute)
	defer cancel()
	must(r.t, r.runner.Settle(ctx))
	all, _, err := r.Letters(ctx, okno.System(), "", "")
	must(r.t, err)
	var fresh []sent
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].ID <= r.seen {
			continue
		}
		l, err := r.LetterToSend(ctx, all[i].ID)
		must(r.t, err)
		fresh = append(fresh, sent{Letter: l, read: mail.Read(l.Bytes), raw: string(l.Bytes)})
		r.seen = l.ID
	}
	return fresh
}

// to is the one letter among them to an address.
func to(t *testing.T, letters []sent, address string) sent {
	t.Helper()
	var found []sent
	for _, l := range letters {
		if l.Letter.To == address {
			found = append(found, l)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d letters to %s among %s", len(found), address, list(letters))
	}
	return found[0]
}

// list says which letters there are.
func list(letters []sent) string {
	var words []string
	for _, l := range letters {
		words = append(words, string(l.Kind)+" to "+l.Letter.To)
	}
	return strings.Join(words, ", ")
}

// byForm opens a ticket through the form that anyone may fill in.
func (r *rig) byForm(lang, address, subject, text string) desk.Opened {
	r.t.Helper()
	o, err := r.OpenTicket(r.ctx(), okno.Nobody(lang), desk.Opening{
		Key: r.key(), Name: "Carl Customer", Address: address, Channel: okno.ChannelWeb, Subject: subject, Text: text, Lang: lang,
	})
	must(r.t, err)
	return o
}

// byLetter opens a ticket as intake does for a letter.
func (r *rig) byLetter(claim okno.Claim, lang, raw string, cc ...string) desk.Opened {
	r.t.Helper()
	ctx := r.ctx()
	l := mail.Read([]byte(raw))
	p, err := r.Sender(ctx, l.From[0].Name, l.From[0].Addr, lang)
	must(r.t, err)
	by, err := r.MailActor(ctx, p.ID, claim, 0)
	must(r.t, err)
	words := r.keep(raw)
	for _, address := range cc {
		q, err := r.Sender(ctx, "", address, lang)
		must(r.t, err)
		words.Participants = append(words.Participants, q.ID)
	}
	o, err := r.OpenTicket(ctx, by, desk.Opening{
		Key: r.key(), Requester: p.ID, Channel: okno.ChannelMail, Subject: l.Subject, Text: l.Text, HTML: l.HTML, Lang: lang, Letter: words,
	})
	must(r.t, err)
	return o
}

// keep keeps a raw letter as intake does.
func (r *rig) keep(raw string) *desk.LetterWords {
	r.t.Helper()
	ctx := r.ctx()
	box, err := r.MailboxFor(ctx, "support@desk.example")
	must(r.t, err)
	l := mail.Read([]byte(raw))
	_, err = r.KeepLetter(ctx, okno.KeptLetter{Mailbox: box.ID, MessageID: l.MessageID, Raw: []byte(raw), Source: "smtp"})
	must(r.t, err)
	all, _, err := r.KeptLetters(ctx, okno.System(), "", "")
	must(r.t, err)
	return &desk.LetterWords{Kept: all[0].ID, Mailbox: box.ID, MessageID: l.MessageID}
}

// customer is whoever has an address, acting on a ticket by a letter of a grade.
func (r *rig) customer(address string, claim okno.Claim, ticket okno.TicketID) okno.Actor {
	r.t.Helper()
	p, err := r.KnownSender(r.ctx(), address)
	must(r.t, err)
	a, err := r.MailActor(r.ctx(), p.ID, claim, ticket)
	must(r.t, err)
	return a
}

// atPage is the requester who came by an access link.
func (r *rig) atPage(o desk.Opened) okno.Actor {
	r.t.Helper()
	t, err := r.TicketOf(r.ctx(), o.Ticket)
	must(r.t, err)
	return okno.Actor{Door: okno.DoorPortal, Guest: map[okno.TicketID]okno.PersonID{o.Ticket: t.Requester}}
}

const lampLetter = "From: Carl Customer <carl@customer.example>\r\nTo: support@desk.example\r\nSubject: Lamp broken\r\n" +
	"Message-ID: <lamp-1@customer.example>\r\nDate: Fri, 20 Nov 2026 08:59:00 +0000\r\n" +
	"Thread-Topic: Lamp broken\r\nThread-Index: AdxZr5uRkq1Y0Gm0T3uJb0R1mQ2x1w==\r\n" +
	"Content-Type: text/plain; charset=utf-8\r\n\r\nThe lamp in room 4 is dark.\r\n"

// column is every value of a column, bytes as they are.
func (r *rig) column(table, name string) string {
	r.t.Helper()
	var all []string
	must(r.t, r.db.Read(r.ctx(), func(tx *db.Tx) (err error) {
		all, err = db.Collect(tx, func(row db.Scanner) (string, error) {
			var v []byte
			err := row.Scan(&v)
			return string(v), err
		}, `SELECT `+name+` FROM `+table)
		return err
	}))
	return strings.Join(all, "\n")
}

// again puts a fact's duty once more, as after a crash.
func (r *rig) again(e okno.EventID) error {
	return r.db.Write(r.ctx(), func(tx *db.Tx) error {
		return jobs.Put(tx, r.now(), jobs.New{Kind: notify.JobKind, V: 1, Payload: desk.FactJob{Event: e}})
	})
}

// bounced has a letter come back, as a report to its own return path says.
func (r *rig) bounced(messageID string, permanent bool, why string) (okno.Letter, error) {
	all, _, err := r.Letters(r.ctx(), okno.System(), "", "")
	if err != nil {
		return okno.Letter{}, err
	}
	for _, l := range all {
		if l.MessageID == messageID {
			l, _, err := r.Reported(r.ctx(), desk.Report{Letter: l.ID, Permanent: permanent, Why: why})
			return l, err
		}
	}
	return okno.Letter{}, okno.ErrNotFound
}
