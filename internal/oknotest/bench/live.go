package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/oknodesk/okno/internal/oknotest/program"
	"github.com/oknodesk/okno/internal/oknotest/traffic"
)

// streamsOfSession is how many open pages of one session we keep: the program
// allows eight.
const streamsOfSession = 8

// audience is a crowd of open pages in front of one installation: customers,
// each at his own ticket by his access link, and agents who see all.
type audience struct {
	*world
	customers []*customer
	byTicket  map[string]*customer
	agent     *traffic.Browser // who answers
	streams   http.Client      // a connection for each stream, and no time limit
	listening sync.WaitGroup
	end       context.CancelFunc

	mu     sync.Mutex
	delays []time.Duration
	lost   atomic.Int64 // streams that ended too early
}

// customer is one ticket with the pages that show it.
type customer struct {
	*traffic.Browser
	number string
	sent   atomic.Int64 // when its last message was sent off, Unix nanoseconds
	answer atomic.Bool  // that message was an agent's
}

// liveness measures how soon a message is told to the pages of the other side
// while very many are open, and what an open page costs.
func (b *bench) liveness(ctx context.Context) error {
	pages := b.customers + b.agents
	if err := enoughFiles(pages); err != nil {
		return err
	}
	w, err := b.open(ctx)
	if err != nil {
		return err
	}
	w.letters = map[string]string{}
	a := &audience{world: w, byTicket: map[string]*customer{}, streams: http.Client{Transport: &http.Transport{ReadBufferSize: 1 << 10, WriteBufferSize: 1 << 10}}}
	if err := a.gather(ctx, b.customers); err != nil {
		return err
	}
	before, _, err := w.Memory()
	if err != nil {
		return err
	}
	if err := a.listen(ctx, b.agents); err != nil {
		return err
	}
	opened, _, err := w.Memory()
	if err != nil {
		return err
	}
	idle, err := a.idle(ctx)
	if err != nil {
		return err
	}
	o, sent, err := a.converse(ctx, b.live, b.messages)
	if err != nil {
		return err
	}
	_, peak, err := w.Memory()
	if err != nil {
		return err
	}
	want := 0
	for i := range sent {
		if want++; i%2 == 0 {
			want += b.agents - 1
		}
	}
	b.say("\n### Open pages\n")
	b.say("Customers, each with his own ticket open, and agents who see all tickets; for %s customers and agents write in turn. Told is", b.live)
	b.say("the time from sending a message off until the open page of the other side is told of it; every page counts by itself. Idle is the")
	b.say("program's processor over %s in which nobody writes and each page gets its ping; memory of a page is resident, opened at once.\n", idleTime)
	b.say("| customers | agents | messages a second | told | not told | p50 ms | p99 ms | slowest ms | memory of a page KB | idle processor | processor | memory MB |")
	b.say("|---|---|---|---|---|---|---|---|---|---|---|---|")
	b.say("| %d | %d | %.1f | %d | %d | %.1f | %.1f | %.1f | %.1f | %.3f | %.2f (%.2f) | %d |", b.customers, b.agents, float64(sent)/o.took.Seconds(), len(o.each), want-len(o.each),
		millis(o.at(0.5)), millis(o.at(0.99)), millis(o.at(1)), float64(max(0, opened-before))/1024/float64(pages), idle, o.itsCPU.Seconds()/o.took.Seconds(), o.ownCPU.Seconds()/o.took.Seconds(), peak>>20)
	if n := a.lost.Load(); n > 0 {
		return fmt.Errorf("%d of %d streams ended before they were to", n, pages)
	}
	return w.close(ctx)
}

// idleTime is one turn of the pings, and a little.
const idleTime = 26 * time.Second

// idle is how much of a processor the program uses while nothing happens.
func (a *audience) idle(ctx context.Context) (float64, error) {
	before, _, err := a.clocks()
	if err != nil {
		return 0, err
	}
	select {
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-time.After(idleTime):
	}
	after, _, err := a.clocks()
	return (after - before).Seconds() / idleTime.Seconds(), err
}

