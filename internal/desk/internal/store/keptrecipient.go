package store

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// maxAlso bounds the addresses kept with one letter beside the first.
const maxAlso = 20

// AlsoTo keeps that a letter came to another address too; false: that is known,
// or there are too many already.
func (tx Tx) AlsoTo(letter okno.KeptLetterID, address string) (bool, error) {
	n, err := tx.Exec(`INSERT INTO kept_recipient (letter, address) SELECT id, ? FROM kept_letter WHERE id = ? AND envelopeto <> ?
		AND (SELECT COUNT(*) FROM kept_recipient WHERE letter = ?) < ? ON CONFLICT DO NOTHING`, address, letter, address, letter, maxAlso)
	return n > 0, err
}

// ReadAlsoTo puts on a letter to which addresses it came beside the first.
func (tx Tx) ReadAlsoTo(k *okno.KeptLetter) error {
	k.AlsoTo, k.Late = nil, nil
	_, err := db.Collect(tx.Tx, func(row db.Scanner) (address string, err error) {
		var heeded bool
		err = row.Scan(&address, flag{&heeded})
		k.AlsoTo = append(k.AlsoTo, address)
		if !heeded {
			k.Late = append(k.Late, address)
		}
		return address, err
	}, `SELECT address, heeded FROM kept_recipient WHERE letter = ? ORDER BY address`, k.ID)
	return err
}

// HeedAlsoTo keeps that a letter was handed over with its late addresses known.
func (tx Tx) HeedAlsoTo(k okno.KeptLetter) error {
	if len(k.Late) == 0 {
		return nil
	}
	_, err := tx.Exec(`UPDATE kept_recipient SET heeded = 1 WHERE letter = ? AND address IN (`+marks(len(k.Late))+`)`, append([]any{k.ID}, anys(k.Late)...)...)
	return err
}
