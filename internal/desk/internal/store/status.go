package store

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// AddStatus keeps a new status and sets its ID.
func (tx Tx) AddStatus(s *okno.Status) error {
	id, err := insert(tx, `INSERT INTO status (kind, names, position, colour) VALUES (?, ?, ?, ?) RETURNING id`, s.Kind, toJSON(s.Names), s.Position, s.Colour)
	s.ID = okno.StatusID(id)
	return err
}

// Statuses are all statuses in their order.
func (tx Tx) Statuses() ([]okno.Status, error) {
	return db.Collect(tx.Tx, scanStatus, `SELECT id, kind, names, position, colour FROM status ORDER BY position, id LIMIT 100`)
}

// StatusOf is the first status of a kind.
func (tx Tx) StatusOf(k okno.StatusKind) (okno.Status, error) {
	return found(db.First(tx.Tx, scanStatus, `SELECT id, kind, names, position, colour FROM status WHERE kind = ? ORDER BY position, id LIMIT 1`, k))
}

func scanStatus(row db.Scanner) (okno.Status, error) {
	var s okno.Status
	err := row.Scan(&s.ID, &s.Kind, document{&s.Names}, &s.Position, &s.Colour)
	return s, err
}
