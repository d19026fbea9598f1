package store

import (
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// MarkSeen records that a person saw a ticket as it stood at a moment.
func (tx Tx) MarkSeen(p okno.PersonID, t okno.TicketID, at time.Time) error {
	_, err := tx.Exec(`INSERT INTO seen (person, ticket, at) VALUES (?, ?, ?) ON CONFLICT (person, ticket) DO UPDATE SET at = excluded.at`, p, t, micro(at))
	return err
}

// SeenAt is when a person last saw each of the tickets; a ticket that is
// missing was never seen.
func (tx Tx) SeenAt(p okno.PersonID, ids []okno.TicketID) (map[okno.TicketID]time.Time, error) {
	seen := make(map[okno.TicketID]time.Time, len(ids))
	if len(ids) == 0 || p == 0 {
		return seen, nil
	}
	args := []any{p}
	for _, id := range ids {
		args = append(args, id)
	}
	_, err := db.Collect(tx.Tx, func(row db.Scanner) (okno.TicketID, error) {
		var id okno.TicketID
		var at time.Time
		err := row.Scan(&id, moment{&at})
		seen[id] = at
		return id, err
	}, `SELECT ticket, at FROM seen WHERE person = ? AND ticket IN (`+marks(len(ids))+`)`, args...)
	return seen, err
}
