package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"github.com/oknodesk/okno/internal/oknotest/program"
	"github.com/oknodesk/okno/internal/oknotest/traffic"
)

// page is one kind of page: whose, and which.
type page struct {
	name    string
	visitor func(connections int) *traffic.Browser
	path    func() string
}

func (b *bench) readings(ctx context.Context) error {
	w, err := b.open(ctx)
	if err != nil {
		return err
	}
	if err := w.fill(ctx, b.tickets[0]); err != nil {
		return err
	}
	pages, err := w.pages(ctx)
	if err != nil {
		return err
	}
	b.say("\n### Pages at %d tickets\n", b.tickets[0])
	b.say("Each beside net/http answering with as many bytes from a process of its own. The share is the program's rate by that one's.\n")
	b.say("| page | KB | at once | a second | p50 ms | p99 ms | failed | net/http a second | share | processor | memory MB |")
	b.say("|---|---|---|---|---|---|---|---|---|---|---|")
	for _, pg := range pages {
		if err := b.readingsOf(ctx, w, pg); err != nil {
			return err
		}
	}
	return w.close(ctx)
}

// fill makes so many tickets the way the world does.
func (w *world) fill(ctx context.Context, tickets int) error {
	left := make(chan struct{}, tickets)
	for range tickets {
		left <- struct{}{}
	}
	close(left)
	failed := make(chan error, 32)
	for range cap(failed) {
		go func() {
			do, end := ways[1].sender(w)
			defer end()
			for range left {
				if err := do(ctx); err != nil {
					failed <- err
					return
				}
			}
			failed <- nil
		}()
	}
	var err error
	for range cap(failed) {
		err = errors.Join(err, <-failed)
	}
	return errors.Join(err, w.finish(ctx, int64(tickets)))
}

var accessLink = regexp.MustCompile(`://[^/\s]+(/t/[A-Za-z0-9_-]+)`)

// accessPath is where a letter's link leads on this machine.
func accessPath(letter string) string {
	found := accessLink.FindStringSubmatch(plainLetter(letter))
	if found == nil {
		return "/no-link-in-the-letter"
	}
	return found[1]
}

// pages signs the agent in and has the customer come by his link.
func (w *world) pages(ctx context.Context) ([]page, error) {
	agent, err := w.visitor()
	if err != nil {
		return nil, err
	}
	status, said, err := agent.Submit(ctx, "/login", traffic.Form{Fields: [][2]string{{"login", program.Admin}, {"password", program.Password}}}, "")
	if err != nil || status != http.StatusSeeOther {
		return nil, fmt.Errorf("signing in: %d %w\n%s", status, err, said)
	}
	guest, err := w.visitor()
	if err != nil {
		return nil, err
	}
	if status, said, err = guest.Get(ctx, accessPath(w.last)); err != nil || status != http.StatusSeeOther {
		return nil, fmt.Errorf("coming by the link: %d %w\n%s", status, err, said)
	}
	own, err := w.lastNumber(ctx)
	if err != nil {
		return nil, err
	}
	share := func(b *traffic.Browser) func(int) *traffic.Browser {
		return func(connections int) *traffic.Browser {
			one := traffic.NewBrowser(w.URL(), connections)
			one.HTTP.Jar = b.HTTP.Jar
			return one
		}
	}
	return []page{
		{"agent: list", share(agent), func() string { return "/desk" }},
		{"agent: ticket", share(agent), func() string { return fmt.Sprintf("/desk/tickets/%d", 100_001+rand.IntN(own-100_000)) }},
		{"customer: ticket", share(guest), func() string { return "/tickets/" + ticketOf(plainLetter(w.last)) }},
	}, nil
}

// plainLetter is a letter without the signs of quoted-printable.
func plainLetter(raw string) string {
	return strings.ReplaceAll(strings.ReplaceAll(raw, "=\r\n", ""), "=3D", "=")
}

var numbered = regexp.MustCompile(`#(\d{6})`)

// ticketOf is the number in a letter.
func ticketOf(letter string) string {
	found := numbered.FindStringSubmatch(letter)
	if found == nil {
		return ""
	}
	return found[1]
}

func (w *world) lastNumber(ctx context.Context) (int, error) {
	l, err := w.Ledger()
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Count(ctx, `SELECT MAX(CAST(number AS INTEGER)) FROM ticket`)
}

func (w *world) visitor() (*traffic.Browser, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	b := traffic.NewBrowser(w.URL(), 1)
	b.HTTP.Jar = jar
	return b, nil
}

func (b *bench) readingsOf(ctx context.Context, w *world, pg page) error {
	status, said, err := pg.visitor(1).Get(ctx, pg.path())
	if err != nil || status != http.StatusOK {
		return fmt.Errorf("%s: %d %w\n%s", pg.name, status, err, said)
	}
	for _, n := range b.atOnce {
		o, err := b.reading(ctx, w, n, b.plan.pages, pg.visitor(n), pg.path)
		if err != nil {
			return err
		}
		now, _, err := w.Memory()
		if err != nil {
			return err
		}
		plain, err := b.plainly(ctx, w, n, len(said))
		if err != nil {
			return err
		}
		b.say("| %s | %.1f | %d | %.0f | %.2f | %.2f | %d | %.0f | %.3f | %.2f (%.2f) | %d |", pg.name, float64(len(said))/1000, n, o.rate(),
			millis(o.at(0.5)), millis(o.at(0.99)), o.failed, plain, o.rate()/plain, o.itsCPU.Seconds()/o.took.Seconds(), o.ownCPU.Seconds()/o.took.Seconds(), now>>20)
	}
	return nil
}

func (b *bench) reading(ctx context.Context, w *world, n int, long time.Duration, browser *traffic.Browser, path func() string) (outcome, error) {
	defer browser.HTTP.CloseIdleConnections()
	return w.crowd(ctx, n, long, freely, func() (func(context.Context) error, func()) {
		return func(ctx context.Context) error {
			status, _, err := browser.Get(ctx, path())
			if err == nil && status != http.StatusOK {
				err = fmt.Errorf("status %d", status)
			}
			return err
		}, func() {}
	})
}

// plainly is how often a second net/http answers with so many bytes.
func (b *bench) plainly(ctx context.Context, w *world, n, size int) (float64, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, self, "-plain", fmt.Sprint(size))
	cmd.WaitDelay = time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return 0, errors.Join(err, cmd.Wait())
	}
	o, err := b.reading(ctx, w, n, b.plan.pages, traffic.NewBrowser(strings.TrimSpace(url), n), func() string { return "/" })
	cancel()
	_ = cmd.Wait() // it was ended
	return o.rate(), err
}
