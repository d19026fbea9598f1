package desk

import (
	"context"
	"errors"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// GiveUpLetter keeps a letter as failed, with its bytes so that it can be sent
// again by hand, and records on its ticket that it did not arrive.
func (d *Desk) GiveUpLetter(ctx context.Context, l okno.Letter) error {
	l.State, l.Trouble = okno.LetterFailed, cut(l.Trouble, 500)
	return d.write(ctx, func(tx store.Tx) error {
		if err := errors.Join(tx.SaveDelivery(&l), d.keepAttempt(tx, &l)); err != nil {
			return err
		}
		if l.Ticket == 0 {
			if err := d.invitationReturned(tx, &l); err != nil {
				return err
			}
			return d.entryReturned(tx, &l)
		}
		t, err := tx.TicketLed(okno.System().Sees(), l.Ticket)
		if err != nil {
			return err
		}
		e := okno.NewEvent(okno.LetterReturned, okno.EventData{Letter: l.ID, Message: l.Message, Person: l.Person, Reason: string(l.State)})
		return d.record(tx, okno.System(), &t, e)
	})
}

// keepAttempt keeps why a letter was not taken this time.
func (d *Desk) keepAttempt(tx store.Tx, l *okno.Letter) error {
	if l.Trouble == "" || l.Attempts == 0 {
		return nil
	}
	return tx.AddAttempt(l.ID, okno.Attempt{N: l.Attempts, At: d.Now(), Words: l.Trouble})
}
