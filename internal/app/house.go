package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"time"

	"golang.org/x/crypto/acme/autocert"

	"github.com/oknodesk/okno/internal/access"
	"github.com/oknodesk/okno/internal/blob"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/demo"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/intake"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/live"
	"github.com/oknodesk/okno/internal/metrics"
	"github.com/oknodesk/okno/internal/notify"
	"github.com/oknodesk/okno/internal/post"
	"github.com/oknodesk/okno/internal/secret"
	"github.com/oknodesk/okno/internal/trace"
	"github.com/oknodesk/okno/internal/web"
)

// House is one installation put together in this process: every room, and
// what carries a fact from one to the next.
type House struct {
	Config *Config
	Log    *slog.Logger
	Now    func() time.Time

	DB     *db.DB
	Blob   blob.Store
	Key    secret.Key
	Desk   *desk.Desk
	Runner *jobs.Runner
	crowd  *crowd
	Hub    *live.Hub

	Receiver *intake.Receiver
	Web      *web.Server
	Metrics  *metrics.Metrics

	trace     *trace.Tracer // nil: none
	fetcher   *intake.Fetcher
	access    *access.Access
	notifier  *notify.Notifier
	sweep     func(context.Context) error // forgets who left a ticket without a word
	transport post.Transport              // nil: no letter leaves
	relay     *post.SMTP                  // nil: the demo's tray, or none
	tray      *demo.Tray                  // nil: no demo
	post      *post.Post
	pages     net.Listener
	metricsAt net.Listener      // nil: none of its own
	plain     net.Listener      // without TLS; nil: none
	authority *autocert.Manager // nil: somebody else ends TLS
	mail      []mailDoor
	closers   []func()
}

// Open opens the installation's data, makes or updates its tables, and puts
// the desk over them. The data directory must be locked by this process
// already. Close it when done.
func Open(ctx context.Context, c *Config, log *slog.Logger, now func() time.Time) (*House, error) {
	return open(ctx, c, log, now, true)
}

// open is Open, with the tables left as they are unless migrate.
func open(ctx context.Context, c *Config, log *slog.Logger, now func() time.Time, migrate bool) (_ *House, err error) {
	h := &House{Config: c, Log: log, Now: now, Hub: live.NewHub(now)}
	defer func() {
		if err != nil {
			h.Close()
		}
	}()
	if c.ReadOnly {
		if _, err := os.Stat(c.KeyFile); err != nil {
			return nil, &Refusal{Exit: ExitConfig, Text: "--read-only: there is no installation here: " + err.Error()}
		}
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, err
	}
	if h.Key, err = secret.LoadKey(c.KeyFile); err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	if h.Blob, err = openFiles(ctx, c.Files, c.Data, c.ReadOnly); err != nil {
		return nil, fmt.Errorf("attachments: %w", err)
	}
	if h.DB, err = db.Open(ctx, c.DB, db.Options{Log: log, ReadOnly: c.ReadOnly}); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = &Refusal{Exit: ExitConfig, Text: "--read-only: there is no database here: " + err.Error()}
		}
		return nil, outOfReach(err)
	}
	h.onClose(func() {
		if err := h.DB.Close(); err != nil {
			log.Error("closing the database", "error", err)
		}
	})
	switch {
	case migrate && c.ReadOnly:
		err = h.upToDate(ctx)
	case migrate:
		err = h.DB.Migrate(ctx, migrations...)
	}
	if err != nil {
		return nil, outOfReach(err)
	}
	h.Desk = desk.New(desk.Config{
		DB: h.DB, Blob: h.Blob, Key: h.Key, Now: now, Log: log, Lang: c.Lang, Consequences: consequences,
	})
	h.onClose(h.Desk.Close)
	h.onClose(h.DB.Listen(desk.LiveTopic, h.Hub.Deliver))
	h.Runner = h.runner()
	return h, nil
}

// runner is a new worker of jobs. On SQLite nobody else can be at work: the
// data's lock is ours.
func (h *House) runner() *jobs.Runner {
	r := jobs.NewRunner(h.DB, h.Now, h.Log)
	if h.DB.Dialect() == db.SQLite {
		r.Alone()
	}
	return r
}

func (h *House) onClose(f func()) { h.closers = append(h.closers, f) }

// Close lets everything go, last opened first.
func (h *House) Close() {
	for i := len(h.closers) - 1; i >= 0; i-- {
		h.closers[i]()
	}
	h.closers = nil
}

// duties are what the house does by the clock.
func (h *House) duties() {
	h.Runner.Handle(desk.GiveJobKind, jobs.Options{}, h.Desk.GiveAnswer)
	h.Runner.Every("counters", 5*time.Second, h.Desk.FoldCounters)
	h.Runner.Every("check counters", 24*time.Hour, h.Desk.CheckCounters)
	h.Runner.Every("wake held tickets", time.Minute, func(ctx context.Context) error {
		_, err := h.Desk.WakeHeld(ctx)
		return err
	})
	h.Runner.Every("close what was announced", time.Minute, func(ctx context.Context) error {
		_, err := h.Desk.CloseAnnounced(ctx)
		return err
	})
	h.Runner.Every("forget tries", 10*time.Minute, h.Desk.DropTries)
	h.Runner.Every("watch mailboxes", 5*time.Minute, h.Desk.WatchMailboxes)
	h.Runner.Every("tidy", time.Hour, h.Desk.Tidy)
	h.Runner.Handle(desk.EraseJobKind, jobs.Options{}, h.Desk.Erase)
}

// listen opens a listener or says which option asked for it.
func listen(option string, e Endpoint) (net.Listener, error) {
	l, err := net.Listen(e.Network, e.Address)
	if err != nil {
		return nil, fmt.Errorf("--%s: %w", option, err)
	}
	return l, nil
}
