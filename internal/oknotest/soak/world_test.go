// Package soak has the tests that take the ground from under the running
// program, and look whether anything that it had answered for is lost.
package soak

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/app"
	"github.com/oknodesk/okno/internal/oknotest/program"
	"github.com/oknodesk/okno/internal/oknotest/traffic"
)

// bin is the program under test, built once.
var bin string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "okno-soak-")
	if err == nil {
		bin, err = program.Build(context.Background(), dir)
	}
	code := 1
	if err == nil {
		code = m.Run()
	} else {
		fmt.Fprintln(os.Stderr, err)
	}
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// world is an installation with the relay that its letters leave through.
type world struct {
	*testing.T
	*program.Program
	relay *traffic.Relay

	mu        sync.Mutex
	delivered map[string]map[string]int // Message-ID → recipient → copies
	letters   map[string]string         // recipient → the last letter

	// content reads an attachment past the program; nil: it is in the directory.
	content func(hash string) ([]byte, error)
}

// open sets an installation up in a data directory and serves it.
func open(t *testing.T, data string, args ...string) *world {
	t.Helper()
	w := &world{T: t, delivered: map[string]map[string]int{}, letters: map[string]string{}}
	var err error
	w.relay, err = traffic.NewRelay(w.take)
	w.must(err)
	t.Cleanup(func() { w.must(w.relay.Close()) })
	log := filepath.Join(t.TempDir(), "log")
	w.Program, err = program.New(bin, data, log, w.relay.Addr, args...)
	w.must(err)
	t.Cleanup(func() {
		w.must(w.Kill())
		if t.Failed() {
			w.tellLog(log)
		}
	})
	w.setUp()
	w.start()
	return w
}

// setUp makes the installation; its agents are told of each thing at once, or
// the books would not be closed for minutes.
func (w *world) setUp() {
	w.Helper()
	w.must(w.SetUp(w.Context()))
	w.house(slog.New(slog.DiscardHandler), func(h *app.House) {
		s, err := h.Desk.Settings(w.Context())
		w.must(err)
		s.JoinMinutes = 0
		w.must(h.Desk.SaveSettings(w.Context(), okno.Console(), s))
	})
}

// house opens the installation in this process, for as long as use takes. On
// SQLite nobody else works on it meanwhile.
func (w *world) house(log *slog.Logger, use func(h *app.House)) {
	w.Helper()
	set := flag.NewFlagSet("okno", flag.ContinueOnError)
	flags := app.AddFlags(set)
	w.must(set.Parse(w.Args))
	c, err := flags.Load(nil)
	w.must(err)
	h, err := app.Open(w.Context(), c, log, time.Now)
	w.must(err)
	defer h.Close()
	use(h)
}

// startTime is how long the program may take to serve, stopTime to end.
const (
	startTime = 2 * time.Minute
	stopTime  = 2 * time.Minute
)

func (w *world) start() {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), startTime)
	defer cancel()
	w.must(w.Start(ctx))
}

// stop has the program finish what it has in hand.
func (w *world) stop() {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), stopTime)
	defer cancel()
	w.must(w.Stop(ctx))
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) take(to, messageID string, letter []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.delivered[messageID] == nil {
		w.delivered[messageID] = map[string]int{}
	}
	w.delivered[messageID][to]++
	w.letters[to] = string(letter)
	return nil
}

// until waits for a fact.
func (w *world) until(within time.Duration, what string, holds func() bool) {
	w.Helper()
	late := time.After(within)
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for !holds() {
		select {
		case <-look.C:
		case <-late:
			w.Fatalf("after %s still not: %s", within, what)
		}
	}
}

// ledger opens the installation's database for reading until the test ends.
func (w *world) ledger() *program.Ledger {
	w.Helper()
	l, err := w.Ledger()
	w.must(err)
	w.Cleanup(func() { w.must(l.Close()) })
	return l
}

// finished waits until everything that was taken in is worked off.
func (w *world) finished(l *program.Ledger, within time.Duration) {
	w.Helper()
	w.until(within, "nothing is left to do", func() bool {
		waiting, dead, err := l.Backlog(w.Context())
		w.must(err)
		if dead > 0 {
			lines, err := l.Lines(w.Context(), `SELECT kind, payload, reason FROM job WHERE dead_at IS NOT NULL LIMIT 5`)
			w.Fatalf("%d jobs were given up: %q %v", dead, lines, err)
		}
		return waiting == 0
	})
}

// tellLog shows the end of what the program said.
func (w *world) tellLog(path string) {
	log, err := os.ReadFile(path)
	if err != nil {
		w.Log(err)
		return
	}
	lines := strings.Split(string(log), "\n")
	w.Logf("the program's log ends:\n%s", strings.Join(lines[max(0, len(lines)-60):], "\n"))
}
