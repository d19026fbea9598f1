package store

import (
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// Due is a ticket whose time has come, and its place among them.
type Due struct {
	At     int64 // microseconds
	ID     okno.TicketID
	Number okno.Number
}

func scanDue(row db.Scanner) (Due, error) {
	var d Due
	err := row.Scan(&d.At, &d.ID, &d.Number)
	return d, err
}

// TicketsToRemind are those whose requester is to be reminded of the announced
// closing by now, after a place.
func (tx Tx) TicketsToRemind(now time.Time, after Due, limit int) ([]Due, error) {
	return db.Collect(tx.Tx, scanDue, `SELECT reminds, id, number FROM ticket
		WHERE reminds > 0 AND reminds <= ? AND (reminds, id) > (?, ?) ORDER BY reminds, id LIMIT ?`, micro(now), after.At, after.ID, limit)
}

// TicketsToClose are those whose announced time of closing has come by now,
// after a place.
func (tx Tx) TicketsToClose(now time.Time, after Due, limit int) ([]Due, error) {
	return db.Collect(tx.Tx, scanDue, `SELECT closes, id, number FROM ticket
		WHERE closes > 0 AND closes <= ? AND (closes, id) > (?, ?) ORDER BY closes, id LIMIT ?`, micro(now), after.At, after.ID, limit)
}

// Announcements are the letters that announced a ticket's closing at a time.
func (tx Tx) Announcements(t okno.TicketID, closes time.Time) ([]Letter, error) {
	return db.Collect(tx.Tx, scanLetter, `SELECT `+letterColumns+` FROM letter WHERE ticket = ? AND ticket > 0 AND announces = ? ORDER BY id LIMIT 50`, t, micro(closes))
}
