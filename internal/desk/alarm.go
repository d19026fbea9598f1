package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/sla"
)

// How a mailbox's usual silence is learned, and when more of it is too much.
const (
	learnEvery   = 24 * time.Hour
	learnFrom    = 28 * 24 * time.Hour
	learnSpan    = 7 * 24 * time.Hour // shorter histories say nothing
	learnLetters = 20                 // nor do fewer letters
	learnMost    = 50_000
	quietFactor  = 3
	quietLeast   = 4 * time.Hour
	// fetchFresh is how new the last round must be for silence to mean
	// anything: after a night of standing still letters wait to be fetched.
	fetchFresh = 10 * time.Minute
)

// WatchMailboxes raises an alarm for each mailbox that fails or is silent for
// longer than is usual for it, and ends those that are over. The clock calls it.
func (d *Desk) WatchMailboxes(ctx context.Context) error {
	c, err := d.config(ctx)
	if err != nil {
		return err
	}
	var boxes []store.Mailbox
	var accesses []store.Access
	if err := d.read(ctx, func(tx store.Tx) (err error) {
		if boxes, err = tx.Mailboxes(); err != nil {
			return err
		}
		accesses, err = tx.Accesses()
		return err
	}); err != nil {
		return err
	}
	var troubles []error
	for _, m := range boxes {
		_, work := c.calendars.of(m.Department)
		refused := slices.ContainsFunc(accesses, func(a store.Access) bool { return a.Mailbox == m.ID && a.Refused != "" })
		troubles = append(troubles, d.watch(ctx, work, m, refused))
	}
	return errors.Join(append(troubles, d.watchAccesses(ctx, boxes, accesses))...)
}

// watch looks after one mailbox. Whose access was refused has an alarm about
// that, and none that it fails.
func (d *Desk) watch(ctx context.Context, work *sla.Calendar, m store.Mailbox, refused bool) error {
	now, before := d.Now(), m.Watch
	var last time.Time
	if err := d.read(ctx, func(tx store.Tx) (err error) {
		// What is silent teaches no new habit.
		if m.Quiet == 0 && m.Watch.Alarm.Kind != okno.AlarmSilent && now.Sub(m.Watch.Learned) >= learnEvery {
			came, err := tx.CameTo(m.ID, now.Add(-learnFrom), learnMost)
			if err != nil {
				return err
			}
			m.Watch.Gap, m.Watch.Learned = usualGap(work, came), now
		}
		last, err = tx.LastCameTo(m.ID)
		return err
	}); err != nil {
		return err
	}
	switch kind := judge(work, m, last, now); {
	case kind == before.Alarm.Kind:
	case kind == okno.AlarmFailed && refused && m.Fetch.SignIn == okno.ByToken:
	case kind == "":
		m.Watch.Alarm = okno.Alarm{}
	default:
		m.Watch.Alarm = okno.Alarm{Kind: kind, Since: now}
	}
	if m.Watch == before {
		return nil
	}
	return d.write(ctx, func(tx store.Tx) error {
		if err := tx.SaveWatch(m.ID, m.Watch); err != nil || m.Watch.Alarm == before.Alarm {
			return err
		}
		e := okno.NewEvent(okno.MailboxAlarmed, okno.EventData{Reason: string(m.Watch.Alarm.Kind)})
		if m.Watch.Alarm.Kind == "" {
			e = okno.NewEvent(okno.MailboxRecovered, okno.EventData{Reason: string(before.Alarm.Kind)})
		}
		e.Subject = int64(m.ID)
		return d.record(tx, okno.System(), nil, e)
	})
}

// judge says what is wrong with a mailbox, to which the last letter came at a
// time (zero: none yet).
func judge(work *sla.Calendar, m store.Mailbox, last, now time.Time) okno.AlarmKind {
	s := m.State
	switch {
	case !m.Closed.IsZero():
		return ""
	// A letter that was left for its size is trouble too, but not of fetching:
	// rounds go on after it.
	case m.Fetch != nil && s.Trouble != "" && s.At.Before(s.Since) && now.Sub(s.Since) >= fetchQuiet:
		return okno.AlarmFailed
	}
	limit := time.Duration(m.Quiet) * time.Hour
	if m.Quiet == 0 && m.Watch.Gap > 0 {
		limit = max(quietFactor*m.Watch.Gap, quietLeast)
	}
	if limit <= 0 || last.IsZero() {
		return ""
	}
	if m.Fetch != nil && now.Sub(s.At) > fetchFresh {
		return m.Watch.Alarm.Kind // nothing is known: as it was
	}
	if work.Between(last, now) > limit {
		return okno.AlarmSilent
	}
	return ""
}

// usualGap is the longest working time between two letters; 0: there are too
// few to tell.
func usualGap(work *sla.Calendar, came []time.Time) (gap time.Duration) {
	if len(came) < learnLetters || came[len(came)-1].Sub(came[0]) < learnSpan {
		return 0
	}
	for i := range came[1:] {
		gap = max(gap, work.Between(came[i], came[i+1]))
	}
	return gap
}

// Alarms are the mailboxes that an alarm was raised for and is not over.
func (d *Desk) Alarms(ctx context.Context, by okno.Actor) ([]MailboxState, error) {
	boxes, err := d.Mailboxes(ctx, by)
	var alarmed []MailboxState
	for _, m := range boxes {
		if (m.Alarm.Kind != "" || m.Access != nil && m.Access.Alarm.Kind != "") && m.Closed.IsZero() {
			alarmed = append(alarmed, m)
		}
	}
	return alarmed, err
}

// noticeMailbox finds the mailbox that a fact is about, the administrators who
// are to know, and another mailbox for the letter to them to leave from, if
// there is one.
func noticeMailbox(tx store.Tx, c *catalogue, n *Notice, wanted map[okno.PersonID]bool) error {
	if n.Event.Kind != okno.MailboxAlarmed && n.Event.Kind != okno.MailboxRecovered {
		return nil
	}
	boxes, err := tx.Mailboxes()
	if err != nil {
		return err
	}
	accesses, err := tx.Accesses()
	if err != nil {
		return err
	}
	barred := func(box okno.MailboxID) bool {
		return slices.ContainsFunc(accesses, func(a store.Access) bool { return a.Mailbox == box && a.Refused != "" })
	}
	for _, m := range boxes {
		switch {
		case int64(m.ID) == n.Event.Subject:
			n.Troubled = MailboxState{Mailbox: m.Mailbox, State: m.State, Alarm: m.Watch.Alarm, Department: c.department(m.Department)}
			n.Troubled.setAccess(accesses)
			if a := n.Troubled.Access; a != nil {
				p, err := tx.Provider(a.Provider)
				if err != nil && okno.ReasonOf(err) != okno.NotFound {
					return err
				}
				n.Provider = p.Provider
			}
			if n.LastLetter, err = tx.LastCameTo(m.ID); err != nil {
				return err
			}
		case n.Mailbox.ID == 0 && m.Closed.IsZero() && m.Watch.Alarm.Kind == "" && !barred(m.ID):
			n.Mailbox = m.Mailbox
		}
	}
	return noticeAdmins(tx, n, wanted, okno.ManageMailboxes)
}
