package soak

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/oknotest/program"
	"github.com/oknodesk/okno/internal/oknotest/traffic"
)

// Three processes serve one PostgreSQL; they are killed in turn, and so is the
// primary, whose standby takes its place some time later. The processes go on
// by themselves; whatever was answered for is there once.
func TestSoakNothingAnsweredForIsLostWhenTheDatabaseFailsOver(t *testing.T) {
	kills, until := plan(t)
	pair := dbtest.NewPair(t)
	w, processes := serveTogether(t, pair.URL, 3)
	c := gather(w, 4, 3, processes...)
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	begun := time.Now()
	kills = max(4, kills/10)
	killed := 0
	for ; killed < kills && time.Since(begun) < until && !t.Failed(); killed++ {
		more(c, 50+random.Int64N(150))
		p := processes[random.IntN(len(processes))]
		w.must(p.Kill())
		if killed == kills/2 {
			pair.Fail(t, 2*time.Second)
			t.Logf("the standby is the primary %s after the beginning", time.Since(begun).Round(time.Second))
		}
		startOne(w, p)
	}
	more(c, 100)
	pieces := c.all()
	t.Logf("%d kills and a failover, %d pieces answered for, sent again %d times, %s", killed, len(pieces), c.again.Load(), time.Since(begun).Round(time.Second))
	w.finished(w.ledger(), 3*time.Minute)
	for _, p := range processes {
		w.Program = p
		w.stop()
	}
	w.account(pieces)
}

// more waits until so many more pieces are answered for.
func more(c *crowd, n int64) {
	c.w.Helper()
	enough := c.answered.Load() + n
	c.w.until(insistTime, "the programs take in more", func() bool { return c.answered.Load() >= enough || c.w.Failed() })
}

// serveTogether sets an installation on PostgreSQL up and serves it by several
// processes.
func serveTogether(t *testing.T, url string, processes int) (*world, []*program.Program) {
	t.Helper()
	w := &world{T: t, delivered: map[string]map[string]int{}, letters: map[string]string{}}
	var err error
	w.relay, err = traffic.NewRelay(w.take)
	w.must(err)
	t.Cleanup(func() { w.must(w.relay.Close()) })
	dir := t.TempDir()
	var all []*program.Program
	for i := range processes {
		log := filepath.Join(dir, fmt.Sprint("log", i))
		p, err := program.New(bin, filepath.Join(dir, fmt.Sprint("data", i)), log, w.relay.Addr, "--key-file", filepath.Join(dir, "key"), "--db", url)
		w.must(err)
		p.DB = url
		t.Cleanup(func() {
			w.must(p.Kill())
			if t.Failed() {
				w.tellLog(log)
			}
		})
		if w.Program = p; i == 0 {
			w.setUp()
		}
		all = append(all, p)
	}
	for _, p := range all {
		startOne(w, p)
	}
	return w, all
}

func startOne(w *world, p *program.Program) {
	w.Helper()
	w.Program = p
	w.start()
}
