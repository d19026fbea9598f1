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

// PostJobKind is the kind of the duty to send a letter, whose key is the letter's
// id.
const PostJobKind = "post"

// queuedKnown is how many of the queued letters, or of the letters to one address,
// the newest, are looked through for a page or a count of those that are queued.
const queuedKnown = 10_000

// from is where the filter's letters before an id are read from, with the
// conditions. Those that are queued are known by their duties, of which some may
// have been given up.
func (f LetterFilter) from(before okno.LetterID) (string, []any) {
	sql, args := `letter l WHERE l.id < ?`, []any{endless(int64(before))}
	switch {
	case f.State == okno.LetterQueued && f.Folded != "":
		sql = `(SELECT id AS own FROM letter WHERE folded = ? AND id < ? ORDER BY id DESC LIMIT ?) AS latest
			CROSS JOIN letter l WHERE l.id = latest.own AND l.state = 'queued'`
		args = []any{f.Folded, endless(int64(before)), queuedKnown}
	case f.State == okno.LetterQueued:
		sql = `(SELECT waits FROM (SELECT CAST(unique_key AS BIGINT) AS waits FROM job WHERE kind = ? AND unique_key IS NOT NULL AND dead_at IS NULL
				UNION ALL SELECT CAST(unique_key AS BIGINT) FROM job WHERE kind = ? AND unique_key IS NOT NULL AND dead_at IS NOT NULL) AS such
			WHERE waits < ? ORDER BY waits DESC LIMIT ?) AS latest CROSS JOIN letter l WHERE l.id = latest.waits AND l.state = 'queued'`
		args = []any{PostJobKind, PostJobKind, endless(int64(before)), queuedKnown}
	case f.State == okno.LetterSent:
		sql += ` AND l.state = 'sent'`
	case f.State != "":
		sql, args = sql+` AND l.astray = ? AND l.astray <> ''`, append(args, f.State)
	}
	if f.Mailbox != 0 {
		sql, args = sql+` AND l.mailbox = ?`, append(args, f.Mailbox)
	}
	if f.Folded != "" {
		sql, args = sql+` AND l.folded = ?`, append(args, f.Folded)
	}
	return sql, args
}

// Outbox lists letters before an id (0: from the newest), newest first.
func (tx Tx) Outbox(f LetterFilter, before okno.LetterID, limit int) ([]Letter, error) {
	sql, args := f.from(before)
	return db.Collect(tx.Tx, scanLetter, `SELECT `+letterColumns+` FROM `+sql+` ORDER BY l.id DESC LIMIT ?`, append(args, limit)...)
}

// CountLetters counts letters, up to limit.
func (tx Tx) CountLetters(f LetterFilter, limit int) (int, error) {
	sql, args := f.from(0)
	return found(db.First(tx.Tx, scanOne[int], `SELECT COUNT(*) FROM (SELECT 1 FROM `+sql+` LIMIT ?) AS counted`, append(args, limit)...))
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
