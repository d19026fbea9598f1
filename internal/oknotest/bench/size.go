package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
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
	outcome
	name   string
	bytes  int
	made   int64 // tickets, meanwhile
	memory int64 // bytes, then
}

func (m measured) median() float64    { return millis(m.at(0.5)) }
func (m measured) late() float64      { return millis(m.at(0.99)) }
func (m measured) kilobytes() float64 { return float64(m.bytes) / 1000 }

// rounds is how often the sizes take turns at a page: such machines are slower in
// one minute than in the next, and would be so for one size only.
const rounds = 4

// sizes measures the same pages of installations that were seeded with so many
// tickets each, with one client or with several. They take turns; while others
// write each is measured alone.
func (b *bench) sizes(ctx context.Context) error {
	if !b.writing {
		return b.sideBySide(ctx, b.tickets)
	}
	for _, n := range b.tickets {
		if err := b.sideBySide(ctx, []int{n}); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) sideBySide(ctx context.Context, tickets []int) (err error) {
	var all []*size
	defer func() {
		for _, s := range all {
			err = errors.Join(err, s.w.close(ctx))
		}
	}()
	for _, n := range tickets {
		s, err := b.size(ctx, n)
		if err != nil {
			return fmt.Errorf("%d tickets: %w", n, err)
		}
		all = append(all, s)
	}
	if b.writing {
		made, end := all[0].w.writers(ctx)
		defer end()
		b.made = made
	}
	for i := range all[0].pages {
		if err := b.takeTurns(ctx, all, i); err != nil {
			return err
		}
	}
	for _, s := range all {
		b.tell(s)
	}
	if len(all) > 1 {
		b.tellGrowth(all[0], all[len(all)-1])
	}
	return nil
}

// takeTurns measures one page at every size.
func (b *bench) takeTurns(ctx context.Context, all []*size, page int) error {
	for _, s := range all {
		s.measured = append(s.measured, measured{name: s.pages[page].name})
	}
	for range rounds {
		for _, s := range all {
			if err := b.measure(ctx, s.w, s.pages[page], &s.measured[page]); err != nil {
				return err
			}
		}
	}
	for _, s := range all {
		slices.Sort(s.measured[page].each)
	}
	return nil
}

// measure adds one round to what is known of a page.
func (b *bench) measure(ctx context.Context, w *world, pg page, m *measured) error {
	browser := pg.visitor(b.clients)
	defer browser.HTTP.CloseIdleConnections()
	for range 5 {
		status, said, err := browser.Get(ctx, pg.path())
		if err != nil || status != http.StatusOK {
			return fmt.Errorf("%s: %d %w\n%.300s", pg.name, status, err, said)
		}
		m.bytes = len(said)
	}
	made := b.madeSoFar()
	o, err := b.reading(ctx, w, b.clients, b.plan.pages/rounds, browser, pg.path)
	if err != nil {
		return err
	}
	m.made += b.madeSoFar() - made
	m.each, m.took, m.itsCPU, m.failed = append(m.each, o.each...), m.took+o.took, m.itsCPU+o.itsCPU, m.failed+o.failed
	m.memory, _, err = w.Memory()
	return err
}

// tell says what was measured at one size.
func (b *bench) tell(s *size) {
	b.say("\n### Pages of %s at %d tickets\n", b.readers(), s.tickets)
	b.say("%sOn the disk %d MB; from start to listening %d ms, with %d MB of memory then. Aim: %s.\n", s.made, s.disk>>20, s.started.Milliseconds(), s.idle>>20, b.aim())
	b.say("| page | KB | p50 ms | p99 ms | slowest ms | a second | tickets made a second | processor | memory MB | |\n|---|---|---|---|---|---|---|---|---|---|")
	for _, m := range s.measured {
		took := m.took.Seconds()
		b.say("| %s | %.1f | %.2f | %.2f | %.1f | %.0f | %.0f | %.2f | %d | %s |", m.name, m.kilobytes(), m.median(), m.late(), millis(m.at(1)), m.rate(),
			float64(m.made)/took, m.itsCPU.Seconds()/took, m.memory>>20, mark(m.failed == 0 && b.met(m)))
	}
}

// sameContent is how much larger a page may be to count as the same.
const sameContent = 1.15

// tellGrowth compares two sizes. A page that has more to show costs more at any
// number of tickets: such ones are not judged.
func (b *bench) tellGrowth(first, last *size) {
	b.say("\n### Growth of the median from %d to %d tickets (aim: at most %.1f)\n", first.tickets, last.tickets, aimGrowth)
	b.say("| page | from KB | to KB | from ms | to ms | growth | |\n|---|---|---|---|---|---|---|")
	for i, from := range first.measured {
		to := last.measured[i]
		growth, verdict := to.median()/from.median(), "more is shown"
		if to.kilobytes() <= sameContent*from.kilobytes() {
			verdict = mark(growth <= aimGrowth)
		}
		b.say("| %s | %.1f | %.1f | %.2f | %.2f | %.2f | %s |", from.name, from.kilobytes(), to.kilobytes(), from.median(), to.median(), growth, verdict)
	}
}

func mark(ok bool) string {
	if ok {
		return "✓"
	}
	return "✗"
}

// size is a seeded installation that is served.
type size struct {
	tickets  int
	w        *world
	made     string        // how fast it was seeded; nothing: it was kept
	started  time.Duration // until it listened
	idle     int64         // memory then, bytes
	disk     int64         // bytes
	pages    []page
	measured []measured // of each page
}

func (b *bench) size(ctx context.Context, n int) (*size, error) {
	w, who, made, err := b.seeded(ctx, n)
	if err != nil {
		return nil, err
	}
	s := &size{tickets: n, w: w, made: made}
	begun := time.Now()
	if err := w.Start(ctx); err != nil {
		return nil, err
	}
	s.started = time.Since(begun)
	if s.idle, _, err = w.Memory(); err != nil {
		return nil, err
	}
	if s.disk, err = w.diskSize(ctx); err != nil {
		return nil, err
	}
	if s.pages, err = w.sizedPages(ctx, n, who); err != nil {
		return nil, err
	}
	if err := w.finish(ctx, 0); err != nil { // what former sittings left in a kept installation
		return nil, err
	}
	return s, w.warm()
}

// warm reads an SQLite file through once. What was seeded in this sitting is in
// the machine's memory, and so it is where a desk has been used for a while; a
// kept installation is on the disk only.
func (w *world) warm() error {
	if w.DB != "" {
		return nil
	}
	file, err := os.Open(filepath.Join(w.Data, "okno.db"))
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(io.Discard, file)
	return err
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
	if dir == "" {
		dir = b.dir
	}
	name := fmt.Sprint("tickets", n)
	data := filepath.Join(dir, name)
	said, unmade := os.ReadFile(data + ".seeded")
	var args []string
	url := ""
	if b.server != nil {
		if url = b.server.URL(name); unmade != nil {
			url, err = b.server.Database(ctx, name)
		}
		if err != nil {
			return nil, nil, "", err
		}
		args = []string{"--db", url}
	}
	if w.Program, err = program.New(b.bin, data, data+".log", w.relay.Addr, args...); err != nil {
		return nil, nil, "", err
	}
	w.DB = url
	if unmade != nil {
		if err := os.RemoveAll(data); err != nil { // what was cut short
			return nil, nil, "", err
		}
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
