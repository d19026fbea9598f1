package desk

import (
	"context"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// LettersSubject is the subject that letters about a ticket to a person bear;
// "": he has had none yet. It is the system's to ask.
func (d *Desk) LettersSubject(ctx context.Context, t okno.TicketID, p okno.PersonID) (subject string, err error) {
	err = d.read(ctx, func(tx store.Tx) (err error) {
		subject, err = tx.LettersSubject(t, p)
		return err
	})
	return subject, err
}
