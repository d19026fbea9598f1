package desk

import (
	"context"
	"errors"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/jobs"
)

// DeadJob is a duty that was given up.
type DeadJob struct {
	ID       int64 // for RetryJob only
	Kind     string
	Attempts int
	Put      time.Time
	Died     time.Time
	Reason   string // the last failure, for whoever runs the program
}

// deadShown is how many duties given up are listed.
const deadShown = 200

// DeadJobs lists the duties given up, the latest first, at most 200.
func (d *Desk) DeadJobs(ctx context.Context, by okno.Actor) ([]DeadJob, error) {
	if !by.MayManage(okno.ManageSettings) {
		return nil, okno.ErrForbidden
	}
	var dead []DeadJob
	err := d.read(ctx, func(tx store.Tx) error {
		all, err := jobs.Dead(tx.Tx, deadShown)
		dead = nil
		for _, j := range all {
			dead = append(dead, DeadJob{ID: j.ID, Kind: j.Kind, Attempts: j.Attempt, Put: j.Put, Died: j.Died, Reason: j.Reason})
		}
		return err
	})
	return dead, err
}

// RetryJob makes a duty that was given up due again; okno.ErrNotFound: there
// is none of that id.
func (d *Desk) RetryJob(ctx context.Context, by okno.Actor, job int64) error {
	return d.manage(ctx, by, okno.ManageSettings, func(tx store.Tx) (int64, okno.Event, error) {
		err := jobs.Retry(tx.Tx, job)
		if errors.Is(err, db.ErrNotFound) {
			err = okno.ErrNotFound
		}
		return job, okno.NewEvent(okno.JobRetried, okno.EventData{}), err
	})
}
