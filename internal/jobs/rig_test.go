package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/jobs"
)

// clock stands still until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)} }

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

// bench is a database with the room's schema and a clock.
type bench struct {
	*testing.T
	db    *db.DB
	clock *clock
}

func each(t *testing.T, test func(b bench)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := d.Migrate(t.Context(), jobs.Migrations); err != nil {
			t.Fatal(err)
		}
		test(bench{t, d, newClock()})
	})
}

func (b bench) runner() *jobs.Runner {
	return jobs.NewRunner(b.db, b.clock.now, slog.New(slog.DiscardHandler))
}

// run works until the test ends or stop is called.
func (b bench) run(r *jobs.Runner) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	})
	b.Cleanup(stop)
	return stop
}

func (b bench) put(n jobs.New) {
	b.Helper()
	if err := b.db.Write(b.Context(), func(tx *db.Tx) error { return jobs.Put(tx, b.clock.now(), n) }); err != nil {
		b.Fatal(err)
	}
}

func (b bench) settle(r *jobs.Runner) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	if err := r.Settle(ctx); err != nil {
		b.Fatal(err)
	}
}

// move moves the clock and waits for what follows.
func (b bench) move(r *jobs.Runner, by time.Duration) {
	b.Helper()
	b.clock.move(by)
	r.Wake()
	b.settle(r)
}

func (b bench) count(kind string) jobs.Count {
	b.Helper()
	var all []jobs.Count
	err := b.db.Read(b.Context(), func(tx *db.Tx) (err error) {
		all, err = jobs.Counts(tx)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range all {
		if c.Kind == kind {
			return c
		}
	}
	return jobs.Count{}
}

func (b bench) dead() []jobs.DeadJob {
	b.Helper()
	var all []jobs.DeadJob
	err := b.db.Read(b.Context(), func(tx *db.Tx) (err error) {
		all, err = jobs.Dead(tx, 10)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return all
}

// calls counts a handler's calls.
type calls struct {
	mu  sync.Mutex
	all []jobs.Job
}

func (c *calls) add(j jobs.Job) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, j)
	return len(c.all)
}

func (c *calls) want(b bench, n int) {
	b.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.all) != n {
		b.Errorf("the handler was called %d times, want %d", len(c.all), n)
	}
}

// answering is a handler that records its call and gives the next of answers,
// the last of them for ever.
func (c *calls) answering(answers ...error) func(context.Context, jobs.Job) error {
	return func(_ context.Context, j jobs.Job) error {
		n := c.add(j)
		return answers[min(n, len(answers))-1]
	}
}

var errRelay = errors.New("relay refused")
