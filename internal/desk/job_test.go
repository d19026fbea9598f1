package desk_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/jobs"
)

func TestOnlyAdministratorsSeeAndRetryDeadDuties(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		must(t, r.db.Write(r.ctx(), func(tx *db.Tx) error {
			return jobs.Put(tx, r.clock, jobs.New{Kind: "doomed", V: 1, Payload: 1})
		}))
		runner := jobs.NewRunner(r.db, r.Now, slog.New(slog.DiscardHandler))
		runner.Handle("doomed", jobs.Options{}, func(context.Context, jobs.Job) error { return jobs.Cancel(errors.New("no way")) })
		ctx, stop := context.WithCancel(r.ctx())
		ended := make(chan error, 1)
		go func() { ended <- runner.Run(ctx) }()
		must(t, runner.Settle(ctx))
		stop()
		must(t, <-ended)

		dead, err := r.DeadJobs(r.ctx(), r.admin)
		if err != nil || len(dead) != 1 || dead[0].Kind != "doomed" || dead[0].Reason != "no way" {
			t.Fatalf("%+v %v", dead, err)
		}
		if _, err := r.DeadJobs(r.ctx(), r.ann); okno.ReasonOf(err) != okno.Forbidden {
			t.Errorf("an agent sees them: %v", err)
		}
		if err := r.RetryJob(r.ctx(), r.ann, dead[0].ID); okno.ReasonOf(err) != okno.Forbidden {
			t.Errorf("an agent retries: %v", err)
		}
		must(t, r.RetryJob(r.ctx(), r.admin, dead[0].ID))
		if err := r.RetryJob(r.ctx(), r.admin, dead[0].ID); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("what is not dead: %v", err)
		}
	})
}

func TestWhatWasManagedIsSeenAtOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for _, name := range []string{"One", "Two", "Three"} {
			s, err := r.Settings(r.ctx())
			must(t, err)
			s.Product = name
			must(t, r.SaveSettings(r.ctx(), r.admin, s))
			if s, err = r.Settings(r.ctx()); err != nil || s.Product != name {
				t.Fatalf("%q %v, want %q", s.Product, err, name)
			}
		}
	})
}
