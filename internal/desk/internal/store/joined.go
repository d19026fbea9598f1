package store

import (
	"slices"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// Joined is what waits to be told a person in one letter.
type Joined struct {
	Person okno.PersonID
	Ticket okno.TicketID // 0: new tickets, that are to be listed
}

// Waiting is a fact that is told with others.
type Waiting struct {
	Joined
	Event okno.EventID
}

// Join has facts told with others.
func (tx Tx) Join(all ...Waiting) error {
	const row = `(?, ?, ?)`
	for some := range db.Batches(all) {
		var args []any
		for _, w := range some {
			args = append(args, w.Person, w.Ticket, w.Event)
		}
		if err := tx.Send(`INSERT INTO joined_notice (person, ticket, event) VALUES `+row+strings.Repeat(", "+row, len(some)-1)+` ON CONFLICT DO NOTHING`, args...); err != nil {
			return err
		}
	}
	return nil
}

// JoinedFacts are the facts that wait, oldest first.
func (tx Tx) JoinedFacts(j Joined, limit int) ([]okno.EventID, error) {
	return tx.AskJoinedFacts(j, limit).All()
}

// AskJoinedFacts is JoinedFacts for later.
func (tx Tx) AskJoinedFacts(j Joined, limit int) *db.Asked[okno.EventID] {
	return db.Ask(tx.Tx, scanOne[okno.EventID], `SELECT event FROM joined_notice WHERE person = ? AND ticket = ? ORDER BY event LIMIT ?`, j.Person, j.Ticket, limit)
}

// Reader is a person and the address, folded, at which he is told.
type Reader struct {
	Person okno.PersonID
	Folded string
}

// Flooded are those of some readers for whom new tickets wait to be listed, or who
// had so many letters of a kind since a moment. For EXISTS PostgreSQL would read all
// that wait.
func (tx Tx) Flooded(readers []Reader, kind okno.LetterKind, since time.Time, most int) (flooded []okno.PersonID, err error) {
	const row = `(CAST(? AS BIGINT), CAST(? AS TEXT))`
	for some := range db.Batches(readers) {
		var args []any
		for _, r := range some {
			args = append(args, r.Person, r.Folded)
		}
		found, err := db.Collect(tx.Tx, scanOne[okno.PersonID], `WITH reader (person, folded) AS (VALUES `+row+strings.Repeat(", "+row, len(some)-1)+`)
			SELECT r.person FROM reader r WHERE COALESCE(
				(SELECT 1 FROM joined_notice j WHERE j.person = r.person AND j.ticket = 0 LIMIT 1),
				(SELECT 1 FROM letter l WHERE l.folded = r.folded AND l.kind = ? AND l.at >= ? LIMIT 1 OFFSET ?)) = 1`,
			append(args, kind, micro(since), most-1)...)
		if err != nil {
			return nil, err
		}
		flooded = append(flooded, found...)
	}
	return flooded, nil
}

// Unjoin forgets facts that were told.
func (tx Tx) Unjoin(j Joined, facts []okno.EventID) error {
	for some := range slices.Chunk(facts, 512) {
		told := db.Padded(some)
		if _, err := tx.Exec(`DELETE FROM joined_notice WHERE person = ? AND ticket = ? AND event IN (`+marks(len(told))+`)`, append([]any{j.Person, j.Ticket}, told...)...); err != nil {
			return err
		}
	}
	return nil
}

// AskLastLetter asks when the latest letter about a ticket to a person was queued
// since a moment; zero: none was.
func (tx Tx) AskLastLetter(j Joined, since time.Time) *db.Asked[time.Time] {
	return db.Ask(tx.Tx, func(row db.Scanner) (at time.Time, err error) { return at, row.Scan(moment{&at}) },
		`SELECT COALESCE(MAX(at), 0) FROM letter WHERE ticket = ? AND ticket > 0 AND person = ? AND at > ?`, j.Ticket, j.Person, micro(since))
}

// AskOriginQueued asks whether there is a letter of an origin; none: no row.
func (tx Tx) AskOriginQueued(origin string) *db.Asked[int64] {
	return db.Ask(tx.Tx, scanOne[int64], `SELECT 1 FROM letter WHERE origin = ?`, origin)
}
