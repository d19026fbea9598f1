package desk

import (
	"context"
	"strconv"
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// Take makes the ticket the actor's own work and moves a new one to open. A
// ticket that is somebody's already is a Conflict: assigning it says so.
func (d *Desk) Take(ctx context.Context, by okno.Actor, number okno.Number, version int64) error {
	return d.assign(ctx, by, number, by.Person, version, "taken")
}

// Assign makes the ticket an agent's work (assignee's ref), or its department's
// ("").
// The agent must hold a role in the ticket's department.
func (d *Desk) Assign(ctx context.Context, by okno.Actor, number okno.Number, assignee okno.Ref, version int64) error {
	var to okno.PersonID
	if assignee != "" {
		p, err := d.personByRef(ctx, assignee)
		if err != nil {
			return choice(err, "assignee")
		}
		to = p.ID
	}
	return d.assign(ctx, by, number, to, version, "by_hand")
}

func (d *Desk) assign(ctx context.Context, by okno.Actor, number okno.Number, to okno.PersonID, version int64, reason string) error {
	c, err := d.config(ctx)
	if err != nil {
		return err
	}
	return d.change(ctx, by, okno.AssignTicket, number, func(tx store.Tx, t *okno.Ticket) ([]okno.Event, error) {
		if t.Assignee == to && t.Team == 0 {
			return nil, nil
		}
		if err := fresh(tx, by, t, version); err != nil {
			return nil, err
		}
		if to != 0 {
			if err := worksIn(tx, to, t.Department); err != nil {
				return nil, err
			}
		}
		facts := []okno.Event{okno.NewEvent(okno.AssigneeChanged, okno.EventData{From: id(t.Assignee), To: id(to), Person: to, Reason: reason})}
		t.Assignee, t.Team = to, 0
		if reason == "taken" && t.Kind == okno.StatusNew {
			moved, err := d.move(c, by, t, okno.StatusOpen, reason)
			return append(facts, moved...), err
		}
		return facts, nil
	})
}

// worksIn refuses an assignee who holds no role in the department.
func worksIn(tx store.Tx, p okno.PersonID, dep okno.DepartmentID) error {
	agents, err := tx.AgentsIn(dep)
	if err != nil {
		return err
	}
	for _, a := range agents {
		if a.ID == p {
			return nil
		}
	}
	return okno.Errors{{Reason: okno.Invalid, Key: "error.assignee.elsewhere", Field: "assignee"}}
}

// Transfer gives the ticket to another department. Its assignee stays if he
// works there too; else it is the department's.
func (d *Desk) Transfer(ctx context.Context, by okno.Actor, number okno.Number, department okno.Ref, version int64) error {
	c, err := d.config(ctx)
	if err != nil {
		return err
	}
	var to okno.DepartmentID
	for _, dep := range c.departments {
		if dep.Ref == department && dep.Closed.IsZero() {
			to = dep.ID
		}
	}
	if to == 0 {
		return choice(okno.ErrNotFound, "department")
	}
	return d.change(ctx, by, okno.TransferTicket, number, func(tx store.Tx, t *okno.Ticket) ([]okno.Event, error) {
		if t.Department == to {
			return nil, nil
		}
		if err := fresh(tx, by, t, version); err != nil {
			return nil, err
		}
		facts := []okno.Event{okno.NewEvent(okno.DepartmentChanged, okno.EventData{From: id(t.Department), To: id(to), Reason: "by_hand"})}
		// Those who see the ticket no longer must hear that their list changed.
		tx.Announce(LiveTopic, hint(t, "list", true).Encode())
		t.Department = to
		if t.Team != 0 || t.Assignee != 0 && worksIn(tx, t.Assignee, to) != nil {
			facts = append(facts, okno.NewEvent(okno.AssigneeChanged, okno.EventData{From: id(t.Assignee), To: "0", Reason: "transferred"}))
			t.Assignee, t.Team = 0, 0
		}
		return facts, nil
	})
}

// SetStatus moves the ticket by an agent's hand. hold says until when with
// StatusHold, and is empty else.
func (d *Desk) SetStatus(ctx context.Context, by okno.Actor, number okno.Number, to okno.StatusKind, hold okno.Hold, version int64) error {
	c, err := d.config(ctx)
	if err != nil {
		return err
	}
	if to == okno.StatusHold && !hold.Until.After(d.Now()) {
		return okno.Errors{{Reason: okno.Invalid, Key: "error.hold.past", Field: "until"}}
	}
	return d.change(ctx, by, okno.SetStatus, number, func(tx store.Tx, t *okno.Ticket) ([]okno.Event, error) {
		if err := fresh(tx, by, t, version); err != nil {
			return nil, err
		}
		facts, err := d.move(c, by, t, to, "by_hand")
		if err == nil && to == okno.StatusHold {
			t.Hold = hold
		}
		return facts, err
	})
}

// EditSubject changes what the ticket is called. Letters that already went
// out keep their subject, and so do later ones: a changed subject would break
// the thread at the customer's.
func (d *Desk) EditSubject(ctx context.Context, by okno.Actor, number okno.Number, subject string, version int64) error {
	subject = strings.TrimSpace(subject)
	if err := okno.CheckSubject(subject); err != nil {
		return err
	}
	return d.change(ctx, by, okno.EditSubject, number, func(tx store.Tx, t *okno.Ticket) ([]okno.Event, error) {
		if t.Subject == subject {
			return nil, nil
		}
		if err := fresh(tx, by, t, version); err != nil {
			return nil, err
		}
		t.Subject = subject
		return []okno.Event{okno.NewEvent(okno.SubjectChanged, okno.EventData{})}, nil
	})
}

// CloseTicket closes the ticket at the wish of its requester, of his
// company's administrator, or by an agent. reason is how he said so: "page",
// "phrase", "confirmed".
func (d *Desk) CloseTicket(ctx context.Context, by okno.Actor, number okno.Number, reason string) error {
	c, err := d.config(ctx)
	if err != nil {
		return err
	}
	return d.change(ctx, by, okno.CloseTicket, number, func(tx store.Tx, t *okno.Ticket) ([]okno.Event, error) {
		return d.move(c, by, t, okno.StatusClosed, reason)
	})
}

// ConfirmDone answers the question whether the ticket is solved: satisfied
// closes it, not satisfied reopens it.
func (d *Desk) ConfirmDone(ctx context.Context, by okno.Actor, number okno.Number, satisfied bool) error {
	c, err := d.config(ctx)
	if err != nil {
		return err
	}
	return d.change(ctx, by, okno.ConfirmDone, number, func(tx store.Tx, t *okno.Ticket) ([]okno.Event, error) {
		if t.Kind != okno.StatusDone {
			return nil, okno.Refuse(okno.Conflict, "error.notdone")
		}
		if satisfied {
			return d.move(c, by, t, okno.StatusClosed, "confirmed")
		}
		return d.move(c, by, t, okno.StatusOpen, "notsolved")
	})
}

// Reopen moves a closed ticket back to open at the customer's wish.
func (d *Desk) Reopen(ctx context.Context, by okno.Actor, number okno.Number) error {
	c, err := d.config(ctx)
	if err != nil {
		return err
	}
	return d.change(ctx, by, okno.CloseTicket, number, func(tx store.Tx, t *okno.Ticket) ([]okno.Event, error) {
		if !t.TakesMessages(d.Now()) {
			return nil, okno.Refuse(okno.Conflict, "error.toolate")
		}
		return d.move(c, by, t, okno.StatusOpen, "reopened")
	})
}

// AskClosing records that an unproven letter says the ticket is solved; the
// requester is mailed a button.
func (d *Desk) AskClosing(ctx context.Context, by okno.Actor, number okno.Number, m okno.MessageID) error {
	return d.change(ctx, by, okno.AskClosing, number, func(tx store.Tx, t *okno.Ticket) ([]okno.Event, error) {
		if !t.Kind.Alive() && t.Kind != okno.StatusDone {
			return nil, nil
		}
		return []okno.Event{okno.NewEvent(okno.CloseAsked, okno.EventData{Message: m, Reason: "phrase"})}, nil
	})
}

// WakeHeld moves tickets on hold whose date has come back to open; it returns
// how many.
func (d *Desk) WakeHeld(ctx context.Context) (int, error) {
	c, err := d.config(ctx)
	if err != nil {
		return 0, err
	}
	var due []okno.Number
	if err := d.read(ctx, func(tx store.Tx) (err error) {
		due, err = tx.TicketsToWake(d.Now().UnixMicro(), 500)
		return err
	}); err != nil {
		return 0, err
	}
	for _, n := range due {
		err := d.change(ctx, okno.System(), okno.SetStatus, n, func(tx store.Tx, t *okno.Ticket) ([]okno.Event, error) {
			if t.Kind != okno.StatusHold || t.Hold.Until.After(d.Now()) {
				return nil, nil
			}
			return d.move(c, okno.System(), t, okno.StatusOpen, "deadline")
		})
		if err != nil {
			return 0, err
		}
	}
	return len(due), nil
}

// choice turns "no such thing" into the refusal of a field's choice.
func choice(err error, field string) error {
	if okno.ReasonOf(err) == okno.NotFound {
		return okno.Errors{{Reason: okno.Invalid, Key: "error.choice", Field: field}}
	}
	return err
}

// id is an id as a fact keeps it.
func id[T ~int64](v T) string { return strconv.FormatInt(int64(v), 10) }
