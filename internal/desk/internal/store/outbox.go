package store

import (
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// LetterFilter is which letters that leave are meant; its zero value: all.
type LetterFilter struct {
	State   okno.LetterState
	Mailbox okno.MailboxID
	Folded  string // address of the recipient, as compared
}

// where is the filter as a condition, with its arguments.
func (f LetterFilter) where() (string, []any) {
	sql, args := "", []any{}
	if f.State != "" {
		sql, args = sql+` AND state = ?`, append(args, f.State)
	}
	if f.Mailbox != 0 {
		sql, args = sql+` AND mailbox = ?`, append(args, f.Mailbox)
	}
	if f.Folded != "" {
		sql, args = sql+` AND folded = ?`, append(args, f.Folded)
	}
	return sql, args
}

// Outbox lists letters before an id (0: from the newest), newest first.
func (tx Tx) Outbox(f LetterFilter, before okno.LetterID, limit int) ([]Letter, error) {
	sql, args := f.where()
	args = append(append([]any{endless(int64(before))}, args...), limit)
	return db.Collect(tx.Tx, scanLetter, `SELECT `+letterColumns+` FROM letter WHERE id < ?`+sql+` ORDER BY id DESC LIMIT ?`, args...)
}

// CountLetters counts letters, up to limit.
func (tx Tx) CountLetters(f LetterFilter, limit int) (int, error) {
	sql, args := f.where()
	return found(db.First(tx.Tx, scanOne[int], `SELECT COUNT(*) FROM (SELECT 1 FROM letter WHERE id > 0`+sql+` LIMIT ?) AS counted`, append(args, limit)...))
}

// AddAttempt keeps what a relay said when it did not take a letter.
func (tx Tx) AddAttempt(l okno.LetterID, a okno.Attempt) error {
	return tx.Send(`INSERT INTO letter_attempt (letter, n, at, words) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`, l, a.N, micro(a.At), a.Words)
}

// Attempts are the last ones of a letter that failed, the latest first.
func (tx Tx) Attempts(l okno.LetterID, limit int) ([]okno.Attempt, error) {
	return db.Collect(tx.Tx, func(row db.Scanner) (okno.Attempt, error) {
		var a okno.Attempt
		err := row.Scan(&a.N, moment{&a.At}, &a.Words)
		return a, err
	}, `SELECT n, at, words FROM letter_attempt WHERE letter = ? ORDER BY n DESC LIMIT ?`, l, limit)
}

// DropAttempts forgets failed attempts of before a moment.
func (tx Tx) DropAttempts(before time.Time) error {
	_, err := tx.Exec(`DELETE FROM letter_attempt WHERE at < ?`, micro(before))
	return err
}
