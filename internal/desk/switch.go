package desk

import (
	"context"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// SetSwitches keeps what the actor wants to be told at this door, and by which
// way: wants is asked about each matter and way of his side.
func (d *Desk) SetSwitches(ctx context.Context, by okno.Actor, wants func(okno.Matter, okno.Way) bool) error {
	side, err := bellSide(by)
	if err != nil {
		return err
	}
	return d.write(ctx, func(tx store.Tx) error {
		p, err := tx.Person(by.Person)
		if err != nil {
			return err
		}
		chosen := p.Switches
		for _, m := range okno.Matters(side) {
			for _, w := range okno.Ways {
				chosen = chosen.Set(m, w, wants(m, w))
			}
		}
		return tx.SaveSwitches(p.ID, chosen)
	})
}
