package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/locale"
)

// Commands that a running server carries out at its control socket.
const (
	askSetup   = "setup"
	askReset   = "reset"
	askReceive = "receive"
	askRecount = "recount"
)

const turnTime = time.Second // how often a program without the socket looks whether it may have it

// SetupOptions is what "okno setup" asks for.
type SetupOptions = desk.Setup

// Setup makes the first administrator and the support mailbox without a
// browser: through the server that runs on the data, or alone.
func Setup(ctx context.Context, c *Config, log *slog.Logger, s SetupOptions) error {
	body, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return AskOrLock(c.Data, time.Now(),
		func() error {
			_, err := Ask(ctx, c.Data, askSetup, nil, bytes.NewReader(body))
			return err
		},
		func() error {
			return alone(ctx, c, log, func(h *House) error { return h.setup(ctx, s) })
		})
}

// ResetPerson makes a one-time password link for whoever has the login name or
// address, and returns it.
func ResetPerson(ctx context.Context, c *Config, log *slog.Logger, login string) (link string, err error) {
	err = AskOrLock(c.Data, time.Now(),
		func() error {
			answer, err := Ask(ctx, c.Data, askReset, url.Values{"login": {login}}, nil)
			link = string(answer)
			return err
		},
		func() error {
			return alone(ctx, c, log, func(h *House) (err error) {
				link, err = h.reset(ctx, login)
				return err
			})
		})
	return link, err
}

// Receive takes one letter from a mail server's pipe for a mailbox; it returns
// the exit code (sysexits), 75 where the mail server should try again. The
// letter is durable when it returns 0.
func Receive(ctx context.Context, c *Config, log *slog.Logger, mailbox string, letter io.Reader) (exit int, err error) {
	raw, err := io.ReadAll(io.LimitReader(letter, c.MaxLetter+1))
	if err != nil {
		return ExitTempFail, err
	}
	err = AskOrLock(c.Data, time.Now(),
		func() error {
			_, err := Ask(ctx, c.Data, askReceive, url.Values{"mailbox": {mailbox}}, bytes.NewReader(raw))
			return err
		},
		func() error {
			return alone(ctx, c, log, func(h *House) error {
				if err := h.furnish(); err != nil {
					return err
				}
				return h.receive(ctx, mailbox, bytes.NewReader(raw))
			})
		})
	var refusal *Refusal
	switch {
	case err == nil:
		return 0, nil
	case errors.As(err, &refusal):
		return refusal.Exit, err
	}
	return ExitTempFail, err // nobody knows whether it was kept: the same letter again is one
}

// Recount sets the counters of tickets right.
func Recount(ctx context.Context, c *Config, log *slog.Logger) error {
	return AskOrLock(c.Data, time.Now(),
		func() error { _, err := Ask(ctx, c.Data, askRecount, nil, nil); return err },
		func() error { return alone(ctx, c, log, func(h *House) error { return h.recount(ctx) }) })
}

func (h *House) recount(ctx context.Context) error { return inWords(h.Config, h.Desk.Recount(ctx)) }

// receive keeps a piped letter or refuses it with the pipe's exit code.
func (h *House) receive(ctx context.Context, mailbox string, letter io.Reader) error {
	if exit := h.Receiver.Pipe(ctx, mailbox, letter); exit != 0 {
		return &Refusal{Exit: exit, Text: "the letter for " + mailbox + " was not taken"}
	}
	return nil
}

// alone opens the house for one command; the caller holds the data's lock.
func alone(ctx context.Context, c *Config, log *slog.Logger, do func(*House) error) error {
	h, err := Open(ctx, c, log, time.Now)
	if err != nil {
		return err
	}
	defer h.Close()
	return do(h)
}

func (h *House) setup(ctx context.Context, s desk.Setup) error {
	return inWords(h.Config, h.Desk.SetUp(ctx, okno.Console(), "", s))
}

func (h *House) reset(ctx context.Context, login string) (string, error) {
	token, err := h.Desk.ResetByConsole(ctx, login)
	if okno.ReasonOf(err) == okno.NotFound {
		return "", &Refusal{Exit: ExitNoUser, Text: "nobody signs in as " + login}
	}
	if err != nil {
		return "", inWords(h.Config, err)
	}
	return h.link("/entry/" + token), nil
}

// link is the address of a page as the world reaches it.
func (h *House) link(path string) string { return baseURL(h.Config) + path }

// baseURL is what every link begins with.
func baseURL(c *Config) string {
	if c.BaseURL != nil {
		return strings.TrimSuffix(c.BaseURL.String(), "/")
	}
	return "http://" + c.Listen
}

// inWords turns what the desk refused into words for the console; any other
// error stays as it is.
func inWords(c *Config, err error) error {
	l := locale.New(c.Lang, time.Local)
	var one *okno.Error
	var many okno.Errors
	switch {
	case errors.As(err, &many):
	case errors.As(err, &one):
		many = okno.Errors{one}
	default:
		return err
	}
	lines := make([]string, len(many))
	for i, e := range many {
		lines[i] = l.T(e.Key, e.Args...)
		if e.Field != "" {
			lines[i] = "--" + setupFlag(e.Field) + ": " + lines[i]
		}
	}
	exit := ExitUsage
	if okno.ReasonOf(err) == okno.Busy {
		exit = ExitTempFail
	}
	return &Refusal{Exit: exit, Text: strings.Join(lines, "\n")}
}

// setupFlag is the flag of "okno setup" that a refused field came by.
func setupFlag(field string) string {
	switch field {
	case "password":
		return "password-file"
	case "support":
		return "support-address"
	}
	return field
}

// serveControl takes commands until ctx ends. Programs that only read may share
// the directory: one of them has the socket, and when it ends another takes it.
func (h *House) serveControl(ctx context.Context) error {
	if h.Config.ReadOnly {
		turn := flock.New(socketPath(h.Config.Data)+".lock", flock.SetPermissions(0o600))
		_, err := turn.TryLockContext(ctx, turnTime)
		if ctx.Err() != nil {
			return turn.Close()
		}
		if err != nil {
			return fmt.Errorf("lock %s: %w", turn.Path(), err)
		}
		defer turn.Close()
	}
	control := h.control()
	socket, err := control.Listen(h.Config.Data)
	if err != nil {
		return err
	}
	return control.Serve(ctx, socket, graceTime)
}

// control is what a running server takes at its socket.
func (h *House) control() *Control {
	c := NewControl()
	c.Handle(askSetup, maxArgs, func(ctx context.Context, _ io.Writer, body io.Reader, _ url.Values) error {
		var s desk.Setup
		if err := json.NewDecoder(body).Decode(&s); err != nil {
			return &Refusal{Exit: ExitUsage, Text: err.Error()}
		}
		return h.setup(ctx, s)
	})
	c.HandleStream(askBackup, h.backupTo)
	c.HandleStream(askDoctor, h.examineTo)
	c.Handle(askReady, 0, h.readyTo)
	c.Handle(askRecount, 0, func(ctx context.Context, _ io.Writer, _ io.Reader, _ url.Values) error { return h.recount(ctx) })
	c.Handle(askReset, 0, func(ctx context.Context, answer io.Writer, _ io.Reader, args url.Values) error {
		link, err := h.reset(ctx, args.Get("login"))
		if err != nil {
			return err
		}
		_, err = fmt.Fprint(answer, link)
		return err
	})
	c.Handle(askReceive, h.Config.MaxLetter+1, func(ctx context.Context, _ io.Writer, body io.Reader, args url.Values) error {
		return h.receive(ctx, args.Get("mailbox"), body)
	})
	return c
}
