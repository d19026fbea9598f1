package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/mail"
)

// Withheld is a letter that would have gone out by itself and did not.
type Withheld struct {
	Event  okno.EventID // that called for it
	Ticket okno.TicketID
	Person okno.PersonID
	Letter okno.LetterKind
	Reason string // "limit" or "echo"
}

// Withhold records that a letter was not written, once for each fact. The
// ticket's agents are told of the first of a person's in a day.
func (d *Desk) Withhold(ctx context.Context, w Withheld) error {
	key := fmt.Sprintf("withheld:%d:%s:%d", w.Event, w.Letter, w.Person)
	return d.once(ctx, key, func(tx store.Tx) (string, error) {
		t, err := tx.TicketByID(okno.System().Sees(), w.Ticket)
		if err != nil {
			return "", err
		}
		first, err := d.firstOf(tx, "withheld:"+id(w.Person), 24*time.Hour)
		if err != nil {
			return "", err
		}
		e := okno.NewEvent(okno.AnswerWithheld, okno.EventData{Person: w.Person, To: string(w.Letter), Reason: w.Reason, Silent: !first})
		e.Cause = w.Event
		return "withheld", d.record(tx, okno.System(), &t, e)
	}, func(string) error { return nil })
}

// SendWithheld has the latest letter sent after all that was withheld at a
// ticket; a Conflict: there is none.
func (d *Desk) SendWithheld(ctx context.Context, by okno.Actor, number okno.Number) error {
	return d.change(ctx, by, okno.WriteMessage, number, func(tx store.Tx, t *okno.Ticket) ([]okno.Event, error) {
		if by.Side() != okno.SideAgent {
			return nil, okno.ErrForbidden
		}
		events, err := tx.EventsOf([]okno.TicketID{t.ID}, okno.SideAgent, time.Time{}, 500)
		if err != nil {
			return nil, err
		}
		w := withheld(events)
		if w == nil {
			return nil, okno.Refuse(okno.Conflict, "error.withheld.none")
		}
		e := okno.NewEvent(okno.AnswerReleased, okno.EventData{Person: w.Data.Person, To: w.Data.To})
		e.Cause = w.ID
		return []okno.Event{e}, nil
	})
}

// withheld is the latest confirmation that did not go out; nil: none, or it
// went after all.
func withheld(events []okno.Event) *okno.Event {
	var found *okno.Event
	for i := range events {
		switch e := &events[i]; {
		case e.Kind == okno.AnswerWithheld && e.Data.To == string(okno.LetterConfirmation):
			found = e
		case e.Kind == okno.AnswerReleased:
			found = nil
		}
	}
	return found
}

// Withheld is the confirmation that did not go out; nil: none.
func (p *TicketPage) Withheld() *okno.Event { return withheld(p.Events) }

// echoWithin is how long a letter that says it is an answer is looked upon as
// the echo of an earlier one.
const echoWithin = time.Hour

// Echo reports whether a ticket came by a letter that says it is an answer, by
// its subject alone, while its requester opened another about the same subject
// just before: a program answers our answer.
func (d *Desk) Echo(ctx context.Context, t okno.Ticket) (echo bool, err error) {
	base := mail.SubjectBase(t.Subject)
	if t.Channel != okno.ChannelMail || base == t.Subject {
		return false, nil
	}
	err = d.readAlong(ctx, func(tx store.Tx) error {
		before, err := tx.TicketsBefore(t.Requester, t.ID, 20)
		echo = false
		for _, o := range before {
			echo = echo || t.Opened.Sub(o.Opened) < echoWithin && mail.SubjectBase(o.Subject) == base
		}
		return err
	})
	return echo, err
}

// AnswersTo counts the letters of these kinds to an address since a moment, up
// to limit.
func (d *Desk) AnswersTo(ctx context.Context, address string, kinds []okno.LetterKind, since time.Time, limit int) (n int, err error) {
	err = d.readOneAlong(ctx, func(tx store.Tx) (err error) {
		n, err = tx.LettersTo(mail.Fold(address), kinds, since, limit)
		return err
	})
	return n, err
}
