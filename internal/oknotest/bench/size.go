package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/oknodesk/okno/internal/oknotest/program"
	"github.com/oknodesk/okno/internal/oknotest/traffic"
)

// What is aimed at with a single client, at any size, and with several while
// others write (docs/performance.md).
const (
	aimMedian  = 3.0  // ms
	aimLate    = 15.0 // ms, 99 of 100
	aimCrowded = 60.0 // ms, 99 of 100 of several clients
	aimGrowth  = 1.3  // from the smallest to the largest
)

// measured is a page at one size.
type measured struct {
	name          string
	median, late  float64 // ms
	rate, cpu     float64 // a second; processors
	failed, bytes int64
}

// sizes measures the same pages of installations that were seeded with so many
// tickets each, with one client or with several, and while others write.
func (b *bench) sizes(ctx context.Context) error {
	var all [][]measured
	for _, n := range b.tickets {
		m, err := b.size(ctx, n)
		if err != nil {
			return fmt.Errorf("%d tickets: %w", n, err)
		}
		all = append(all, m)
	}
	if len(all) < 2 {
		return nil
	}
	first, last := all[0], all[len(all)-1]
	b.say("\n### Growth of the median from %d to %d tickets (aim: at most %.1f)\n", b.tickets[0], b.tickets[len(all)-1], aimGrowth)
	b.say("| page | from ms | to ms | growth | |\n|---|---|---|---|---|")
	for i := range first {
		growth := last[i].median / first[i].median
		b.say("| %s | %.2f | %.2f | %.2f | %s |", first[i].name, first[i].median, last[i].median, growth, mark(growth <= aimGrowth))
	}
	return nil
}

func mark(ok bool) string {
	if ok {
		return "✓"
	}
	return "✗"
}

func (b *bench) size(ctx context.Context, n int) ([]measured, error) {
	w, who, made, err := b.seeded(ctx, n)
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	if err := w.Start(ctx); err != nil {
		return nil, err
	}
	started := time.Since(begun)
	idle, _, err := w.Memory()
	if err != nil {
		return nil, err
	}
	disk, err := w.diskSize(ctx)
	if err != nil {
		return nil, err
	}
	pages, err := w.sizedPages(ctx, n, who)
	if err != nil {
		return nil, err
	}
	if err := w.finish(ctx, 0); err != nil { // what former sittings left in a kept installation
		return nil, err
	}
	b.say("\n### Pages of %s at %d tickets\n", b.readers(), n)
	b.say("%sOn the disk %d MB; from start to listening %d ms, with %d MB of memory then. Aim: %s.\n", made, disk>>20, started.Milliseconds(), idle>>20, b.aim())
	b.say("| page | KB | p50 ms | p99 ms | slowest ms | a second | tickets made a second | processor | memory MB | |\n|---|---|---|---|---|---|---|---|---|---|")
	all, err := b.sizedAll(ctx, w, pages)
	return all, errors.Join(err, w.close(ctx))
}

