package desk

import (
	"context"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/jobs"
)

// LetterAlsoTo notes that a kept letter came to other addresses too, and has
// its steps heed the signed ones among them; what is known already changes
// nothing.
func (d *Desk) LetterAlsoTo(ctx context.Context, letter okno.KeptLetterID, addresses ...string) error {
	return d.write(ctx, func(tx store.Tx) error { return d.alsoTo(tx, letter, addresses...) })
}

func (d *Desk) alsoTo(tx store.Tx, letter okno.KeptLetterID, addresses ...string) error {
	news := false
	for _, address := range addresses {
		if _, _, _, signed := d.replies.Parse(address); !signed {
			continue
		}
		added, err := tx.AlsoTo(letter, address)
		if err != nil {
			return err
		}
		news = news || added
	}
	if !news {
		return nil
	}
	return d.putIntake(tx, letter)
}

func (d *Desk) putIntake(tx store.Tx, letter okno.KeptLetterID) error {
	return jobs.Put(tx.Tx, d.Now(), jobs.New{Kind: IntakeJobKind, V: 1, Payload: IntakeJob{Letter: letter}, Key: id(letter)})
}
