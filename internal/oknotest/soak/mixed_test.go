package soak

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/app"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/oknotest/peer"
	"github.com/oknodesk/okno/internal/oknotest/port"
	"github.com/oknodesk/okno/internal/oknotest/program"
	"github.com/oknodesk/okno/internal/oknotest/traffic"
)

// Three processes serve one PostgreSQL and one bucket while letters come by
// three ways, customers write and ask for calls, and agents search, answer and
// move tickets. A process is killed again and again, and once the primary,
// whose standby takes its place. The processes go on by themselves; whatever
// was answered for is there once, with all that follows from it.
func TestSoakMixedLoadLosesNothingWhenProcessesDieAndTheDatabaseFailsOver(t *testing.T) {
	peer.Need(t)
	kills, every := storms(t)
	pair := dbtest.NewPair(t)
	m := newMixed(t, pair.URL, 3)
	c := m.crowd
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	begun := time.Now()
	for killed := range kills {
		next := time.After(every)
		if killed == kills/2 {
			pair.Fail(t, 2*time.Second)
			t.Logf("the standby is the primary %s after the beginning", time.Since(begun).Round(time.Second))
		}
		more(c, 20)
		p := m.processes[random.IntN(len(m.processes))]
		m.must(p.Kill())
		<-time.After(time.Duration(random.Int64N(int64(time.Second)))) // as long as a supervisor takes
		startOne(m.world, p)
		<-next
	}
	more(c, 50)
	pieces := c.all()
	t.Logf("%d kills and a failover, %d pieces answered for, %d moves, %d calls, sent again %d times, %s",
		kills, len(pieces), len(m.moves), len(m.calls), c.again.Load(), time.Since(begun).Round(time.Second))
	m.settle(pieces)
}

// storms says how often a process is killed, and after how long each time: five
// times in half a minute; with OKNO_TEST_SOAK=duration every half minute, for
// twenty minutes at most.
func storms(t *testing.T) (kills int, every time.Duration) {
	if os.Getenv("OKNO_TEST_SOAK") == "" {
		return 5, 6 * time.Second
	}
	_, long := plan(t)
	every = 30 * time.Second
	return max(4, int(min(long, 20*time.Minute)/every)), every
}

// mixed is an installation of several processes with everybody who works on it.
type mixed struct {
	*world
	*crowd
	processes []*program.Program
	lmtp      map[*program.Program]string // host:port
	dovecot   *peer.Dovecot

	moves map[move]tries
	calls []string // tokens of calls asked for
}

// A person does not type faster than this; many of them together do.
const pause = 60 * time.Millisecond

func newMixed(t *testing.T, url string, processes int) *mixed {
	t.Helper()
	w := &world{T: t, delivered: map[string]map[string]int{}, letters: map[string]string{}}
	m := &mixed{world: w, lmtp: map[*program.Program]string{}, moves: map[move]tries{}}
	bucket := s3mem.New()
	w.must(bucket.CreateBucket("attachments"))
	server := httptest.NewServer(gofakes3.New(bucket).Server())
	t.Cleanup(server.Close)
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
	m.dovecot, err = peer.StartDovecot(dir, certificate, "")
	w.must(err)
	t.Cleanup(func() { w.must(m.dovecot.Kill()) })
	data := t.TempDir()
	args := []string{"--key-file", filepath.Join(data, "key"), "--db", url, "--outbound-allow", peer.Host,
		"--files", "s3+http://id:secret@" + strings.TrimPrefix(server.URL, "http://") + "/attachments/desk?region=us-east-1"}
	for i := range processes {
		m.process(data, i, url, args)
	}
	m.furnish()
	for _, p := range m.processes {
		startOne(w, p)
	}
	m.crowd = gather(w, 2, 2, pause, m.processes...)
	m.everybody()
	return m
}

// process plans one.
func (m *mixed) process(dir string, i int, url string, args []string) {
	m.Helper()
	lmtp, err := port.Keep()
	m.must(err)
	said := filepath.Join(dir, fmt.Sprint("log", i))
	p, err := program.New(bin, filepath.Join(dir, fmt.Sprint("data", i)), said, m.relay.Addr, append(args, "--lmtp-listen", lmtp)...)
	m.must(err)
	p.DB = url
	m.processes, m.lmtp[p] = append(m.processes, p), lmtp
	m.Cleanup(func() {
		m.must(p.Kill())
		if m.Failed() {
			m.tellLog(said)
		}
	})
}

// furnish sets the installation up: its mailbox is also fetched, and answers
// are held for a second.
func (m *mixed) furnish() {
	m.Helper()
	m.world.Program = m.processes[0]
	m.setUp()
	m.house(slog.New(slog.DiscardHandler), func(h *app.House) {
		ctx := m.Context()
		s, err := h.Desk.Settings(ctx)
		m.must(err)
		s.UndoSeconds = 1
		m.must(h.Desk.SaveSettings(ctx, okno.Console(), s))
		departments, err := h.Desk.Departments(ctx)
		m.must(err)
		boxes, err := h.Desk.Mailboxes(ctx, okno.Console())
		m.must(err)
		box := boxes[0].Mailbox
		box.Fetch = &okno.Fetch{Host: peer.Host, Port: m.dovecot.IMAPS, Security: okno.TLS, User: "box", Password: peer.Password, After: okno.ArchiveIt, Archive: "Done"}
		m.must(h.Desk.SaveMailbox(ctx, okno.Console(), boxes[0].Ref, box, departments[0].Ref))
	})
}

// everybody sets to work whoever does not send forms or letters by SMTP.
func (m *mixed) everybody() {
	c := m.crowd
	for range 2 {
		c.done.Go(m.deliver)
	}
	c.done.Go(m.append)
	for i := range agents {
		c.done.Go(func() { m.agent(i) })
		c.done.Go(m.customer)
	}
}

// more waits until so many more pieces are answered for.
func more(c *crowd, n int64) {
	c.w.Helper()
	enough := c.answered.Load() + n
	c.w.until(insistTime, "the programs take in more", func() bool { return c.answered.Load() >= enough || c.w.Failed() })
}

func startOne(w *world, p *program.Program) {
	w.Helper()
	w.Program = p
	w.start()
}