// sizedAll measures one page after another, and has others write meanwhile.
func (b *bench) sizedAll(ctx context.Context, w *world, pages []page) (all []measured, err error) {
	if b.writing {
		made, end := w.writers(ctx)
		defer end()
		b.made = made
	}
	for _, pg := range pages {
		m, err := b.sized(ctx, w, pg)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

func (b *bench) sized(ctx context.Context, w *world, pg page) (m measured, err error) {
	browser := pg.visitor(b.clients)
	defer browser.HTTP.CloseIdleConnections()
	for range 5 {
		status, said, err := browser.Get(ctx, pg.path())
		if err != nil || status != http.StatusOK {
			return m, fmt.Errorf("%s: %d %w\n%.300s", pg.name, status, err, said)
		}
		m.bytes = int64(len(said))
	}
	made := b.madeSoFar()
	o, err := b.reading(ctx, w, b.clients, browser, pg.path)
	if err != nil {
		return m, err
	}
	made = b.madeSoFar() - made
	now, _, err := w.Memory()
	if err != nil {
		return m, err
	}
	m.name, m.median, m.late, m.rate, m.failed = pg.name, millis(o.at(0.5)), millis(o.at(0.99)), o.rate(), o.failed
	m.cpu = o.itsCPU.Seconds() / o.took.Seconds()
	b.say("| %s | %.1f | %.2f | %.2f | %.1f | %.0f | %.0f | %.2f | %d | %s |", m.name, float64(m.bytes)/1000, m.median, m.late, millis(o.at(1)), m.rate,
		float64(made)/o.took.Seconds(), m.cpu, now>>20, mark(m.failed == 0 && b.met(m)))
	return m, nil
}

var seededLogin = regexp.MustCompile(`\S+@seed\.example`)

// seeded is an installation with so many tickets that nobody serves yet, and
// who can come in: an agent, one of a small department, a customer with many
// tickets and one with fewer. With -keep it is made once.
func (b *bench) seeded(ctx context.Context, n int) (w *world, who []string, made string, err error) {
	w = &world{server: b.server}
	if w.relay, err = traffic.NewRelay(w.take); err != nil {
		return nil, nil, "", err
	}
	dir := b.keep
	var args []string
	url := ""
	if b.server != nil {
		dir = "" // the server goes with the sitting
		if url, err = b.server.Database(ctx); err != nil {
			return nil, nil, "", err
		}
		args = []string{"--db", url}
	}
	if dir == "" {
		dir = b.dir
	}
	data := filepath.Join(dir, fmt.Sprint("tickets", n))
	if w.Program, err = program.New(b.bin, data, data+".log", w.relay.Addr, args...); err != nil {
		return nil, nil, "", err
	}
	w.DB = url
	said, err := os.ReadFile(data + ".seeded")
	if err != nil {
		if err := w.SetUp(ctx); err != nil {
			return nil, nil, "", err
		}
		out, err := w.Run(ctx, "seed", "--tickets", fmt.Sprint(n))
		if err != nil {
			return nil, nil, "", err
		}
		if err := os.WriteFile(data+".seeded", out, 0o600); err != nil {
			return nil, nil, "", err
		}
		made, _, _ = strings.Cut(string(out), "\n")
		said, made = out, "Seeded: "+made+". "
	}
	who = seededLogin.FindAllString(string(said), -1)
	if len(who) != 4 {
		return nil, nil, "", fmt.Errorf("okno seed said %q", said)
	}
	return w, who, made, nil
}

// diskSize is what the installation occupies: its directory, or its database at
// the server.
func (w *world) diskSize(ctx context.Context) (size int64, err error) {
	if w.DB != "" {
		l, err := w.Ledger()
		if err != nil {
			return 0, err
		}
		n, err := l.Count(ctx, `SELECT pg_database_size(current_database())`)
		return int64(n), errors.Join(err, l.Close())
	}
	return sizeOf(w.Data)
}

func sizeOf(dir string) (size int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	return size, err
}

// come lets somebody in by a link to a new password.
func (w *world) come(ctx context.Context, login string) (func(int) *traffic.Browser, error) {
	b, err := w.visitor()
	if err != nil {
		return nil, err
	}
	link, err := w.Run(ctx, "person reset", login)
	if err != nil {
		return nil, err
	}
	at, err := url.Parse(strings.TrimSpace(string(link)))
	if err != nil {
		return nil, err
	}
	password := fmt.Sprint("a new one ", time.Now().UnixNano())
	fields := [][2]string{{"password", password}, {"repeat", password}}
	status, said, err := b.Submit(ctx, at.Path, traffic.Form{Fields: fields}, "")
	if err != nil || status != http.StatusSeeOther {
		return nil, fmt.Errorf("%s comes in: %d %w\n%.500s", login, status, err, said)
	}
	return func(connections int) *traffic.Browser {
		one := traffic.NewBrowser(w.URL(), connections)
		one.HTTP.Jar = b.HTTP.Jar
		return one
	}, nil
}

// sizedPages are the pages that must not grow.
func (w *world) sizedPages(ctx context.Context, n int, who []string) ([]page, error) {
	var come []func(int) *traffic.Browser
	for _, login := range append([]string{program.Admin}, who...) {
		in, err := w.come(ctx, login)
		if err != nil {
			return nil, err
		}
		come = append(come, in)
	}
	all, agent, small, many, fewer := come[0], come[1], come[2], come[3], come[4]
	still := func(path string) func() string { return func() string { return path } }
	find := func(door, question string) func() string { return still(door + "?q=" + url.QueryEscape(question)) }
	number := func() string { return fmt.Sprint(100_001 + rand.IntN(n)) }
	var pages []page
	for _, view := range []string{"mine", "unassigned", "open", "calls", "waiting", "hold", "done", "closed"} {
		pages = append(pages, page{"view: " + view, all, still("/desk?view=" + view)})
	}
	return append(pages,
		page{"view: open, one department", agent, still("/desk?view=open")},
		page{"view: closed, a small department", small, still("/desk?view=closed")},
		page{"ticket", all, func() string { return "/desk/tickets/" + number() }},
		page{"customer: tickets", many, still("/tickets")},
		page{"customer: closed tickets", many, still("/tickets?state=closed")},
		page{"search: a rare word", all, find("/desk", "mx5990 ")},
		page{"search: no such word", all, find("/desk", "zymurgy ")},
		page{"search: a common word", all, find("/desk", "принтер ")},
		page{"search: a beginning", all, find("/desk", "прин")},
		page{"search: two common words", all, find("/desk", "принтер компьютер ")},
		page{"search: a phrase", all, find("/desk", `"принтер не работает"`)},
		page{"search: common, open ones", all, find("/desk", "принтер status:open ")},
		page{"search: one department", agent, find("/desk", "принтер компьютер ")},
		page{"search: a small department", small, find("/desk", "принтер компьютер ")},
		page{"customer: two common words", many, find("/tickets", "принтер компьютер ")},
		page{"customer with fewer: two", fewer, find("/tickets", "принтер компьютер ")},
	), nil
}