// enoughFiles says whether this machine lets us and the program open so many
// pages: each is a file at both ends.
func enoughFiles(pages int) error {
	const others = 500
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	if limit.Max < uint64(pages+others) {
		return fmt.Errorf("%d open pages need %d open files and the machine allows %d (ulimit -H -n): fewer -customers", pages, pages+others, limit.Max)
	}
	return nil
}

// gather has customers open a ticket each and come by their links, and lets
// the agent in.
func (a *audience) gather(ctx context.Context, customers int) error {
	for i := range customers {
		form := traffic.Opening(fmt.Sprintf("live-submission-key-%06d", i), liveAddress(i), fmt.Sprintf("Scanner %d", i), story)
		one := traffic.NewBrowser(a.URL(), 1)
		if status, said, err := one.Submit(ctx, "/open", form, traffic.Somewhere(i)); err != nil || status != http.StatusSeeOther {
			return fmt.Errorf("opening ticket %d: %d %w\n%s", i, status, err, said)
		}
		one.HTTP.CloseIdleConnections()
	}
	if err := a.finish(ctx, int64(customers)); err != nil {
		return err
	}
	for i := range customers {
		letter := a.letters[liveAddress(i)]
		one, err := a.visitor()
		if err != nil {
			return err
		}
		c := &customer{Browser: one, number: ticketOf(plainLetter(letter))}
		if status, said, err := c.GetFrom(ctx, accessPath(letter), traffic.Somewhere(i)); err != nil || status != http.StatusSeeOther {
			return fmt.Errorf("coming by link %d: %d %w\n%s", i, status, err, said)
		}
		a.customers, a.byTicket[c.number] = append(a.customers, c), c
	}
	var err error
	if a.agent, err = a.signedIn(ctx, customers); err != nil {
		return err
	}
	return a.atOnce(ctx)
}

var formVersion = regexp.MustCompile(`name="version" value="(\d+)"`)

// atOnce has answers given without the time to take them back: it would be
// what is measured.
func (a *audience) atOnce(ctx context.Context) error {
	status, said, err := a.agent.Get(ctx, "/admin/settings")
	if err != nil || status != http.StatusOK {
		return fmt.Errorf("the settings: %d %w\n%.300s", status, err, said)
	}
	seen := formVersion.FindStringSubmatch(said)
	if seen == nil {
		return errors.New("the settings have no version")
	}
	status, said, err = a.agent.Submit(ctx, "/admin/settings", traffic.Form{Fields: [][2]string{{"version", seen[1]}, {"product", "Okno"}, {"lang", "en"},
		{"zone", "UTC"}, {"keep_letters", "90"}, {"undo_seconds", "0"}, {"join_minutes", "0"}}}, "")
	if err == nil && status != http.StatusSeeOther {
		err = fmt.Errorf("the settings: %d\n%.300s", status, said)
	}
	return err
}

func liveAddress(i int) string { return fmt.Sprintf("live.%d@customer.example", i) }

func (a *audience) signedIn(ctx context.Context, place int) (*traffic.Browser, error) {
	agent, err := a.visitor()
	if err != nil {
		return nil, err
	}
	status, said, err := agent.Submit(ctx, "/login", traffic.Form{Fields: [][2]string{{"login", program.Admin}, {"password", program.Password}}}, traffic.Somewhere(place))
	if err != nil || status != http.StatusSeeOther {
		return nil, fmt.Errorf("signing in: %d %w\n%s", status, err, said)
	}
	return agent, nil
}

// listen opens everyone's stream.
func (a *audience) listen(ctx context.Context, agents int) error {
	ctx, a.end = context.WithCancel(ctx)
	for i, c := range a.customers {
		if err := a.open(ctx, c.Browser, i, true); err != nil {
			return err
		}
	}
	var session *traffic.Browser
	for i := range agents {
		if i%streamsOfSession == 0 {
			var err error
			if session, err = a.signedIn(ctx, len(a.customers)+i); err != nil {
				return err
			}
		}
		if err := a.open(ctx, session, len(a.customers)+i, false); err != nil {
			return err
		}
	}
	return nil
}

