package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/oknodesk/okno/internal/oknotest/program"
	"github.com/oknodesk/okno/internal/oknotest/traffic"
)

// way is one of the ways that requests come in by.
type way struct {
	name string
	// sender makes one of several senders; every call of do sends one request
	// and returns when it is durable.
	sender func(w *world) (do func(context.Context) error, end func())
}

var (
	serial  atomic.Int64
	sitting = time.Now().UnixMilli()
)

// next numbers everything that is sent. A kept installation has seen no number
// before, whatever former sittings sent it.
func next() int64 { return sitting + serial.Add(1) }

var ways = []way{
	{"form", func(w *world) (func(context.Context) error, func()) {
		browser := traffic.NewBrowser(w.URL(), 1)
		return func(ctx context.Context) error {
			n := next()
			form := traffic.Opening(fmt.Sprintf("submission-key-%012d", n), fmt.Sprintf("dora.%d@customer.example", n),
				fmt.Sprintf("Scanner %d", n), story)
			status, _, err := browser.Submit(ctx, "/open", form, traffic.Somewhere(int(n)))
			if err == nil && status >= 400 {
				err = fmt.Errorf("status %d", status)
			}
			return err
		}, browser.HTTP.CloseIdleConnections
	}},
	{"SMTP", func(w *world) (func(context.Context) error, func()) {
		peer := &traffic.Peer{To: w.SMTP}
		return func(context.Context) error {
			n := next()
			l := traffic.Letter{From: fmt.Sprintf("carl.%d@customer.example", n), ID: fmt.Sprintf("%d@customer.example", n),
				Subject: fmt.Sprintf("Printer %d", n), Text: story}
			return peer.Send(l.From, program.Support, l.Bytes())
		}, peer.Close
	}},
}

// story is what a customer writes: about 400 bytes.
const story = `Good morning, since yesterday afternoon the printer on the second floor has printed only the
first page of every document and then stopped with a red light. We have switched it off and on, changed
the cartridge and looked for paper that is stuck, but found none. The invoices must leave today, so
please send somebody soon or tell us which other printer we may use meanwhile. Thank you, Carl.`

// unfinished is how many requests may be without a confirmation while the
// sustained rate is measured: the world waits, the backlog does not grow.
const unfinished = 256

func (b *bench) creations(ctx context.Context) error {
	b.say("\n### Requests that become tickets\n")
	b.say("A burst is %s of senders that wait only for the answer (it is given when the request is durable); the letters to", b.burst)
	b.say("customers and agents are worked off behind it. Sustained is %s in which at most %d tickets lack their confirmation at", b.sustained, unfinished)
	b.say("the relay. Processor is cores of the program%s, and in brackets of the sending side.\n", b.besides())
	b.say("| way | at once | run | a second | of fsyncs | p50 ms | p99 ms | failed | worked off after | processor | memory MB |")
	b.say("|---|---|---|---|---|---|---|---|---|---|---|")
	for _, by := range ways {
		for _, n := range b.atOnce {
			if err := b.burstOf(ctx, by, n); err != nil {
				return err
			}
			if err := b.sustainedOf(ctx, by, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// besides is what else the program's processor time counts.
func (b *bench) besides() string {
	if b.server == nil {
		return ""
	}
	return " and of the PostgreSQL server"
}

func (b *bench) burstOf(ctx context.Context, by way, n int) error {
	w, err := b.open(ctx)
	if err != nil {
		return err
	}
	o, err := w.crowd(ctx, n, b.burst, freely, func() (func(context.Context) error, func()) { return by.sender(w) })
	if err != nil {
		return err
	}
	ended := time.Now()
	if err := w.finish(ctx, int64(len(o.each))); err != nil {
		return err
	}
	o.workedIn = time.Since(ended)
	return b.row(ctx, w, by, n, "burst", o)
}

func (b *bench) sustainedOf(ctx context.Context, by way, n int) error {
	w, err := b.open(ctx)
	if err != nil {
		return err
	}
	o, err := w.crowd(ctx, n, b.sustained, w.keepUp, func() (func(context.Context) error, func()) {
		do, end := by.sender(w)
		return func(ctx context.Context) error {
			err := do(ctx)
			if err != nil {
				w.makeRoom() // nothing is to come
			}
			return err
		}, end
	})
	if err != nil {
		return err
	}
	ended := time.Now()
	if err := w.finish(ctx, int64(len(o.each))); err != nil {
		return err
	}
	o.workedIn = time.Since(ended)
	return b.row(ctx, w, by, n, "sustained", o)
}

// keepUp is leave for one more request: not too many lack their confirmation.
func (w *world) keepUp(ctx context.Context) error {
	select {
	case <-w.room:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// finish waits until every request has its confirmation and no job is left.
func (w *world) finish(ctx context.Context, requests int64) error {
	l, err := w.Ledger()
	if err != nil {
		return err
	}
	defer l.Close()
	return wait(ctx, 20*time.Minute, 50*time.Millisecond, func() (bool, error) {
		if w.confirmed.Load() < requests {
			return false, nil
		}
		waiting, dead, err := l.Backlog(ctx)
		if err == nil && dead > 0 {
			err = fmt.Errorf("%d jobs were given up", dead)
		}
		return waiting == 0, err
	})
}

func wait(ctx context.Context, within, every time.Duration, holds func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	look := time.NewTicker(every)
	defer look.Stop()
	for {
		if ok, err := holds(); ok || err != nil {
			return err
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return fmt.Errorf("the program does not keep up: %w", ctx.Err())
		}
	}
}

func (b *bench) row(ctx context.Context, w *world, by way, n int, run string, o outcome) error {
	_, peak, err := w.Memory()
	if err != nil {
		return err
	}
	b.say("| %s | %d | %s | %.0f | %.2f | %.1f | %.1f | %d | %.1f s | %.2f (%.2f) | %d |", by.name, n, run, o.rate(), o.rate()/b.fsyncs,
		millis(o.at(0.5)), millis(o.at(0.99)), o.failed, o.workedIn.Seconds(), o.itsCPU.Seconds()/o.took.Seconds(), o.ownCPU.Seconds()/o.took.Seconds(), peak>>20)
	return w.close(ctx)
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
