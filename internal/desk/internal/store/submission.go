package store

import (
	"errors"
	"time"

	"github.com/oknodesk/okno/internal/db"
)

// Submitted is the result that a submission key led to; "": none yet.
func (tx Tx) Submitted(key string) (string, error) {
	result, err := tx.AskSubmitted(key).First()
	if errors.Is(err, db.ErrNotFound) {
		return "", nil
	}
	return result, err
}

// AskSubmitted is Submitted for later; without a row: none yet.
func (tx Tx) AskSubmitted(key string) *db.Asked[string] {
	return db.Ask(tx.Tx, scanOne[string], `SELECT result FROM submission WHERE submission = ?`, key)
}

// Submit records what a submission key led to. A unique violation means that
// another won the race; its result is then Submitted.
func (tx Tx) Submit(key, result string, at time.Time) error {
	return tx.Send(`INSERT INTO submission (submission, result, created) VALUES (?, ?, ?)`, key, result, micro(at))
}

// DropSubmissions forgets keys from before a moment.
func (tx Tx) DropSubmissions(before time.Time) error {
	_, err := tx.Exec(`DELETE FROM submission WHERE created < ?`, micro(before))
	return err
}
