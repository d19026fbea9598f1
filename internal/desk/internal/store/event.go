package store

import (
	"slices"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

const eventColumns = `id, kind, v, audience, ticket, version, subject, actor, via, data, cause, at`

func scanEvent(row db.Scanner) (okno.Event, error) {
	var e okno.Event
	err := row.Scan(&e.ID, &e.Kind, &e.V, &e.Audience, &e.Ticket, &e.Version, &e.Subject, &e.Actor, &e.Via, document{&e.Data}, &e.Cause, moment{&e.At})
	return e, err
}

// AddEvent records a fact and sets its ID.
func (tx Tx) AddEvent(e *okno.Event) error {
	id, err := tx.Add("event", `INSERT INTO event (id, kind, v, audience, ticket, version, subject, actor, via, data, cause, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Kind, e.V, e.Audience, e.Ticket, e.Version, e.Subject, e.Actor, e.Via, toJSON(e.Data), e.Cause, micro(e.At))
	e.ID = okno.EventID(id)
	return err
}

// Event is one fact, or okno.ErrNotFound.
func (tx Tx) Event(id okno.EventID) (okno.Event, error) {
	return found(db.First(tx.Tx, scanEvent, `SELECT `+eventColumns+` FROM event WHERE id = ?`, id))
}

// EventsOf is the history of a ticket, and of others with it, from a moment on,
// as the side may know it: the latest limit facts, oldest first.
func (tx Tx) EventsOf(tickets []okno.TicketID, side okno.Side, from time.Time, limit int) ([]okno.Event, error) {
	sql := `SELECT ` + eventColumns + ` FROM event WHERE ticket IN (` + marks(len(tickets)) + `) AND at >= ? AND ticket > 0`
	if side != okno.SideAgent {
		sql += ` AND audience = 'all'`
	}
	es, err := db.Collect(tx.Tx, scanEvent, sql+` ORDER BY id DESC LIMIT ?`, append(anys(tickets), micro(from), limit)...)
	slices.Reverse(es)
	return es, err
}

// EventsSince is what happened to a ticket after a version of it, newest
// first, as the side may know it.
func (tx Tx) EventsSince(t okno.TicketID, side okno.Side, version int64) ([]okno.Event, error) {
	sql := `SELECT ` + eventColumns + ` FROM event WHERE ticket = ? AND version > ? AND ticket > 0`
	if side != okno.SideAgent {
		sql += ` AND audience = 'all'`
	}
	return db.Collect(tx.Tx, scanEvent, sql+` ORDER BY id DESC LIMIT 50`, t, version)
}
