package intake_test

import (
	"context"
	"crypto/x509"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/blob"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/intake"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/outbound"
	"github.com/oknodesk/okno/internal/secret"
)

// rig is a desk with two mailboxes, a runner that takes letters' steps, and a
// small name server of its own.
type rig struct {
	*desk.Desk
	t        *testing.T
	db       *db.DB
	config   intake.Config
	receiver *intake.Receiver
	runner   *jobs.Runner
	clock    *clock
	admin    okno.Actor
	names    *nameServer
	stop     func()
}

const (
	support  = "support@desk.example"
	sales    = "sales@desk.example"
	password = "correct horse battery"
)

// each runs the test on both databases.
func each(t *testing.T, test func(t *testing.T, r *rig)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newRig(t, d)) }, jobs.Migrations, desk.Migrations)
}

// one runs it on SQLite alone: what is tested does not reach the database.
func one(t *testing.T) *rig { return newRig(t, dbtest.Open(t, dbtest.SQLite(t))) }

func newRig(t *testing.T, d *db.DB) *rig {
	t.Helper()
	must(t, d.Migrate(t.Context(), jobs.Migrations, desk.Migrations))
	files, err := blob.NewDisk(t.TempDir())
	must(t, err)
	key, err := secret.LoadKey(t.TempDir() + "/key")
	must(t, err)
	r := &rig{t: t, db: d, clock: &clock{at: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}, names: newNameServer(t)}
	r.Desk = desk.New(desk.Config{
		DB: d, Blob: files, Key: key, Now: r.clock.now, Log: slog.New(slog.DiscardHandler), Lang: "en",
		Consequences: func(okno.Event) []string { return nil },
	})
	t.Cleanup(r.Close)
	must(t, r.SetUp(t.Context(), okno.Console(), "", desk.Setup{
		Name: "Ada Admin", Address: "ada@desk.example", Password: password, Company: "Supplier", Support: support, Lang: "en",
	}))
	token, err := r.SignIn(t.Context(), "ada@desk.example", password, "", "test")
	must(t, err)
	r.admin, _, err = r.ActorOf(t.Context(), token, okno.DoorWorkspace)
	must(t, err)
	r.admin.Door = okno.DoorAdmin
	deps, err := r.Departments(t.Context())
	must(t, err)
	must(t, r.SaveMailbox(t.Context(), r.admin, "", okno.Mailbox{Address: sales, Lang: "en"}, deps[0].Ref))
	near, err := outbound.New([]string{"127.0.0.1"})
	must(t, err)
	r.config = intake.Config{
		Mark: "ours",
		Desk: r.Desk, Log: slog.New(slog.DiscardHandler), Now: r.clock.now, Resolver: r.names.resolver(), Outbound: near,
		TrustedRelays: []intake.TrustedRelay{{Name: "mx.desk.example", Socket: true}},
	}
	r.receiver = intake.New(r.config)
	r.run()
	return r
}

// renew has a receiver made anew from the rig's configuration take the steps.
func (r *rig) renew() {
	r.stop()
	r.receiver = intake.New(r.config)
	r.run()
}

// smaller has a receiver that takes letters up to a size.
func (r *rig) smaller(limit int64) {
	r.config.MaxLetter = limit
	r.receiver = intake.New(r.config)
}

// trusting has one that believes certificates from roots.
func (r *rig) trusting(roots *x509.CertPool) {
	r.config.Roots = roots
	r.receiver = intake.New(r.config)
}

// clock moves only when told.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) move(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(by)
}

// run has a runner take steps until the test ends, or stop.
func (r *rig) run() {
	r.runner = jobs.NewRunner(r.db, r.clock.now, slog.New(slog.DiscardHandler))
	r.receiver.Register(r.runner)
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.t.Context()))
	done := make(chan error, 1)
	runner := r.runner
	go func() { done <- runner.Run(ctx) }()
	stopped := false
	r.stop = func() {
		if cancel(); !stopped {
			stopped = true
			must(r.t, <-done)
		}
	}
	r.t.Cleanup(r.stop)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (r *rig) ctx() context.Context { return r.t.Context() }

