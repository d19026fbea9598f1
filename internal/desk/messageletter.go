package desk

import (
	"context"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// MessageLetter is a message that came by letter and what was found out about
// that letter, without its bytes; only agents see it. A message that came
// otherwise is okno.ErrNotFound.
func (d *Desk) MessageLetter(ctx context.Context, by okno.Actor, number okno.Number, ref okno.Ref) (m okno.Message, k okno.KeptLetter, err error) {
	if by.Sees().Side() != okno.SideAgent {
		return m, k, okno.ErrNotFound
	}
	err = d.see(ctx, by, number, func(tx store.Tx, t *okno.Ticket) error {
		if m, err = tx.MessageByRef(ref); err != nil {
			return err
		}
		if m.Ticket != t.ID || m.Letter == 0 || !m.Deleted.IsZero() {
			return okno.ErrNotFound
		}
		kept, err := tx.KeptLetter(m.Letter)
		k = kept.KeptLetter
		return err
	})
	return m, k, err
}
