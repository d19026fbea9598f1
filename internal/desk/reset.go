package desk

import (
	"context"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// ResetJobKind is the kind of the job that RequestReset puts.
const ResetJobKind = "reset"

// RequestReset asks for a link to a new password to be mailed to whoever has
// the address. It never says whether anybody has.
func (d *Desk) RequestReset(ctx context.Context, lang, address string) error {
	return d.askFor(ctx, ResetJobKind, lang, address)
}

// ResetWanted works off a job of RequestReset: the account of the address is
// mailed a link; without one nothing happens.
func (d *Desk) ResetWanted(ctx context.Context, j AddressJob) error {
	folded, err := d.letters.Open(j.Sealed, ResetJobKind)
	if err != nil {
		return err
	}
	return d.write(ctx, func(tx store.Tx) error {
		p, err := tx.PersonByAddress(string(folded))
		if err == nil {
			_, err = tx.AccountOf(p.ID)
		}
		if okno.ReasonOf(err) == okno.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		if err := tx.LearnLang(p.ID, j.Lang); err != nil {
			return err
		}
		e := okno.NewEvent(okno.ResetAsked, okno.EventData{Person: p.ID})
		e.Subject = int64(p.ID)
		return d.record(tx, okno.System(), nil, e)
	})
}