// letter writes a letter: fields above, an empty line, the text.
func letter(lines ...string) string { return strings.Join(lines, "\r\n") + "\r\n" }

// arrive keeps a letter as if it had come from the open net, and has its
// steps taken. It returns what became of it.
func (r *rig) arrive(to, raw string) okno.KeptLetter {
	r.t.Helper()
	return r.come(intake.Arrival{EnvelopeFrom: "someone@customer.example", EnvelopeTo: to, Source: "smtp", Peer: "93.184.216.34", Helo: "mail.customer.example", Raw: []byte(raw)})
}

func (r *rig) come(a intake.Arrival) okno.KeptLetter {
	r.t.Helper()
	must(r.t, r.receiver.Keep(r.ctx(), a))
	r.settle()
	return r.last()
}

func (r *rig) settle() {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.ctx(), time.Minute)
	defer cancel()
	must(r.t, r.runner.Settle(ctx))
}

// last is the letter that came last.
func (r *rig) last() okno.KeptLetter {
	r.t.Helper()
	return r.kept()[0]
}

func (r *rig) kept() []okno.KeptLetter {
	r.t.Helper()
	all, _, err := r.KeptLetters(r.ctx(), r.admin, "", "")
	must(r.t, err)
	return all
}

// page is a ticket as agents see it.
func (r *rig) page(id okno.TicketID) *desk.TicketPage {
	r.t.Helper()
	t, err := r.TicketOf(r.ctx(), id)
	must(r.t, err)
	p, err := r.Ticket(r.ctx(), r.admin, t.Number, 0)
	must(r.t, err)
	return p
}

// tickets is how many there are.
func (r *rig) tickets() int {
	r.t.Helper()
	numbers := map[okno.TicketID]bool{}
	for _, view := range []okno.ViewKind{okno.ViewOpen, okno.ViewWaiting, okno.ViewHold, okno.ViewDone, okno.ViewClosed} {
		l, err := r.View(r.ctx(), r.admin, view, "")
		must(r.t, err)
		for _, row := range l.Rows {
			numbers[row.ID] = true
		}
	}
	return len(numbers)
}

// verdict is what a step found.
func verdict(k okno.KeptLetter, step string) okno.Verdict {
	for _, v := range k.Trace {
		if v.Step == step {
			return v
		}
	}
	return okno.Verdict{}
}

// opened is a ticket that a customer's letter opened; and his own signed reply
// address at it.
func (r *rig) opened() (t okno.Ticket, reply string) {
	r.t.Helper()
	k := r.arrive(support, letter(
		"From: Carl Customer <carl@customer.example>", "To: "+support, "Subject: Printer is on fire",
		"Date: Fri, 20 Nov 2026 08:00:00 +0000", "Message-ID: <first@customer.example>", "", "It burns."))
	t, err := r.TicketOf(r.ctx(), k.Ticket)
	must(r.t, err)
	return t, r.ReplyAddresses().For(support, int64(t.ID), int64(t.Requester))
}

// serve listens for letters; dial speaks to it.
func (r *rig) serve(o intake.ServerOptions) (s *intake.Server, address string) {
	r.t.Helper()
	l, err := intake.Listen("tcp", "127.0.0.1:0")
	must(r.t, err)
	s = intake.NewServer(r.receiver, o)
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	r.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		_ = s.Shutdown(ctx) // it may be down already
		must(r.t, <-done)
	})
	return s, l.Addr().String()
}

func (r *rig) dial(address string) *smtp.Client {
	r.t.Helper()
	conn, err := net.Dial("tcp", address)
	must(r.t, err)
	c := smtp.NewClient(conn)
	r.t.Cleanup(func() { c.Close() })
	must(r.t, c.Hello("mail.customer.example"))
	return c
}
