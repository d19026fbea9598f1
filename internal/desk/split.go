package desk

import (
	"context"
	"slices"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// SplitOff undoes a merge: a ticket that went into this one stands by itself
// again, as it stood, with all that was said in it. What was said since stays
// here; whoever only came because of it and has said nothing goes, as do the
// tags that came with it.
func (d *Desk) SplitOff(ctx context.Context, by okno.Actor, number, part okno.Number, version int64) error {
	if by.Door == okno.DoorMail {
		return okno.ErrForbidden
	}
	c, err := d.config(ctx)
	if err != nil {
		return err
	}
	return d.change(ctx, by, okno.MergeTicket, number, func(tx store.Tx, t *okno.Ticket) ([]okno.Event, error) {
		if err := fresh(tx, by, t, version); err != nil {
			return nil, err
		}
		merges, err := tx.MergesOf(t.ID)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(merges, func(m okno.Merge) bool { return m.Number == part && m.Into == t.ID })
		if i < 0 {
			return nil, okno.ErrNotFound
		}
		own, err := tx.TicketByID(okno.System().Sees(), merges[i].Ticket)
		if err != nil {
			return nil, err
		}
		if !by.MayIn(okno.MergeTicket, own.Department) {
			return nil, okno.ErrForbidden
		}
		return d.splitOff(tx, c, by, t, own, merges[i], comeWith(merges, merges[i].Ticket))
	})
}

// comeWith are a ticket and those that had gone into it before.
func comeWith(merges []okno.Merge, t okno.TicketID) []okno.TicketID {
	all := []okno.TicketID{t}
	for i := 0; i < len(all); i++ {
		for _, m := range merges {
			if m.Into == all[i] {
				all = append(all, m.Ticket)
			}
		}
	}
	return all
}

func (d *Desk) splitOff(tx store.Tx, c *catalogue, by okno.Actor, t *okno.Ticket, own okno.Ticket, m okno.Merge, home []okno.TicketID) ([]okno.Event, error) {
	gone, err := tx.UndoMerge(m, home)
	if err != nil {
		return nil, err
	}
	tags, err := tx.TakeMergedTags(m)
	if err != nil {
		return nil, err
	}
	for _, p := range gone {
		tx.Announce(LiveTopic, rightsChanged(p))
	}
	t.Participants = slices.DeleteFunc(slices.Clone(t.Participants), func(p okno.PersonID) bool { return slices.Contains(gone, p) })
	if err := lastWord(tx, t); err != nil {
		return nil, err
	}
	before := own
	own.Updated, own.Merged = d.Now(), 0
	if m.Was != okno.StatusClosed {
		// As it stood; what was put off until a day or was about to close is open.
		was := m.Was
		if was == okno.StatusHold || was == okno.StatusDone {
			was = okno.StatusOpen
		}
		status := c.statusOf(was)
		own.Kind, own.Status, own.Closed = was, status.ID, time.Time{}
	}
	if err := d.promise(tx, nil, &before, &own); err != nil {
		return nil, err
	}
	if err := tx.SaveTicket(&before, &own); err != nil {
		return nil, err
	}
	if err := d.record(tx, by, &own, okno.NewEvent(okno.TicketSplit, okno.EventData{From: id(t.ID)})); err != nil {
		return nil, err
	}
	facts := []okno.Event{okno.NewEvent(okno.TicketLeft, okno.EventData{From: id(own.ID)})}
	for _, tag := range tags {
		facts = append(facts, okno.NewEvent(okno.TagRemoved, okno.EventData{From: id(tag)}))
	}
	return facts, d.hearAnew(tx, own.ID)
}
