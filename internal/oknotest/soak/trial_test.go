package soak

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/app"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/oknotest/peer"
	"github.com/oknodesk/okno/internal/oknotest/port"
	"github.com/oknodesk/okno/internal/oknotest/program"
	"github.com/oknodesk/okno/internal/oknotest/traffic"
)

// Letters and the answers to them come in any order, by two ways and into two
// mailboxes at once, some of them by both ways, while processes are killed:
// there is a ticket for each letter, with its answer, and nothing else.
func TestSoakShuffledLettersMakeTheirTickets(t *testing.T) {
	peer.Need(t)
	t.Run("one process on SQLite", func(t *testing.T) { newTrial(t, "", 1, byIMAP).run() })
	t.Run("two processes on PostgreSQL", func(t *testing.T) { newTrial(t, dbtest.Postgres(t), 2, byIMAP).run() })
}

// pairs is how many letters, each with its answer, the trial has.
func pairs() int {
	if os.Getenv("OKNO_TEST_SOAK") == "" {
		return 100
	}
	return 1000
}

// twice is how often a letter comes by both ways: one in so many.
const twice = 10

// trial is an installation of one process or several, and a Dovecot.
type trial struct {
	*world
	dovecot   *peer.Dovecot
	url       string // of the database
	processes []*program.Program
	lmtp      []string      // host:port of each
	said      []string      // file of what each says
	kept      *atomic.Int64 // letters answered for, or put into the Dovecot
}

var trialBoxes = []string{program.Support, "sales@desk.example"}

// byIMAP fetches a mailbox of the Dovecot, and lays what is kept into another
// folder.
func byIMAP(d *peer.Dovecot, user string) okno.Fetch {
	return okno.Fetch{Port: d.IMAPS, User: user, After: okno.ArchiveIt, Archive: "Done"}
}

// newTrial sets an installation up whose mailboxes are fetched in the given way.
func newTrial(t *testing.T, url string, processes int, way func(d *peer.Dovecot, user string) okno.Fetch) *trial {
	t.Helper()
	w := &world{T: t, delivered: map[string]map[string]int{}, letters: map[string]string{}}
	r := &trial{world: w, url: url, kept: &atomic.Int64{}}
	var err error
	w.relay, err = traffic.NewRelay(w.take)
	w.must(err)
	t.Cleanup(func() { w.must(w.relay.Close()) })
	dir, err := peer.Dir()
	w.must(err)
	t.Cleanup(func() { w.must(os.RemoveAll(dir)) })
	certificate, err := peer.NewCertificate(dir)
	w.must(err)
	t.Setenv("SSL_CERT_FILE", certificate.File)
	r.dovecot, err = peer.StartDovecot(dir, certificate, "")
	w.must(err)
	t.Cleanup(func() { w.must(r.dovecot.Kill()) })
	data := t.TempDir()
	for i := range processes {
		r.process(data, i)
	}
	if r.url == "" {
		r.url = "sqlite:" + filepath.Join(r.processes[0].Data, "okno.db")
	}
	r.furnish(way)
	for i := range r.processes {
		r.serve(i)
	}
	return r
}

// process plans one, which shares the others' database and key.
func (r *trial) process(dir string, i int) {
	lmtp, err := port.Keep()
	r.must(err)
	args := []string{"--key-file", filepath.Join(dir, "key"), "--lmtp-listen", lmtp, "--outbound-allow", peer.Host}
	if r.url != "" {
		args = append(args, "--db", r.url)
	}
	said := filepath.Join(dir, fmt.Sprint("log", i))
	p, err := program.New(bin, filepath.Join(dir, fmt.Sprint("data", i)), said, r.relay.Addr, args...)
	r.must(err)
	r.processes, r.lmtp, r.said = append(r.processes, p), append(r.lmtp, lmtp), append(r.said, said)
	r.Cleanup(func() {
		r.must(p.Kill())
		if r.Failed() {
			r.tellLog(said)
		}
	})
}

