package desk

import (
	"context"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// LetterMessage is the message of a ticket that a kept letter, or the same
// letter in another mailbox of ours, became; 0: none.
func (d *Desk) LetterMessage(ctx context.Context, ticket okno.TicketID, k okno.KeptLetter) (id okno.MessageID, err error) {
	err = d.read(ctx, func(tx store.Tx) (err error) {
		id, err = tx.LetterMessage(ticket, k)
		return err
	})
	return id, err
}

// LetterWaiting reports whether a letter of one of these Message-IDs, other
// than but, is kept and its steps are still to be taken.
func (d *Desk) LetterWaiting(ctx context.Context, messageIDs []string, but okno.KeptLetterID) (waits bool, err error) {
	err = d.read(ctx, func(tx store.Tx) (err error) {
		waits, err = tx.LetterWaiting(messageIDs[max(0, len(messageIDs)-50):], but)
		return err
	})
	return waits, err
}
