package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/demo"
	"github.com/oknodesk/okno/internal/intake"
	"github.com/oknodesk/okno/internal/locale"
)

// graceTime is how long what is in hand may take once the server is told to
// stop.
const graceTime = 15 * time.Second

// Serve runs the installation until ctx ends, then finishes what is in hand.
// What whoever started it must know goes to console; secrets go nowhere else.
func Serve(ctx context.Context, c *Config, log *slog.Logger, now func() time.Time, console io.Writer) (err error) {
	if c.Demo {
		if err := demo.Prepare(c.Data, c.Listen, c.Relay != nil); err != nil {
			return &Refusal{Exit: ExitConfig, Text: err.Error()}
		}
	}
	ours, shared := append(homes(c.DB), c.Data), []string(nil)
	if c.ReadOnly {
		ours, shared = nil, ours
	}
	release, err := lockAll(ours, shared)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	told := supervisedAt(os.Getenv("NOTIFY_SOCKET"), log)
	defer told.close()
	told.tell("STATUS=opening the database")
	h, err := Open(ctx, c, log, now)
	if err != nil {
		return err
	}
	defer h.Close()
	if err := h.Listen(ctx); err != nil {
		return err
	}
	if err := h.greet(ctx, console); err != nil {
		return err
	}
	told.tell("READY=1\nSTATUS=serving") // the listeners are open: who comes now waits for Run
	go told.watch(ctx, watchdogTime(os.Getenv("WATCHDOG_USEC"), os.Getenv("WATCHDOG_PID")), h.alive)
	said := make(chan struct{})
	stays := context.AfterFunc(ctx, func() {
		defer close(said)
		told.tell("STOPPING=1\nSTATUS=finishing what is in hand")
	})
	defer func() {
		if !stays() {
			<-said
		}
	}()
	return h.Run(ctx)
}

// Listen furnishes the house and opens every listener; a port that is taken
// is found out here, before anything runs.
func (h *House) Listen(ctx context.Context) (err error) {
	if h.Config.Demo {
		if err := h.sample(ctx); err != nil {
			return err
		}
	}
	if err := h.furnish(); err != nil {
		return err
	}
	if h.pages, err = listen("listen", Endpoint{"tcp", h.Config.Listen}); err != nil {
		return err
	}
	h.onClose(func() { h.pages.Close() })
	if err := h.encrypt(); err != nil {
		return err
	}
	if err := h.listenMetrics(); err != nil {
		return err
	}
	certificate, err := mailTLS(h.Config)
	if err != nil {
		return err
	}
	if at := h.Config.SMTPListen; at != "" {
		if err := h.listenMail("smtp-listen", Endpoint{"tcp", at}, intake.ServerOptions{Hostname: hostName(h.Config), TLS: certificate}); err != nil {
			return err
		}
	}
	if at := h.Config.LMTPListen; at.Network != "" {
		return h.listenMail("lmtp-listen", at, intake.ServerOptions{Hostname: hostName(h.Config), LMTP: true})
	}
	return nil
}

// mailDoor is one listener for letters.
type mailDoor struct {
	server *intake.Server
	on     net.Listener
}

func (h *House) listenMail(option string, at Endpoint, o intake.ServerOptions) error {
	l, err := intake.Listen(at.Network, at.Address)
	if err != nil {
		return fmt.Errorf("--%s: %w", option, err)
	}
	h.onClose(func() { l.Close() })
	h.mail = append(h.mail, mailDoor{intake.NewServer(h.Receiver, o), l})
	return nil
}

// Addr is where the pages are.
func (h *House) Addr() string { return h.pages.Addr().String() }

// MailAddrs are where letters are taken in: SMTP's first, then LMTP's.
func (h *House) MailAddrs() []string {
	var addrs []string
	for _, d := range h.mail {
		addrs = append(addrs, d.on.Addr().String())
	}
	return addrs
}

// Run does the house's work until ctx ends: after the time of --drain no more is
// taken in, then what was taken is worked off as far as the grace allows; the
// rest stands in the database.
func (h *House) Run(ctx context.Context) error {
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	g, ctx := errgroup.WithContext(ctx)
	open, closeDoors := context.WithCancel(context.WithoutCancel(ctx))
	context.AfterFunc(ctx, func() { time.AfterFunc(h.Config.Drain, closeDoors) })
	done := make(chan error, 1)
	if h.Config.ReadOnly { // no duty is worked off, no letter fetched
		done <- nil
	} else {
		go func() { done <- h.Runner.Run(work) }()
		g.Go(func() error { return h.fetcher.Run(ctx, h.runner()) })
		g.Go(func() error { return h.Desk.KeepIndexed(ctx, h.crowd.waits) })
	}
	g.Go(func() error { return h.Web.Serve(ctx, h.pages) })
	g.Go(func() error { return h.serveControl(open) })
	g.Go(func() error { return h.serveMetrics(open) })
	g.Go(func() error { return h.servePlain(open) })
	g.Go(func() error { return h.sweepPresence(ctx) })
	g.Go(func() error {
		select {
		case <-ctx.Done():
			return nil
		case <-h.DB.Lost():
			return db.ErrLost
		}
	})
	for _, d := range h.mail {
		g.Go(func() error { return d.server.Serve(d.on) })
		g.Go(func() error {
			<-open.Done()
			last, cancel := context.WithTimeout(context.WithoutCancel(open), graceTime)
			defer cancel()
			return d.server.Shutdown(last)
		})
	}
	err := g.Wait()
	stopWork()
	return errors.Join(err, <-done)
}

// presenceSweep is how often those who left without a word are missed.
const presenceSweep = 10 * time.Second

// sweepPresence forgets them in this process: each knows its own visitors.
func (h *House) sweepPresence(ctx context.Context) error {
	again := time.NewTicker(presenceSweep)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-again.C:
			if err := h.sweep(ctx); err != nil {
				h.Log.Warn("presence could not be swept", "error", err)
			}
		}
	}
}

// greet tells whoever started the server where to look.
func (h *House) greet(ctx context.Context, console io.Writer) error {
	l := locale.New(h.Config.Lang, time.Local)
	say := func(key string, args ...any) { fmt.Fprintln(console, l.T(key, args...)) }
	say("console.at", "URL", h.link("/"))
	if h.Config.ReadOnly {
		say("console.readonly")
		return nil
	}
	if h.tray != nil {
		say("console.demo", "Tray", h.link("/demo/letters"), "Password", demo.Password)
		for _, s := range demo.SignIns(h.Config.Lang) {
			fmt.Fprintf(console, "  %-24s %s\n", s.Login, s.Role)
		}
		return nil
	}
	if h.transport == nil {
		say("console.norelay")
	}
	needs, err := h.Desk.NeedsSetup(ctx)
	if err != nil || !needs {
		return err
	}
	token, err := h.Desk.SetupLink(ctx)
	if err != nil {
		return err
	}
	say("console.setup", "URL", h.link("/setup/"+token))
	return nil
}