// furnish sets up the two mailboxes, each with one at the Dovecot.
func (r *trial) furnish(way func(d *peer.Dovecot, user string) okno.Fetch) {
	r.Program = r.processes[0]
	r.house(slog.New(slog.DiscardHandler), func(h *app.House) {
		ctx := r.Context()
		r.must(h.Desk.SetUp(ctx, okno.Console(), "", desk.Setup{
			Name: "Ada", Address: program.Admin, Password: program.Password, Company: "Supplier", Support: trialBoxes[0], Lang: "en",
		}))
		departments, err := h.Desk.Departments(ctx)
		r.must(err)
		boxes, err := h.Desk.Mailboxes(ctx, okno.Console())
		r.must(err)
		fetch := func(i int) *okno.Fetch {
			f := way(r.dovecot, fmt.Sprint("box", i))
			f.Host, f.Security, f.Password = peer.Host, okno.TLS, peer.Password
			return &f
		}
		first := boxes[0].Mailbox
		first.Fetch = fetch(0)
		r.must(h.Desk.SaveMailbox(ctx, okno.Console(), boxes[0].Ref, first, departments[0].Ref))
		r.must(h.Desk.SaveMailbox(ctx, okno.Console(), "", okno.Mailbox{Address: trialBoxes[1], Lang: "en", Fetch: fetch(1)}, departments[0].Ref))
	})
}

func (r *trial) serve(i int) {
	r.Helper()
	ctx, cancel := context.WithTimeout(r.Context(), startTime)
	defer cancel()
	r.must(r.processes[i].Start(ctx))
}

// shipment is a letter on one of its ways.
type shipment struct {
	box  int
	from string
	raw  []byte // the same on each way
	imap bool
}

