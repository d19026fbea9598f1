package store

import (
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// Joined is what of a ticket waits to be told a person in one letter.
type Joined struct {
	Person okno.PersonID
	Ticket okno.TicketID
}

// Join has a fact told with others.
func (tx Tx) Join(j Joined, e okno.EventID) error {
	return tx.Send(`INSERT INTO joined_notice (person, ticket, event) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, j.Person, j.Ticket, e)
}

// JoinedFacts are the facts that wait, oldest first.
func (tx Tx) JoinedFacts(j Joined, limit int) ([]okno.EventID, error) {
	return tx.AskJoinedFacts(j, limit).All()
}

// AskJoinedFacts is JoinedFacts for later.
func (tx Tx) AskJoinedFacts(j Joined, limit int) *db.Asked[okno.EventID] {
	return db.Ask(tx.Tx, scanOne[okno.EventID], `SELECT event FROM joined_notice WHERE person = ? AND ticket = ? ORDER BY event LIMIT ?`, j.Person, j.Ticket, limit)
}

// Unjoin forgets a fact that was told.
func (tx Tx) Unjoin(j Joined, e okno.EventID) error {
	_, err := tx.Exec(`DELETE FROM joined_notice WHERE person = ? AND ticket = ? AND event = ?`, j.Person, j.Ticket, e)
	return err
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
