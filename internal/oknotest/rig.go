// Package oknotest is the test rig: a whole installation in this process with
// a real database, a movable clock and a real mail server to send to; a real
// browser; and a visitor who uses pages as a person does, by their labels.
package oknotest

import (
	"context"
	"flag"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/app"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/demo"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/oknotest/port"
)

// Password is everyone's.
const Password = "correct horse battery"

// Support is the address of the first mailbox.
const Support = "support@desk.example"

// The cast: who is known in every test.
const (
	Ada  = "ada@desk.example"      // administers the installation
	Ann  = "ann@desk.example"      // agent of the first department
	Bob  = "bob@desk.example"      // agent of the second
	Carl = "carl@customer.example" // asks
	Dora = "dora@customer.example" // asks too, and knows nothing of Carl
)

// Clock is a clock that runs like the world's and can be moved ahead.
type Clock struct {
	mu    sync.Mutex
	ahead time.Duration
	still time.Time // what it shows while it is held
	moved []func()
}

// Now is the rig's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.still.IsZero() {
		return c.still
	}
	return time.Now().Add(c.ahead)
}

// Hold has the clock stand still from now on but for Advance: nothing comes due
// because a browser is slow.
func (c *Clock) Hold() {
	now := c.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.still = now
}

// Advance moves the clock and wakes whatever waits for it.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	c.ahead += d
	if !c.still.IsZero() {
		c.still = c.still.Add(d)
	}
	c.mu.Unlock()
	for _, wake := range c.moved {
		wake()
	}
}

// Rig is one running installation with its cast.
type Rig struct {
	*app.House
	Clock *Clock
	Sink  *Sink
	URL   string // of the pages
	Wire  *Wire  // nil unless asked for
	SMTP  string // host:port where letters are taken in
	LMTP  string

	t        testing.TB
	lang     string
	password string // everyone's
}

// Options are what a test wants otherwise.
type Options struct {
	DB   string        // database URL; "": a fresh SQLite
	Lang string        // "en"
	Bare bool          // not set up: no administrator yet
	Demo bool          // the demo's sample instead of the cast; letters go to its tray
	Ago  time.Duration // how far the clock is behind the world's when it begins
	Wire bool          // browsers come by a wire that can be cut
	Args []string      // further options as on the command line
	Log  io.Writer
}

// Each runs the test on a fresh installation over each database.
func Each(t *testing.T, o Options, test func(t *testing.T, r *Rig)) {
	t.Run("sqlite", func(t *testing.T) { test(t, Start(t, o)) })
	t.Run("postgres", func(t *testing.T) {
		o.DB = dbtest.Postgres(t)
		test(t, Start(t, o))
	})
}

// Start runs an installation until the test ends.
func Start(t testing.TB, o Options) *Rig {
	t.Helper()
	if o.Lang == "" {
		o.Lang = "en"
	}
	r := &Rig{Clock: &Clock{ahead: -o.Ago}, Sink: NewSink(t), t: t, lang: o.Lang, password: Password}
	if o.Demo {
		r.password = demo.Password
	}
	cfg := r.configure(o)
	log := slog.New(slog.NewTextHandler(orDiscard(o.Log), nil))
	house, err := app.Open(context.Background(), cfg, log, r.Clock.Now)
	r.must(err)
	r.House = house
	t.Cleanup(house.Close)
	r.must(house.Listen(t.Context()))
	r.URL = "http://" + house.Addr()
	if r.Wire != nil {
		r.URL = cfg.BaseURL.String()
		go r.Wire.serve(house.Addr())
	}
	r.SMTP, r.LMTP = house.MailAddrs()[0], house.MailAddrs()[1]
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- house.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the house ended badly: %v", err)
		}
	})
	r.Clock.moved = append(r.Clock.moved, house.Runner.Wake)
	if !o.Bare && !o.Demo {
		r.people(o.Lang)
	}
	return r
}

