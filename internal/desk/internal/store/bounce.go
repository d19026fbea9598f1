package store

import (
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// MarkUndeliverable notes that letters to an address come back, and why; the
// first time stays.
func (tx Tx) MarkUndeliverable(folded, trouble string, at time.Time) error {
	_, err := tx.Exec(`UPDATE address SET undeliverable = CASE WHEN undeliverable > 0 THEN undeliverable ELSE ? END, trouble = ? WHERE folded = ?`, micro(at), trouble, folded)
	return err
}

// ClearUndeliverable notes that letters to an address arrive; false: nothing
// else was known.
func (tx Tx) ClearUndeliverable(folded string) (bool, error) {
	n, err := tx.Exec(`UPDATE address SET undeliverable = 0, trouble = '' WHERE folded = ? AND undeliverable > 0`, folded)
	return n > 0, err
}

// Undeliverable reports whether letters to an address come back.
func (tx Tx) Undeliverable(folded string) (bool, error) {
	return tx.exists(`SELECT 1 FROM address WHERE folded = ? AND undeliverable > 0`, folded)
}

// AddressByID is one address, or okno.ErrNotFound.
func (tx Tx) AddressByID(id okno.AddressID) (okno.Address, error) {
	return found(db.First(tx.Tx, scanAddress, `SELECT id, person, address, folded, confirmed, undeliverable, trouble FROM address WHERE id = ?`, id))
}
