package store

import (
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// SaveDraft keeps what a person has typed but not sent; empty forgets it.
func (tx Tx) SaveDraft(p okno.PersonID, t okno.TicketID, kind okno.MessageKind, body string, at time.Time) error {
	if body == "" {
		_, err := tx.Exec(`DELETE FROM draft WHERE person = ? AND ticket = ? AND kind = ?`, p, t, kind)
		return err
	}
	_, err := tx.Exec(`INSERT INTO draft (person, ticket, kind, body, updated) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (person, ticket, kind) DO UPDATE SET body = excluded.body, updated = excluded.updated`, p, t, kind, body, micro(at))
	return err
}

// Drafts are what a person has typed on a ticket, by kind.
func (tx Tx) Drafts(p okno.PersonID, t okno.TicketID) (map[okno.MessageKind]string, error) {
	drafts := map[okno.MessageKind]string{}
	_, err := db.Collect(tx.Tx, func(row db.Scanner) (string, error) {
		var kind okno.MessageKind
		var body string
		err := row.Scan(&kind, &body)
		drafts[kind] = body
		return body, err
	}, `SELECT kind, body FROM draft WHERE person = ? AND ticket = ?`, p, t)
	return drafts, err
}
