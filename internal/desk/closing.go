package desk

import (
	"context"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// atOnce is how many tickets whose time has come are read at once.
const atOnce = 200

// announce says when a ticket that is done closes by itself (spec R25). The
// letter that tells its requester so is written from it.
func (d *Desk) announce(c *catalogue, t *okno.Ticket) {
	t.Closing = okno.Closing{}
	kept, work := c.calendars.of(t.Department)
	if t.Kind != okno.StatusDone || kept.CloseAfter == 0 {
		return
	}
	now := d.Now()
	t.Closing.At = work.Days(now, kept.CloseAfter)
	// With one day only, there is no room for a reminder a day before.
	if half := kept.CloseAfter / 2; half > 0 && !t.Closing.At.IsZero() {
		t.Closing.Reminds = work.Days(now, half)
	}
}

// heard is what a message does to the announced closing: a customer's ends it,
// whatever it proves; an agent's says the question again, with a time of its
// own.
func (d *Desk) heard(c *catalogue, t *okno.Ticket, m *okno.Message) {
	if t.Closing.At.IsZero() || m.Machine || m.Apart || m.Kind == okno.Note {
		return
	}
	if m.Side == okno.SideCustomer {
		t.Closing = okno.Closing{}
		return
	}
	d.announce(c, t)
}

// CloseAnnounced reminds requesters of announced closings and closes tickets
// whose announced time has come. Called by several processes at once, it does
// each once. It returns how many it closed.
func (d *Desk) CloseAnnounced(ctx context.Context) (int, error) {
	if _, err := d.eachDue(ctx, store.Tx.TicketsToRemind, d.remind); err != nil {
		return 0, err
	}
	return d.eachDue(ctx, store.Tx.TicketsToClose, d.closeDue)
}

// eachDue does something with every ticket that is due, and counts those with
// which it was done. Another process that is faster is no failure.
func (d *Desk) eachDue(ctx context.Context, due func(store.Tx, time.Time, store.Due, int) ([]store.Due, error),
	do func(store.Tx, *catalogue, *okno.Ticket) ([]okno.Event, error)) (n int, err error) {
	c, err := d.config(ctx)
	if err != nil {
		return 0, err
	}
	var last store.Due
	for {
		var all []store.Due
		if err := d.read(ctx, func(tx store.Tx) (err error) {
			all, err = due(tx, d.Now(), last, atOnce)
			return err
		}); err != nil {
			return n, err
		}
		for _, one := range all {
			last = one
			closed := false
			err := d.change(ctx, okno.System(), okno.SetStatus, one.Number, func(tx store.Tx, t *okno.Ticket) ([]okno.Event, error) {
				facts, err := do(tx, c, t)
				closed = t.Kind == okno.StatusClosed && len(facts) > 0
				return facts, err
			})
			if err != nil && okno.ReasonOf(err) != okno.Conflict {
				return n, err
			}
			if err == nil && closed {
				n++
			}
		}
		if len(all) < atOnce {
			return n, nil
		}
	}
}

// remind records that the requester is to be reminded. Whoever hears of it
// later than was meant has a working day left.
func (d *Desk) remind(_ store.Tx, c *catalogue, t *okno.Ticket) ([]okno.Event, error) {
	if t.Closing.Reminds.IsZero() || t.Closing.Reminds.After(d.Now()) {
		return nil, nil
	}
	_, work := c.calendars.of(t.Department)
	t.Closing.Reminds = time.Time{}
	if day := work.Days(d.Now(), 1); t.Closing.At.Before(day) {
		t.Closing.At = day
	}
	return []okno.Event{okno.NewEvent(okno.ClosingReminded, okno.EventData{})}, nil
}

// closeDue closes a ticket whose announced time has come. What was not
// announced in time stays open to the assignee's judgement.
func (d *Desk) closeDue(tx store.Tx, c *catalogue, t *okno.Ticket) ([]okno.Event, error) {
	if t.Closing.At.IsZero() || t.Closing.At.After(d.Now()) || !t.Closing.Reminds.IsZero() {
		return nil, nil
	}
	why, err := d.closingStopped(tx, c, t)
	if err != nil {
		return nil, err
	}
	if why != "" {
		t.Closing = okno.Closing{}
		return []okno.Event{okno.NewEvent(okno.ClosingStopped, okno.EventData{Person: t.Requester, Reason: why})}, nil
	}
	return d.move(c, okno.System(), t, okno.StatusClosed, "deadline")
}

// closingStopped is why a ticket does not close by itself; "": it does.
func (d *Desk) closingStopped(tx store.Tx, c *catalogue, t *okno.Ticket) (string, error) {
	open, err := tx.OpenCalls([]okno.TicketID{t.ID})
	if err != nil || len(open) > 0 {
		return "call", err
	}
	told, err := d.announced(tx, c, t)
	if err != nil || told {
		return "", err
	}
	return "unannounced", nil
}

// announced reports whether a letter that named this time has left for the
// requester a working day before it, and has not come back.
func (d *Desk) announced(tx store.Tx, c *catalogue, t *okno.Ticket) (bool, error) {
	letters, err := tx.Announcements(t.ID, t.Closing.At)
	if err != nil {
		return false, err
	}
	_, work := c.calendars.of(t.Department)
	for _, l := range letters {
		if l.Person == t.Requester && l.State == okno.LetterSent && !work.Days(l.Sent, 1).After(t.Closing.At) {
			return true, nil
		}
	}
	return false, nil
}
