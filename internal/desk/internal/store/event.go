package store

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

const eventColumns = `id, kind, v, audience, ticket, subject, actor, via, data, cause, at`

func scanEvent(row db.Scanner) (okno.Event, error) {
	var e okno.Event
	err := row.Scan(&e.ID, &e.Kind, &e.V, &e.Audience, &e.Ticket, &e.Subject, &e.Actor, &e.Via, document{&e.Data}, &e.Cause, moment{&e.At})
	return e, err
}

// AddEvent records a fact and sets its ID.
func (tx Tx) AddEvent(e *okno.Event) error {
	id, err := insert(tx, `INSERT INTO event (kind, v, audience, ticket, subject, actor, via, data, cause, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		e.Kind, e.V, e.Audience, e.Ticket, e.Subject, e.Actor, e.Via, toJSON(e.Data), e.Cause, micro(e.At))
	e.ID = okno.EventID(id)
	return err
}

// Event is one fact, or okno.ErrNotFound.
func (tx Tx) Event(id okno.EventID) (okno.Event, error) {
	return found(db.First(tx.Tx, scanEvent, `SELECT `+eventColumns+` FROM event WHERE id = ?`, id))
}

// EventsOf is a ticket's history after an event, oldest first, as the side may
// know it.
func (tx Tx) EventsOf(t okno.TicketID, side okno.Side, after okno.EventID, limit int) ([]okno.Event, error) {
	sql := `SELECT ` + eventColumns + ` FROM event WHERE ticket = ? AND id > ? AND ticket > 0`
	if side != okno.SideAgent {
		sql += ` AND audience = 'all'`
	}
	return db.Collect(tx.Tx, scanEvent, sql+` ORDER BY id LIMIT ?`, t, after, limit)
}

// EventsSince is what happened to a ticket after a moment, oldest first.
func (tx Tx) EventsSince(t okno.TicketID, side okno.Side, since int64, limit int) ([]okno.Event, error) {
	sql := `SELECT ` + eventColumns + ` FROM event WHERE ticket = ? AND at > ? AND ticket > 0`
	if side != okno.SideAgent {
		sql += ` AND audience = 'all'`
	}
	return db.Collect(tx.Tx, scanEvent, sql+` ORDER BY id LIMIT ?`, t, since, limit)
}
