package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"time"

	"github.com/oknodesk/okno/internal/oknotest/program"
	"github.com/oknodesk/okno/internal/oknotest/traffic"
)

// Sizes of what letters carry, in bytes.
const (
	withFile  = 200 << 10
	hugeFile  = 36 << 20 // a letter of 50 MB
	hugeBound = 55       // MB that --max-letter allows
)

// lmtp is a way in by LMTP, with an attachment of so many bytes in each letter.
func lmtp(at string, file int) way {
	return way{fmt.Sprintf("LMTP, %d KB", max(1, file>>10)), func(*world) (func(context.Context) error, func()) {
		peer := &traffic.LMTP{To: at}
		return func(context.Context) error {
			l := letterWith(next(), file)
			return peer.Send(l.From, program.Support, l.Bytes())
		}, peer.Close
	}}
}

func letterWith(n int64, file int) traffic.Letter {
	l := traffic.Letter{From: fmt.Sprintf("carl.%d@customer.example", n), ID: fmt.Sprintf("%d@customer.example", n), Subject: fmt.Sprintf("Printer %d", n), Text: story}
	if file > 0 {
		// Of each letter its own, or the files would be kept once.
		l.File, l.FileName = bytes.Repeat(fmt.Appendf(nil, "%015d\n", n), file/16), "trace.bin"
	}
	return l
}

// letters measures letters that a mail server beside us delivers, until they
// are tickets.
func (b *bench) letters(ctx context.Context) error {
	b.say("\n### Letters delivered by LMTP\n")
	b.say("A burst is %s of connections that each deliver one letter after another; a letter is answered once it is durable. They are", b.burst)
	b.say("tickets once they are worked off: made tickets counts both.\n")
	b.say("| letters | connections | answered a second | of fsyncs | p50 ms | p99 ms | failed | made tickets a second | processor | memory MB |")
	b.say("|---|---|---|---|---|---|---|---|---|---|")
	for _, file := range []int{0, withFile} {
		for _, n := range b.atOnce {
			if err := b.delivered(ctx, file, n); err != nil {
				return err
			}
		}
	}
	return b.huge(ctx)
}

func (b *bench) delivered(ctx context.Context, file, n int) error {
	w, at, err := b.openLMTP(ctx)
	if err != nil {
		return err
	}
	by := lmtp(at, file)
	begun := time.Now()
	o, err := w.crowd(ctx, n, b.burst, freely, func() (func(context.Context) error, func()) { return by.sender(w) })
	if err != nil {
		return err
	}
	if err := w.finish(ctx, int64(len(o.each))); err != nil {
		return err
	}
	whole := float64(len(o.each)) / time.Since(begun).Seconds()
	_, peak, err := w.Memory()
	if err != nil {
		return err
	}
	b.say("| %s | %d | %.0f | %.2f | %.1f | %.1f | %d | %.0f | %.2f (%.2f) | %d |", by.name, n, o.rate(), o.rate()/b.fsyncs,
		millis(o.at(0.5)), millis(o.at(0.99)), o.failed, whole, o.itsCPU.Seconds()/o.took.Seconds(), o.ownCPU.Seconds()/o.took.Seconds(), peak>>20)
	return w.close(ctx)
}

// huge measures the memory that one very large letter takes.
func (b *bench) huge(ctx context.Context) error {
	w, at, err := b.openLMTP(ctx, "--max-letter", fmt.Sprintf("%d MB", hugeBound))
	if err != nil {
		return err
	}
	before, _, err := w.Memory()
	if err != nil {
		return err
	}
	l := letterWith(next(), hugeFile)
	raw := l.Bytes()
	peer := &traffic.LMTP{To: at}
	defer peer.Close()
	begun := time.Now()
	if err := peer.Send(l.From, program.Support, raw); err != nil {
		return err
	}
	answered := time.Since(begun)
	if err := w.finish(ctx, 1); err != nil {
		return err
	}
	_, peak, err := w.Memory()
	if err != nil {
		return err
	}
	b.say("\nOne letter of %d MB was answered after %.1f s and a ticket after %.1f s; the program had %d MB before it and %d MB at most.",
		len(raw)>>20, answered.Seconds(), time.Since(begun).Seconds(), before>>20, peak>>20)
	return w.close(ctx)
}

// openLMTP opens an installation that takes letters in by LMTP too.
func (b *bench) openLMTP(ctx context.Context, args ...string) (w *world, at string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	at = l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, "", err
	}
	w, err = b.open(ctx, append([]string{"--lmtp-listen", at}, args...)...)
	return w, at, err
}
