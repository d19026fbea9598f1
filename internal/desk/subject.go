package desk

import (
	"context"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// LettersSubjects are the subjects that letters about a ticket to each of some
// people bear; "": he has had none yet. It is the system's to ask.
func (d *Desk) LettersSubjects(ctx context.Context, t okno.TicketID, people []okno.PersonID) (subjects map[okno.PersonID]string, err error) {
	err = d.readAlong(ctx, func(tx store.Tx) error {
		subjects = make(map[okno.PersonID]string, len(people))
		for _, p := range people {
			if subjects[p], err = tx.LettersSubject(t, p); err != nil {
				return err
			}
		}
		return nil
	})
	return subjects, err
}
