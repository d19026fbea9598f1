package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/oknodesk/okno/internal/oknotest/program"
)

// Who works while a backup is made: readers of pages and writers of forms, each
// asking once in so long. The machine is busy with them and not full, so that a
// stall is the backup's.
const (
	readersBeside = 6
	writersBeside = 2
	askEvery      = 100 * time.Millisecond
	besideAlone   = 15 * time.Second // without a backup, to compare with
	aimStall      = 100.0            // ms
)

// asked is one request: when it was due, and how long after that its answer came.
type asked struct {
	due    time.Time
	took   time.Duration
	writes bool
	failed bool
}

// backups measures, for each size, how long a backup beside work takes, what
// those who work notice of it, and how long a restore elsewhere takes.
func (b *bench) backups(ctx context.Context) error {
	b.say("\n### A backup beside work\n")
	b.say("%d readers and %d senders of forms, each asking once in %d ms; times count from when a request was due. Aim: nobody waits %.0f ms.\n",
		readersBeside, writersBeside, askEvery.Milliseconds(), aimStall)
	b.say("| tickets | while | what | requests | p50 ms | p99 ms | longest ms | failed | |\n|---|---|---|---|---|---|---|---|---|")
	var told []string
	for _, n := range b.tickets {
		line, err := b.backup(ctx, n)
		if err != nil {
			return fmt.Errorf("%d tickets: %w", n, err)
		}
		told = append(told, line)
	}
	b.say("")
	for _, line := range told {
		b.say("%s", line)
	}
	return nil
}

func (b *bench) backup(ctx context.Context, n int) (string, error) {
	w, who, _, err := b.seeded(ctx, n)
	if err != nil {
		return "", err
	}
	if err := w.Start(ctx); err != nil {
		return "", err
	}
	pages, err := w.sizedPages(ctx, n, who)
	if err != nil {
		return "", err
	}
	if err := w.finish(ctx, 0); err != nil { // what former sittings left
		return "", err
	}
	working, stop := context.WithCancel(ctx)
	defer stop()
	work := w.beside(working, pages)
	begun := time.Now()
	select {
	case <-time.After(besideAlone):
	case <-ctx.Done():
		return "", ctx.Err()
	}
	file := filepath.Join(b.dir, fmt.Sprint(n, ".okno"))
	start := time.Now()
	if _, err := w.Run(ctx, "backup", "--to", file); err != nil {
		return "", err
	}
	end := time.Now()
	stop()
	all := work()
	_, peak, err := w.Memory()
	if err != nil {
		return "", err
	}
	for _, part := range []struct {
		while    string
		from, to time.Time
	}{{"alone", begun, start}, {"backup", start, end}} {
		b.besideRow(n, part.while, "pages", all, false, part.from, part.to)
		b.besideRow(n, part.while, "forms", all, true, part.from, part.to)
	}
	if err := w.close(ctx); err != nil {
		return "", err
	}
	acknowledged := 0
	for _, one := range all {
		if one.writes && !one.failed && one.due.Add(one.took).Before(start) {
			acknowledged++
		}
	}
	restored, err := b.restored(ctx, file, fmt.Sprint("restored", n), n+acknowledged)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(file)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d tickets: backup of %d MB in %.1f s (at most %d MB of memory), restored elsewhere and checked in %.1f s, with all %d requests that were answered before it began.",
		n, info.Size()>>20, end.Sub(start).Seconds(), peak>>20, restored.Seconds(), acknowledged), os.Remove(file)
}

// restored is how long a restore takes; it fails unless so many tickets are there.
func (b *bench) restored(ctx context.Context, file, name string, tickets int) (time.Duration, error) {
	url := ""
	var args []string
	if b.server != nil {
		var err error
		if url, err = b.server.Database(ctx, name); err != nil {
			return 0, err
		}
		args = []string{"--db", url}
	}
	data := filepath.Join(b.dir, name)
	p, err := program.New(b.bin, data, data+".log", "127.0.0.1:1", args...)
	if err != nil {
		return 0, err
	}
	p.DB = url
	begun := time.Now()
	if _, err := p.Run(ctx, "restore", "--from", file); err != nil {
		return 0, err
	}
	took := time.Since(begun)
	l, err := p.Ledger()
	if err != nil {
		return 0, err
	}
	defer l.Close()
	there, err := l.Count(ctx, `SELECT COUNT(*) FROM ticket`)
	if err != nil {
		return 0, err
	}
	if there < tickets {
		return 0, fmt.Errorf("%d tickets were restored, at least %d were answered for", there, tickets)
	}
	return took, os.RemoveAll(data)
}

// beside has everybody work until ctx ends; what it returns waits for them and
// tells all they asked.
func (w *world) beside(ctx context.Context, pages []page) func() []asked {
	var all sync.WaitGroup
	var mu sync.Mutex
	var told []asked
	for i := range readersBeside + writersBeside {
		writes := i >= readersBeside
		all.Go(func() {
			do, end := w.reader(pages, i)
			if writes {
				do, end = ways[0].sender(w)
			}
			defer end()
			mine := steadily(ctx, do, writes)
			mu.Lock()
			defer mu.Unlock()
			told = append(told, mine...)
		})
	}
	return func() []asked { all.Wait(); return told }
}

// reader goes through the pages, beginning at one of them.
func (w *world) reader(pages []page, first int) (do func(context.Context) error, end func()) {
	next := first
	return func(ctx context.Context) error {
		pg := pages[next%len(pages)]
		next++
		browser := pg.visitor(1)
		defer browser.HTTP.CloseIdleConnections()
		status, _, err := browser.Get(ctx, pg.path())
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("status %d", status)
		}
		return err
	}, func() {}
}

// steadily does something once in askEvery until ctx ends. Who is late goes on at
// once, and the time counts from when it was due: a stall is not hidden by the
// requests that it kept back.
func steadily(ctx context.Context, do func(context.Context) error, writes bool) (told []asked) {
	for due := time.Now(); ; due = due.Add(askEvery) {
		select {
		case <-time.After(time.Until(due)):
		case <-ctx.Done():
			return told
		}
		err := do(context.WithoutCancel(ctx))
		told = append(told, asked{due: due, took: time.Since(due), writes: writes, failed: err != nil})
	}
}

func (b *bench) besideRow(n int, while, what string, all []asked, writes bool, from, to time.Time) {
	var o outcome
	for _, one := range all {
		if one.writes != writes || one.due.Before(from) || !one.due.Before(to) {
			continue
		}
		if one.failed {
			o.failed++
			continue
		}
		o.each = append(o.each, one.took)
	}
	slices.Sort(o.each)
	b.say("| %d | %s | %s | %d | %.1f | %.1f | %.1f | %d | %s |", n, while, what, len(o.each), millis(o.at(0.5)), millis(o.at(0.99)), millis(o.at(1)), o.failed,
		mark(o.failed == 0 && len(o.each) > 0 && millis(o.at(1)) <= aimStall))
}
