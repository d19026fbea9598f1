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

// number is a ticket number that no ticket has: drawn or counted, as the
// installation wishes. A counted one may meet one that was drawn earlier.
func (d *Desk) number(tx store.Tx, random bool) (okno.Number, error) {
	for i := 0; ; i++ {
		n := drawNumber()
		if !random || i >= draws {
			var err error
			if n, err = tx.NextNumber(); err != nil {
				return "", err
			}
		}
		taken, err := tx.NumberTaken(n)
		if err != nil || !taken {
			return n, err
		}
	}
}

// drawNumber is a random number of six digits.
func drawNumber() okno.Number {
	n, err := rand.Int(rand.Reader, big.NewInt(900_000))
	if err != nil {
		panic(err) // the system has no randomness
	}
	return okno.Number(n.Add(n, big.NewInt(100_000)).String())
}
