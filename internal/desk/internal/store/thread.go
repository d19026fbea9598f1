package store

import (
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// AddToThread records that a letter of this Message-ID, in or out, belongs to
// a ticket.
func (tx Tx) AddToThread(t okno.TicketID, messageID string, at time.Time) error {
	if messageID == "" {
		return nil
	}
	_, err := tx.Exec(`INSERT INTO thread (messageid, ticket, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, messageID, t, micro(at))
	return err
}

// TicketsOfThread are the tickets that letters of these Message-IDs belong
// to, the latest first.
func (tx Tx) TicketsOfThread(messageIDs []string) ([]okno.TicketID, error) {
	if len(messageIDs) == 0 {
		return nil, nil
	}
	args := make([]any, len(messageIDs))
	for i, id := range messageIDs {
		args[i] = id
	}
	return db.Collect(tx.Tx, scanOne[okno.TicketID], `SELECT ticket FROM thread WHERE messageid IN (`+marks(len(args))+`)
		GROUP BY ticket ORDER BY MAX(at) DESC, ticket DESC LIMIT 10`, args...)
}

// ThreadOf are the Message-IDs of a ticket's letters: its first and its last
// ones, oldest first, as References wants them.
func (tx Tx) ThreadOf(t okno.TicketID, last int) ([]string, error) {
	return db.Collect(tx.Tx, scanOne[string], `SELECT messageid FROM (
		SELECT messageid, at FROM (SELECT messageid, at FROM thread WHERE ticket = ? ORDER BY at, messageid LIMIT 1) AS first
		UNION SELECT messageid, at FROM (SELECT messageid, at FROM thread WHERE ticket = ? ORDER BY at DESC, messageid DESC LIMIT ?) AS latest
		) AS both_ends ORDER BY at, messageid`, t, t, last)
}