// open opens one stream, and notes what it is told and when.
func (a *audience) open(ctx context.Context, of *traffic.Browser, place int, answers bool) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.URL()+"/live", nil)
	if err != nil {
		return err
	}
	req.Header.Set("X-Forwarded-For", traffic.Somewhere(place))
	for _, c := range of.HTTP.Jar.Cookies(req.URL) {
		req.AddCookie(c)
	}
	res, err := a.streams.Do(req)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return errors.Join(fmt.Errorf("stream %d: %d", place, res.StatusCode), res.Body.Close())
	}
	a.listening.Go(func() {
		defer res.Body.Close()
		lines := bufio.NewScanner(res.Body)
		var delays []time.Duration
		told := map[string]int64{} // by ticket: which message
		for lines.Scan() {
			if d, ok := a.told(lines.Text(), answers, told); ok {
				delays = append(delays, d)
			}
		}
		if ctx.Err() == nil {
			a.lost.Add(1)
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		a.delays = append(a.delays, delays...)
	})
	return nil
}

// told is how late a line tells of a message of the other side, the first time
// it does.
func (a *audience) told(line string, answers bool, told map[string]int64) (time.Duration, bool) {
	data, ok := strings.CutPrefix(line, "data: ")
	var hint struct {
		Ticket string `json:"ticket"`
		Part   string `json:"part"`
	}
	if !ok || json.Unmarshal([]byte(data), &hint) != nil || hint.Part != "thread" {
		return 0, false
	}
	c := a.byTicket[hint.Ticket]
	if c == nil || c.answer.Load() != answers || c.sent.Load() == told[hint.Ticket] {
		return 0, false
	}
	told[hint.Ticket] = c.sent.Load()
	return time.Since(time.Unix(0, c.sent.Load())), true
}

// converse has customers and agents write in turn, so many messages a second;
// it returns how many were sent.
func (a *audience) converse(ctx context.Context, long time.Duration, aSecond int) (o outcome, sent int, err error) {
	its, own, err := a.clocks()
	if err != nil {
		return o, 0, err
	}
	begun := time.Now()
	next := time.NewTicker(time.Second / time.Duration(aSecond))
	defer next.Stop()
	var writing sync.WaitGroup
	failed := make(chan error, 1)
	for time.Since(begun) < long && ctx.Err() == nil {
		<-next.C
		c, n := a.customers[sent%len(a.customers)], sent
		writing.Go(func() {
			if err := a.write(ctx, c, n); err != nil {
				select {
				case failed <- err:
				default: // one is enough
				}
			}
		})
		sent++
	}
	writing.Wait()
	o.took = time.Since(begun)
	after, ownAfter, err := a.clocks()
	o.itsCPU, o.ownCPU = after-its, ownAfter-own
	if err := a.finish(ctx, int64(len(a.customers))); err != nil { // everything was told by then
		return o, sent, err
	}
	a.end()
	a.listening.Wait()
	o.each = a.delays
	slices.Sort(o.each)
	select {
	case err = <-failed:
	default:
	}
	return o, sent, err
}

// write sends message n: every other one is an agent's.
func (a *audience) write(ctx context.Context, c *customer, n int) error {
	path, field, by := "/tickets/", "text", c.Browser
	if n%2 == 1 {
		path, field, by = "/desk/tickets/", "public", a.agent
	}
	c.answer.Store(n%2 == 1)
	c.sent.Store(time.Now().UnixNano())
	form := traffic.Form{Fields: [][2]string{{"_key", fmt.Sprintf("live-message-key-%08d", n)}, {field, "Thank you, that helped."}, {"version", "1000000"}}}
	status, said, err := by.Submit(ctx, path+c.number+"/messages", form, traffic.Somewhere(n))
	if err == nil && status != http.StatusSeeOther {
		err = fmt.Errorf("message %d: %d\n%s", n, status, said)
	}
	return err
}
