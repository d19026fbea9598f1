package store

import (
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// countedMost bounds the lines of one count: mailboxes are what administrators
// set up.
const countedMost = 400

// LetterCount is how many letters of a mailbox are in a state, and since when
// the oldest is.
type LetterCount struct {
	Mailbox string // "": of none
	State   string
	N       int64
	Oldest  time.Time
}

func scanLetterCount(row db.Scanner) (LetterCount, error) {
	var c LetterCount
	err := row.Scan(&c.Mailbox, &c.State, &c.N, moment{&c.Oldest})
	return c, err
}

// LettersWaiting counts the letters that have yet to leave. Each that is queued is
// looked up by its duty: joined, PostgreSQL may read through all letters for them.
func (tx Tx) LettersWaiting() ([]LetterCount, error) {
	const queued = `FROM letter q WHERE q.id = CAST(j.unique_key AS BIGINT) AND q.state = 'queued'`
	return db.Collect(tx.Tx, scanLetterCount, `SELECT COALESCE(m.folded, '') AS box, l.state, COUNT(*), MIN(l.at)
		FROM (SELECT state, mailbox, at FROM letter WHERE astray = 'delayed' AND astray <> ''
			UNION ALL SELECT 'queued', (SELECT q.mailbox `+queued+`), (SELECT q.at `+queued+`)
			FROM job j WHERE j.kind = ? AND j.unique_key IS NOT NULL AND j.dead_at IS NULL) AS l
		LEFT JOIN mailbox m ON m.id = l.mailbox WHERE l.mailbox IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2 LIMIT ?`, PostJobKind, countedMost)
}

// LettersTaken counts the letters that came in since a moment.
func (tx Tx) LettersTaken(since time.Time) ([]LetterCount, error) {
	return db.Collect(tx.Tx, scanLetterCount, `SELECT COALESCE(m.folded, '') AS box, k.state, COUNT(*), MIN(k.at)
		FROM kept_letter k LEFT JOIN mailbox m ON m.id = k.mailbox WHERE k.at >= ? GROUP BY 1, 2 ORDER BY 1, 2 LIMIT ?`,
		micro(since), countedMost)
}

// OldestOf is when the ticket of a kind that was left alone for longest was last
// touched; zero: there is none.
func (tx Tx) OldestOf(kind okno.StatusKind) (at time.Time, err error) {
	_, err = db.First(tx.Tx, func(row db.Scanner) (int, error) { return 0, row.Scan(moment{&at}) },
		`SELECT COALESCE(MIN(updated), 0) FROM ticket WHERE kind = ?`, kind)
	return at, err
}

// TicketsByKind counts all tickets by the kind of their status.
func (tx Tx) TicketsByKind() (map[okno.StatusKind]int64, error) {
	counts := map[okno.StatusKind]int64{}
	_, err := db.Collect(tx.Tx, func(row db.Scanner) (kind okno.StatusKind, err error) {
		var n int64
		err = row.Scan(&kind, &n)
		counts[kind] = n
		return kind, err
	}, `SELECT kind, CAST(SUM(n) AS BIGINT) FROM counter GROUP BY kind`)
	return counts, err
}
