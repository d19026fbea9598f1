package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/oknodesk/okno/internal/db"
)

// watchdogTime is within what time the supervisor wants to hear again that this
// process is alive, as sd_watchdog_enabled(3) has it; 0: it does not ask.
func watchdogTime(microseconds, process string) time.Duration {
	n, err := strconv.ParseInt(microseconds, 10, 64)
	if err != nil || n <= 0 || n > int64(24*time.Hour/time.Microsecond) {
		return 0
	}
	if process != "" && process != strconv.Itoa(os.Getpid()) {
		return 0 // somebody else is asked
	}
	return time.Duration(n) * time.Microsecond
}

// watch tells the supervisor three times within a time that the program is
// alive, and does not where it is found not to be, until ctx ends. The
// supervisor then starts the program anew.
func (s *supervisor) watch(ctx context.Context, within time.Duration, alive func(context.Context) error) {
	if s == nil || within <= 0 {
		return
	}
	again := time.NewTicker(within / 3)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
		limited, cancel := context.WithTimeout(ctx, within/3)
		err := alive(limited)
		cancel()
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			s.log.Error("the program does not answer itself; while it does not, the supervisor is told nothing and starts it anew", "error", err)
		default:
			s.tell("WATCHDOG=1")
		}
	}
}

// alive asks whoever works here whether they still do, and returns who did not
// answer before ctx ended. A database that is away, a full disk or a
// certificate that is not to be had are answers: to start anew mends none.
func (h *House) alive(ctx context.Context) error {
	for _, part := range []struct {
		name string
		ask  func(context.Context) error
	}{
		{"pages", h.pagesAnswer},
		{"reading", func(ctx context.Context) error { return unlessLate(h.Desk.Ready(ctx)) }},
		{"writing", func(ctx context.Context) error {
			return unlessLate(h.DB.Write(ctx, func(*db.Tx) error { return nil }))
		}},
	} {
		answered := make(chan error, 1)
		go func() { answered <- part.ask(ctx) }() // what was begun may hang for longer than ctx
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", part.name, context.Cause(ctx))
		case err := <-answered:
			if err != nil {
				return fmt.Errorf("%s: %w", part.name, err)
			}
		}
	}
	return nil
}

// unlessLate takes any error for an answer but that none came in time.
func unlessLate(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// pagesAnswer asks at the pages' own listener. Without TLS on purpose: where
// there is TLS, "use HTTPS" is an answer that no certificate is needed for.
func (h *House) pagesAnswer(ctx context.Context) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", h.Addr())
	if err != nil {
		return err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	if _, err := io.WriteString(conn, "GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n"); err != nil {
		return err
	}
	_, err = io.ReadFull(conn, make([]byte, len("HTTP/1.0 200")))
	return err
}
