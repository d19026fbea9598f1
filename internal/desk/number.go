package desk

import (
	"crypto/rand"
	"math/big"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// draws is how often a random number is tried before the desk, which must be
// nearly full, counts instead.
const draws = 20

// numbered keeps a new ticket under a number that no ticket has, written as the
// installation wishes now: drawn or counted. A counted one may meet one that was
// drawn, or was written otherwise, earlier. Tickets are never removed, so no
// number is given twice.
func numbered(tx store.Tx, s okno.Settings, t *okno.Ticket) error {
	for i := 0; ; i++ {
		n := drawNumber(s.NumberDigits)
		if !s.RandomNumbers || i >= draws {
			var err error
			if n, err = tx.NextNumber(); err != nil {
				return err
			}
		}
		t.Number = s.Number(n)
		if added, err := tx.AddTicket(t); err != nil || added {
			return err
		}
	}
}

// drawNumber is a random number of so many digits, the first of them no zero.
func drawNumber(digits int) int64 {
	least := int64(1)
	for range max(digits, okno.MinDigits) - 1 {
		least *= 10
	}
	n, err := rand.Int(rand.Reader, big.NewInt(9*least))
	if err != nil {
		panic(err) // the system has no randomness
	}
	return least + n.Int64()
}
