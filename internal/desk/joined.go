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

// JoinJobKind is the duty to tell an agent in one letter what of a ticket has
// waited; its payload is a JoinJob.
const JoinJobKind = "join"

// JoinJob says who is to be told of which ticket; 0: of the new ones (Listing).
type JoinJob struct {
	Person okno.PersonID `json:"person"`
	Ticket okno.TicketID `json:"ticket"`
}

// JoinedMost is how many facts one letter tells.
const JoinedMost = 20

// joining is what decides whether a letter's fact waits for a joined letter.
type joining struct {
	about   store.Joined
	since   time.Time        // letters of before do not count
	queued  *db.Asked[int64] // a row: its letter is there already
	waiting *db.Asked[okno.EventID]
	last    *db.Asked[time.Time]
}

func (d *Desk) askJoining(tx store.Tx, l *store.Letter, within time.Duration) joining {
	j := joining{about: store.Joined{Person: l.Person, Ticket: l.Ticket}, since: d.Now().Add(-within)}
	j.queued, j.waiting, j.last = tx.AskOriginQueued(l.Origin), tx.AskJoinedFacts(j.about, 1), tx.AskLastLetter(j.about, j.since)
	return j
}

// joins has a letter's fact wait for a joined letter, when its agent had one
// about the ticket within a time, or has one in this change (told), or others
// wait already; false: it is told at once.
func (d *Desk) joins(tx store.Tx, l *store.Letter, within time.Duration, j joining, told map[store.Joined]bool) (bool, error) {
	if queued, err := j.queued.All(); err != nil || len(queued) > 0 {
		return false, err
	}
	waiting, err := j.waiting.All()
	if err != nil {
		return false, err
	}
	last, err := j.last.First()
	switch {
	case err != nil:
		return false, err
	case told[j.about]:
		last = d.Now()
	case last.IsZero() && len(waiting) == 0:
		return false, nil
	case last.IsZero():
		last = j.since
	}
	if err := tx.Join(store.Waiting{Joined: j.about, Event: l.Event}); err != nil {
		return false, err
	}
	return true, jobs.Put(tx.Tx, d.Now(), JoinJob{l.Person, l.Ticket}.job(last.Add(within)))
}

// job is the duty as it is put.
func (j JoinJob) job(at time.Time) jobs.New {
	return jobs.New{Kind: JoinJobKind, V: 1, Payload: j, Key: id(j.Person) + "/" + id(j.Ticket), At: at}
}

// JoinedFacts are the facts that one letter is to tell, oldest first, up to limit.
func (d *Desk) JoinedFacts(ctx context.Context, j JoinJob, limit int) (facts []okno.EventID, err error) {
	err = d.readOne(ctx, func(tx store.Tx) error {
		facts, err = tx.JoinedFacts(store.Joined(j), limit)
		return err
	})
	return facts, err
}

// TellJoined queues the letter that tells facts, if there still is anything to
// tell, and ends the duty; what came meanwhile gets a letter of its own after
// next.
func (d *Desk) TellJoined(ctx context.Context, j JoinJob, letters []Outgoing, facts []okno.EventID, next time.Duration, duty jobs.Job) error {
	ready, err := d.seal(ctx, letters)
	if err != nil {
		return err
	}
	return d.write(ctx, func(tx store.Tx) error {
		if err := d.queueCurrent(tx, ready, letters); err != nil {
			return err
		}
		if err := errors.Join(tx.Unjoin(store.Joined(j), facts), duty.Done(tx.Tx)); err != nil {
			return err
		}
		more, err := tx.JoinedFacts(store.Joined(j), 1)
		if err != nil || len(more) == 0 {
			return err
		}
		return jobs.Put(tx.Tx, d.Now(), j.job(d.Now().Add(next)))
	})
}

// JoinNotices keeps whether the actor's letters about one ticket may come as
// one.
func (d *Desk) JoinNotices(ctx context.Context, by okno.Actor, on bool) error {
	if _, err := bellSide(by); err != nil {
		return err
	}
	return d.write(ctx, func(tx store.Tx) error {
		p, err := tx.Person(by.Person)
		if err != nil {
			return err
		}
		return tx.SaveSwitches(p.ID, p.Switches.SetJoins(on))
	})
}