// shipments are the letters and their answers, shuffled.
func (r *trial) shipments(random *rand.Rand) []shipment {
	var all []shipment
	for n := range pairs() {
		box := n % len(trialBoxes)
		from := fmt.Sprintf("carl.%d@customer.example", n)
		asks := traffic.Letter{From: from, Subject: fmt.Sprintf("Printer %d", n), ID: fmt.Sprintf("ask.%d@customer.example", n), Text: fmt.Sprintf("Printer %d does not print.", n)}
		adds := traffic.Letter{From: from, Subject: "Re: " + asks.Subject, ID: fmt.Sprintf("add.%d@customer.example", n), Answers: asks.ID, Text: fmt.Sprintf("It is the blue one on floor %d.", n)}
		for _, l := range []traffic.Letter{asks, adds} {
			s := shipment{box, from, l.Bytes(), random.IntN(2) == 0}
			all = append(all, s)
			if random.IntN(twice) == 0 {
				s.imap = !s.imap
				all = append(all, s)
			}
		}
	}
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

func (r *trial) run() {
	seed := uint64(time.Now().UnixNano())
	r.Logf("shuffled by %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	all := r.shipments(random)
	byIMAP, byLMTP := make(chan shipment, len(all)), make(chan shipment, len(all))
	for _, s := range all {
		if s.imap {
			byIMAP <- s
		} else {
			byLMTP <- s
		}
	}
	close(byIMAP)
	close(byLMTP)
	begun := time.Now()
	var senders sync.WaitGroup
	senders.Go(func() { r.append(byIMAP) })
	for i := range 3 {
		senders.Go(func() { r.deliver(byLMTP, i) })
	}
	// Each process is killed once, whichever of them fetches just then.
	for i := range r.processes {
		enough := int64(len(all) * (i + 1) / (len(r.processes) + 2))
		r.until(insistTime, "more letters are in", func() bool { return r.kept.Load() >= enough || r.Failed() })
		r.must(r.processes[i].Kill())
		r.serve(i)
	}
	senders.Wait()
	if r.Failed() {
		return
	}
	r.settle()
	r.Logf("%d letters on %d ways, %s", 2*pairs(), len(all), time.Since(begun).Round(time.Millisecond))
}

// end ends a process at the end of a trial. Killed it is where there is time:
// what it had in hand waits half a minute for its leases to end.
func (r *trial) end(i int) {
	r.Helper()
	if len(r.processes) == 1 || os.Getenv("OKNO_TEST_SOAK") != "" {
		r.must(r.processes[i].Kill())
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), stopTime)
	defer cancel()
	r.must(r.processes[i].Stop(ctx))
}

// append lays letters into the Dovecot's mailboxes.
func (r *trial) append(letters <-chan shipment) {
	var clients [2]*imapclient.Client
	for i := range clients {
		c, err := r.dovecot.Open(fmt.Sprint("box", i))
		if err != nil {
			r.Error(err)
			return
		}
		defer c.Close()
		clients[i] = c
	}
	for s := range letters {
		put := clients[s.box].Append("INBOX", int64(len(s.raw)), nil)
		_, err := put.Write(s.raw)
		err = errors.Join(err, put.Close())
		if err == nil {
			_, err = put.Wait()
		}
		if err != nil {
			r.Error(err)
			return
		}
		r.kept.Add(1)
	}
}

// deliver sends letters by LMTP until each is answered for, to whichever
// process is there.
func (r *trial) deliver(letters <-chan shipment, first int) {
	at := first
	to := &traffic.LMTP{To: r.lmtp[at%len(r.lmtp)]}
	defer func() { to.Close() }()
	for s := range letters {
		given := time.Now().Add(insistTime)
		for {
			err := to.Send(s.from, trialBoxes[s.box], s.raw)
			if err == nil {
				break
			}
			if time.Now().After(given) {
				r.Error(err)
				return
			}
			at++
			to = &traffic.LMTP{To: r.lmtp[at%len(r.lmtp)]}
			<-time.After(10 * time.Millisecond) // as a mail server does, only sooner
		}
		r.kept.Add(1)
	}
}

// settle waits for all tickets and looks at the books.
func (r *trial) settle() {
	n := pairs()
	// One that was marked as seen and not yet moved when its process died in
	// its first round stays; it was kept before.
	r.until(4*time.Minute, "the Dovecot's mailboxes are emptied", func() bool { return r.waiting() <= uint32(len(r.processes)) })
	for i := range r.processes[:len(r.processes)-1] {
		r.end(i) // the last finishes alone
	}
	last := r.processes[len(r.processes)-1]
	count := r.reader(last)
	r.until(4*time.Minute, "all letters are worked off", func() bool {
		return count(`SELECT count(*) FROM kept_letter WHERE state = 'new'`) == 0 && count(`SELECT count(*) FROM message`) >= 2*n
	})
	for what, question := range map[string]struct {
		want int
		sql  string
	}{
		"tickets":                        {n, `SELECT count(*) FROM ticket`},
		"tickets with two messages":      {n, `SELECT count(*) FROM (SELECT ticket FROM message GROUP BY ticket HAVING count(*) = 2) AS t`},
		"tickets whose two have one man": {n, `SELECT count(*) FROM (SELECT ticket FROM message GROUP BY ticket HAVING count(DISTINCT author) = 1) AS t`},
		"letters kept":                   {2 * n, `SELECT count(*) FROM kept_letter`},
		"letters that joined":            {2 * n, `SELECT count(*) FROM kept_letter WHERE state = 'joined'`},
		"confirmations":                  {n, `SELECT count(*) FROM letter WHERE kind = 'confirmation'`},
		"duties given up":                {0, `SELECT count(*) FROM job WHERE dead_at IS NOT NULL`},
	} {
		if got := count(question.sql); got != question.want {
			r.Errorf("%s: %d, not %d", what, got, question.want)
		}
	}
}

// waiting is how many letters still lie in the Dovecot's mailboxes.
func (r *trial) waiting() (n uint32) {
	for i := range trialBoxes {
		c, err := r.dovecot.Open(fmt.Sprint("box", i))
		r.must(err)
		chosen, err := c.Select("INBOX", nil).Wait()
		c.Close()
		r.must(err)
		n += chosen.NumMessages
	}
	return n
}

// reader counts past the processes: in SQLite's file, or at PostgreSQL.
func (r *trial) reader(p *program.Program) (count func(question string) int) {
	if len(r.processes) == 1 {
		l, err := p.Ledger()
		r.must(err)
		r.Cleanup(func() { r.must(l.Close()) })
		return func(question string) int {
			n, err := l.Count(r.Context(), question)
			r.must(err)
			return n
		}
	}
	d := dbtest.Open(r.T, r.url)
	return func(question string) (n int) {
		r.must(d.Read(r.Context(), func(tx *db.Tx) (err error) {
			n, err = db.First(tx, func(row db.Scanner) (n int, err error) {
				err = row.Scan(&n)
				return n, err
			}, question)
			return err
		}))
		return n
	}
}
