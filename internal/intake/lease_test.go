package intake_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/intake"
	"github.com/oknodesk/okno/internal/jobs"
)

func TestOfTwoProcessesOneFetches(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s := newIMAPServer(t, nil)
		first := r.fetch(s, s.fetch)
		until(t, "a round", func() bool { return !r.state().At.IsZero() })
		second := intake.NewFetcher(r.receiver)
		ctx, cancel := context.WithCancel(context.WithoutCancel(r.ctx()))
		done := make(chan error, 1)
		lease := jobs.NewRunner(r.db, time.Now, slog.New(slog.DiscardHandler))
		looked := make(chan struct{}, 1)
		lease.Every("looked", time.Hour, func(context.Context) error { looked <- struct{}{}; return nil })
		go func() { done <- second.Run(ctx, lease) }()
		<-looked // it has looked for work
		before := r.state().At
		r.clock.move(time.Minute)
		second.FetchNow("")
		first.FetchNow("")
		until(t, "another round", func() bool { return r.state().At.After(before) })
		if n := s.sessions.Load(); n != 1 {
			t.Errorf("two fetch: %d sessions", n)
		}
		cancel()
		must(t, <-done)
	})
}
