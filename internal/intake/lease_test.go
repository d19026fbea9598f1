package intake_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/oknodesk/okno"
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
		if err := second.FetchNow(r.box()); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("two fetch: %v", err)
		}
		must(t, first.FetchNow(r.box()))
		cancel()
		must(t, <-done)
	})
}