func orDiscard(w io.Writer) io.Writer {
	if w == nil {
		return io.Discard
	}
	return w
}

// configure is the configuration as the command line would make it. The pages'
// port is chosen beforehand: links in letters must name it.
func (r *Rig) configure(o Options) *app.Config {
	r.t.Helper()
	data := r.t.TempDir()
	pages, err := port.Keep()
	r.must(err)
	listen := pages
	if o.Wire {
		r.Wire, listen = r.wire(pages), "127.0.0.1:0"
	}
	args := []string{
		"--data", data, "--lang", o.Lang, "--listen", listen, "--smtp-listen", "127.0.0.1:0", "--lmtp-listen", "127.0.0.1:0",
		"--base-url", "http://" + pages,
	}
	if o.Demo {
		args = append(args, "--demo")
	} else {
		args = append(args, "--smtp", "smtp://"+r.Sink.Addr+"?tls=none")
	}
	if o.DB != "" {
		args = append(args, "--db", o.DB)
	}
	fs := flag.NewFlagSet("okno", flag.ContinueOnError)
	flags := app.AddFlags(fs)
	r.must(fs.Parse(append(args, o.Args...)))
	cfg, err := flags.Load(nil)
	r.must(err)
	return cfg
}

// people sets the desk up with its cast.
func (r *Rig) people(lang string) {
	ctx := r.t.Context()
	r.must(r.Desk.SetUp(ctx, okno.Console(), "", desk.Setup{
		Name: "Ada Admin", Address: Ada, Password: Password, Company: "Supplier", Product: "Okno", Support: Support, Lang: lang, Zone: "UTC",
	}))
	r.must(r.Desk.SaveDepartment(ctx, okno.Console(), "", okno.Department{Name: "Second"}))
	r.UndoWithin(0)
	departments, err := r.Desk.Departments(ctx)
	r.must(err)
	r.agent("Ann Agent", Ann, departments[0].Ref)
	r.agent("Bob Agent", Bob, departments[1].Ref)
	r.Settle()
	r.Sink.Forget()
}

// UndoWithin sets for how many seconds an agent's answer can be taken back; in
// a rig it is given at once, and no letters are joined.
func (r *Rig) UndoWithin(seconds int) {
	r.t.Helper()
	s, err := r.Desk.Settings(r.t.Context())
	r.must(err)
	s.UndoSeconds, s.JoinMinutes = seconds, 0
	r.must(r.Desk.SaveSettings(r.t.Context(), okno.Console(), s))
}

func (r *Rig) agent(name, address string, department okno.Ref) {
	ctx := r.t.Context()
	roles, err := r.Desk.Roles(ctx, okno.Console())
	r.must(err)
	r.must(r.Desk.AddAgent(ctx, okno.Console(), "rig "+address, desk.AgentForm{
		Name: name, Address: address, Role: roles[0].Ref, Departments: []okno.Ref{department},
	}))
	link, err := r.Desk.ResetByConsole(ctx, address)
	r.must(err)
	token, err := r.Desk.UseEntry(ctx, link, Password, "", "rig")
	r.must(err)
	actor, _, err := r.Desk.ActorOf(ctx, token, okno.DoorWorkspace)
	r.must(err)
	r.must(r.Desk.SetLang(ctx, actor, r.lang))
}

// Settle waits until nothing is due and nothing in hand, and all is indexed.
func (r *Rig) Settle() {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	r.must(r.Runner.Settle(ctx))
	r.must(r.Desk.IndexAll(ctx))
}

// Agent is an agent at the workspace's door, as if he had signed in.
func (r *Rig) Agent(address string) okno.Actor {
	r.t.Helper()
	token, err := r.Desk.SignIn(r.t.Context(), address, r.password, "", "rig")
	r.must(err)
	a, _, err := r.Desk.ActorOf(r.t.Context(), token, okno.DoorWorkspace)
	r.must(err)
	return a
}

func (r *Rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}
