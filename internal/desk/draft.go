package desk

import (
	"context"
	"unicode/utf8"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// SaveDraft keeps what an agent has typed on a ticket and not sent; empty
// forgets it. Bodies are his alone.
func (d *Desk) SaveDraft(ctx context.Context, by okno.Actor, number okno.Number, kind okno.MessageKind, body string) error {
	if !by.Agent() {
		return okno.ErrNotFound
	}
	if kind != okno.Public && kind != okno.Note {
		return okno.Refuse(okno.Invalid, "error.choice")
	}
	if utf8.RuneCountInString(body) > okno.MaxText {
		return okno.TooLong("text", okno.MaxText)
	}
	return d.write(ctx, func(tx store.Tx) error {
		t, err := visible(tx, by, number)
		if err != nil {
			return err
		}
		return tx.SaveDraft(by.Person, t.ID, kind, body, d.Now())
	})
}
