package desk

import (
	"context"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// takenWithin is the time for which letters that came in are counted.
const takenWithin = time.Hour

// Traffic is how much is at the desk, in numbers and without a word of it.
type Traffic struct {
	Tickets   map[okno.StatusKind]int64
	OldestNew time.Time // since when a new ticket has waited; zero: none waits
	Waiting   []store.LetterCount
	Taken     []store.LetterCount // in the last hour
}

// Traffic is for the program's own monitoring.
func (d *Desk) Traffic(ctx context.Context) (t Traffic, err error) {
	err = d.read(ctx, func(tx store.Tx) (err error) {
		if t.Tickets, err = tx.TicketsByKind(); err != nil {
			return err
		}
		if t.OldestNew, err = tx.OldestOf(okno.StatusNew); err != nil {
			return err
		}
		if t.Waiting, err = tx.LettersWaiting(); err != nil {
			return err
		}
		t.Taken, err = tx.LettersTaken(d.Now().Add(-takenWithin))
		return err
	})
	return t, err
}
