package store

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// LettersSubject is the subject of the first letter about a ticket to a
// person; "": there is none.
func (tx Tx) LettersSubject(t okno.TicketID, p okno.PersonID) (string, error) {
	subjects, err := db.Collect(tx.Tx, scanOne[string], `SELECT subject FROM letter WHERE ticket = ? AND ticket > 0 AND person = ? ORDER BY id LIMIT 1`, t, p)
	if err != nil || len(subjects) == 0 {
		return "", err
	}
	return subjects[0], nil
}
