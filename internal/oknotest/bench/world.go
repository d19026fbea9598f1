package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/oknotest/program"
	"github.com/oknodesk/okno/internal/oknotest/traffic"
)

// world is a fresh installation with its relay.
type world struct {
	*program.Program
	server    *dbtest.Durable // nil: SQLite
	relay     *traffic.Relay
	confirmed atomic.Int64  // letters to customers that came to the relay
	room      chan struct{} // has one for each request that may still go without a confirmation
	mu        sync.Mutex
	last      string            // the last of them
	letters   map[string]string // by address; nil: only the last is kept
}

func (b *bench) open(ctx context.Context, args ...string) (w *world, err error) {
	w = &world{server: b.server, room: make(chan struct{}, unfinished)}
	for range unfinished {
		w.room <- struct{}{}
	}
	if w.relay, err = traffic.NewRelay(w.take); err != nil {
		return nil, err
	}
	b.worlds++
	url := ""
	if b.server != nil {
		if url, err = b.server.Database(ctx, fmt.Sprint("world", b.worlds)); err != nil {
			return nil, err
		}
		args = append([]string{"--db", url}, args...)
	}
	data := filepath.Join(b.dir, fmt.Sprint("data", b.worlds))
	if w.Program, err = program.New(b.bin, data, data+".log", w.relay.Addr, args...); err != nil {
		return nil, err
	}
	w.DB = url
	if err := w.SetUp(ctx); err != nil {
		return nil, err
	}
	return w, w.Start(ctx)
}

func (w *world) take(to, _ string, letter []byte) error {
	if to == program.Admin {
		return nil
	}
	w.confirmed.Add(1)
	w.makeRoom()
	w.mu.Lock()
	w.last = string(letter)
	if w.letters != nil {
		w.letters[to] = w.last
	}
	w.mu.Unlock()
	return nil
}

// makeRoom gives leave for one more request to those who wait for it; in a burst
// nobody does.
func (w *world) makeRoom() {
	select {
	case w.room <- struct{}{}:
	default:
	}
}

func (w *world) close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := w.Stop(ctx); err != nil {
		return err
	}
	return w.relay.Close()
}

// outcome is what a run came to.
type outcome struct {
	took     time.Duration
	each     []time.Duration // of what was answered, sorted
	failed   int64
	ownCPU   time.Duration
	itsCPU   time.Duration
	workedIn time.Duration
}

func (o outcome) rate() float64 { return float64(len(o.each)) / o.took.Seconds() }

// at is the time within which such a share of all was answered.
func (o outcome) at(share float64) time.Duration {
	if len(o.each) == 0 {
		return 0
	}
	return o.each[min(len(o.each)-1, int(share*float64(len(o.each))))]
}

// crowd has n senders do something again and again for a while, each time once
// there is leave to. make is called once for each.
func (w *world) crowd(ctx context.Context, n int, long time.Duration, leave func(context.Context) error, make func() (do func(context.Context) error, end func())) (outcome, error) {
	var o outcome
	before, own, err := w.clocks()
	if err != nil {
		return o, err
	}
	ctx, cancel := context.WithTimeout(ctx, long)
	defer cancel()
	var all sync.WaitGroup
	var mu sync.Mutex
	var failed atomic.Int64
	begun := time.Now()
	for range n {
		all.Go(func() {
			do, end := make()
			defer end()
			var mine []time.Duration
			for leave(ctx) == nil {
				start := time.Now()
				if err := do(context.WithoutCancel(ctx)); err != nil {
					failed.Add(1)
					continue
				}
				mine = append(mine, time.Since(start))
			}
			mu.Lock()
			defer mu.Unlock()
			o.each = append(o.each, mine...)
		})
	}
	all.Wait()
	o.took, o.failed = time.Since(begun), failed.Load()
	slices.Sort(o.each)
	after, ownAfter, err := w.clocks()
	o.itsCPU, o.ownCPU = after-before, ownAfter-own
	return o, err
}

// freely is leave to go on as long as the run lasts.
func freely(ctx context.Context) error { return ctx.Err() }

// clocks are the processor time of the program with its database server, and
// our own.
func (w *world) clocks() (its, own time.Duration, err error) {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0, 0, err
	}
	its, err = w.CPU()
	if err == nil && w.server != nil {
		var served time.Duration
		served, err = w.server.CPU()
		its += served
	}
	return its, time.Duration(r.Utime.Nano() + r.Stime.Nano()), err
}
