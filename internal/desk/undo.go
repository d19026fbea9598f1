package desk

import (
	"context"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// errGiven says that an answer cannot be taken back or put off any longer.
var errGiven = okno.Refuse(okno.Conflict, "error.held.given")

// UndoAnswer takes a held answer back before anyone but agents has seen it: no
// letter leaves, no status changes, and what was typed is its author's draft
// again, with the files. One that is held for a moment is its author's to take
// back; a planned one, or one that waits for a decision, every agent's who may
// answer. If the answer was given a moment before, it is a Conflict.
func (d *Desk) UndoAnswer(ctx context.Context, by okno.Actor, number okno.Number, ref okno.Ref) error {
	return d.changeHeld(ctx, by, number, ref, func(tx store.Tx, t *okno.Ticket, h *okno.HeldAnswer) ([]okno.Event, error) {
		gone, err := tx.DropHeld(h)
		if err != nil {
			return nil, err
		}
		if !gone {
			return nil, errGiven
		}
		session, err := d.writesIn(tx, by, h.Author)
		if err != nil {
			return nil, err
		}
		if err := tx.FreeHeldFiles(h.ID, session, d.Now()); err != nil {
			return nil, err
		}
		if session == 0 {
			h.Files = nil
		}
		if err := d.backToDraft(tx, t.ID, h); err != nil {
			return nil, err
		}
		return []okno.Event{okno.NewEvent(okno.AnswerUndone, okno.EventData{Held: h.ID, Reason: howHeld(h)})}, nil
	})
}

// writesIn is the session that an author's uploads are for: the one he is at work
// in; 0: he has gone, and with him what he had uploaded.
func (d *Desk) writesIn(tx store.Tx, by okno.Actor, author okno.PersonID) (okno.SessionID, error) {
	if by.Person == author {
		return by.Session, nil
	}
	open, err := tx.OpenSessions(author, d.Now(), 1)
	if err != nil || len(open) == 0 {
		return 0, err
	}
	return open[0].ID, nil
}

// backToDraft puts a held answer before what its author has begun since.
func (d *Desk) backToDraft(tx store.Tx, t okno.TicketID, h *okno.HeldAnswer) error {
	drafts, err := tx.Drafts(h.Author, t)
	if err != nil {
		return err
	}
	back := okno.Draft{Text: h.Text, HTML: h.HTML, CC: h.CC}
	for _, f := range h.Files {
		back.Files = append(back.Files, f.Ref)
	}
	if since := drafts[okno.Public]; since.Text != "" {
		back.Text, back.HTML = back.Text+"\n\n"+since.Text, ""
		back.Files = append(back.Files, since.Files...)
	}
	return tx.KeepDraft(h.Author, t, okno.Public, back, d.Now())
}

// PlanAnswer gives a held answer another time. Whoever does so has the ticket
// before him: what was said until now does not stop it any longer.
func (d *Desk) PlanAnswer(ctx context.Context, by okno.Actor, number okno.Number, ref okno.Ref, at time.Time) error {
	if err := d.checkPlan(at); err != nil {
		return err
	}
	return d.changeHeld(ctx, by, number, ref, func(tx store.Tx, t *okno.Ticket, h *okno.HeldAnswer) ([]okno.Event, error) {
		last, err := tx.LatestMessage(t.ID, okno.SideAgent)
		if err != nil {
			return nil, err
		}
		h.Due, h.Planned, h.Stopped, h.After = at, true, "", last
		if err := tx.SaveHeld(h); err != nil {
			return nil, err
		}
		return []okno.Event{okno.NewEvent(okno.AnswerPlanned, okno.EventData{Held: h.ID})}, d.putGive(tx, h)
	})
}

// GiveAnswerNow gives a held answer at once, in its author's name.
func (d *Desk) GiveAnswerNow(ctx context.Context, by okno.Actor, number okno.Number, ref okno.Ref) error {
	c, err := d.config(ctx)
	if err != nil {
		return err
	}
	var h okno.HeldAnswer
	return d.write(ctx, func(tx store.Tx) error {
		t, err := visible(tx, by, number)
		if err != nil {
			return err
		}
		if h, err = d.ownHeld(tx, by, &t, ref); err != nil {
			return err
		}
		author := okno.Actor{Door: okno.DoorWorkspace}
		if _, err := fillActor(tx, &author, h.Author); err != nil {
			return err
		}
		if !author.Agent() || !author.Sees().Admits(&t) {
			return okno.Refuse(okno.Conflict, "error.held.author")
		}
		if h.Then != "" && h.Then != t.Kind && !okno.MayMove(t.Kind, h.Then, author.Mover()) {
			h.Then = ""
		}
		return d.give(tx, c, author, number, &h)
	})
}

// changeHeld is the common way of what is done with a held answer.
func (d *Desk) changeHeld(ctx context.Context, by okno.Actor, number okno.Number, ref okno.Ref, fn func(store.Tx, *okno.Ticket, *okno.HeldAnswer) ([]okno.Event, error)) error {
	return d.change(ctx, by, okno.WriteMessage, number, func(tx store.Tx, t *okno.Ticket) ([]okno.Event, error) {
		h, err := d.ownHeld(tx, by, t, ref)
		if err != nil {
			return nil, err
		}
		return fn(tx, t, &h)
	})
}

// ownHeld is a ticket's held answer that the actor may decide on. One that was
// given meanwhile is known by its message.
func (d *Desk) ownHeld(tx store.Tx, by okno.Actor, t *okno.Ticket, ref okno.Ref) (okno.HeldAnswer, error) {
	if by.Side() != okno.SideAgent || by.Door == okno.DoorMail {
		return okno.HeldAnswer{}, okno.ErrNotFound
	}
	if !by.May(okno.WriteMessage, t) {
		return okno.HeldAnswer{}, okno.ErrForbidden
	}
	h, err := tx.HeldByRef(ref)
	if okno.ReasonOf(err) == okno.NotFound {
		if m, err := tx.MessageByRef(ref); err == nil && m.Ticket == t.ID {
			return h, errGiven
		}
		return h, okno.ErrNotFound
	}
	switch {
	case err != nil:
		return h, err
	case h.Ticket != t.ID:
		return h, okno.ErrNotFound
	case h.Author != by.Person && !h.Planned && h.Stopped == "":
		return h, okno.ErrForbidden
	}
	return h, nil
}
