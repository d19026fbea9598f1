package store

import (
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// Session is a browser that showed who it is, or that came by an access link.
type Session struct {
	ID      okno.SessionID
	Hash    []byte
	Person  okno.PersonID // 0: a guest's
	Created time.Time
	Seen    time.Time
	Expires time.Time
	Agent   string
}

const sessionColumns = `id, hash, person, created, seen, expires, agent`

func scanSession(row db.Scanner) (Session, error) {
	var s Session
	err := row.Scan(&s.ID, &s.Hash, &s.Person, moment{&s.Created}, moment{&s.Seen}, moment{&s.Expires}, &s.Agent)
	return s, err
}

// AddSession keeps a new session and sets its ID.
func (tx Tx) AddSession(s *Session) error {
	id, err := insert(tx, `INSERT INTO session (hash, person, created, seen, expires, agent) VALUES (?, ?, ?, ?, ?, ?) RETURNING id`,
		s.Hash, s.Person, micro(s.Created), micro(s.Seen), micro(s.Expires), s.Agent)
	s.ID = okno.SessionID(id)
	return err
}

// SessionByHash is the session of a token's hash that has not ended, or
// okno.ErrNotFound.
func (tx Tx) SessionByHash(hash []byte, now time.Time) (Session, error) {
	return found(db.First(tx.Tx, scanSession, `SELECT `+sessionColumns+` FROM session WHERE hash = ? AND expires > ?`, hash, micro(now)))
}

// TouchSession moves a session's end.
func (tx Tx) TouchSession(id okno.SessionID, seen, expires time.Time) error {
	_, err := tx.Exec(`UPDATE session SET seen = ?, expires = ? WHERE id = ?`, micro(seen), micro(expires), id)
	return err
}

// EndSession forgets a session, what it was granted and its uploads: an id
// may come again, and must not inherit anything.
func (tx Tx) EndSession(id okno.SessionID) error {
	if _, err := tx.Exec(`DELETE FROM file WHERE session = ? AND message = 0`, id); err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM session_ticket WHERE session = ?`, id); err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM consent WHERE session = ?`, id); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE push_browser SET session = 0 WHERE session = ?`, id); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM session WHERE id = ?`, id)
	return err
}

// SessionsOf are the ids of a person's sessions.
func (tx Tx) SessionsOf(p okno.PersonID) ([]okno.SessionID, error) {
	return db.Collect(tx.Tx, scanOne[okno.SessionID], `SELECT id FROM session WHERE person = ? AND person > 0`, p)
}

// OpenSessions are a person's sessions that have not ended, last used first.
func (tx Tx) OpenSessions(p okno.PersonID, now time.Time, limit int) ([]Session, error) {
	return db.Collect(tx.Tx, scanSession, `SELECT `+sessionColumns+` FROM session WHERE person = ? AND person > 0 AND expires > ?
		ORDER BY seen DESC, id DESC LIMIT ?`, p, micro(now), limit)
}

// DropSessions forgets sessions that ended before a moment, as EndSession
// does.
func (tx Tx) DropSessions(before time.Time) error {
	if _, err := tx.Exec(`DELETE FROM session_ticket WHERE expires < ?`, micro(before)); err != nil {
		return err
	}
	over, err := db.Collect(tx.Tx, scanOne[okno.SessionID], `SELECT id FROM session WHERE expires < ? LIMIT 1000`, micro(before))
	for _, id := range over {
		if err := tx.EndSession(id); err != nil {
			return err
		}
	}
	return err
}

// GuestGrant opens one ticket to a session in the name of the person to whom
// the access link was mailed.
type GuestGrant struct {
	Ticket  okno.TicketID
	Person  okno.PersonID
	Expires time.Time
}

// GrantTicket opens a ticket to a session; a later link prolongs it.
func (tx Tx) GrantTicket(s okno.SessionID, g GuestGrant) error {
	_, err := tx.Exec(`INSERT INTO session_ticket (session, ticket, person, expires) VALUES (?, ?, ?, ?)
		ON CONFLICT (session, ticket) DO UPDATE SET person = excluded.person, expires = excluded.expires`, s, g.Ticket, g.Person, micro(g.Expires))
	return err
}

// GrantsOfSession are the tickets open to a session. One that went into another
// opens the other to whoever takes part there.
func (tx Tx) GrantsOfSession(s okno.SessionID, now time.Time) ([]GuestGrant, error) {
	return db.Collect(tx.Tx, func(row db.Scanner) (GuestGrant, error) {
		var g GuestGrant
		err := row.Scan(&g.Ticket, &g.Person, moment{&g.Expires})
		return g, err
	}, `SELECT CASE WHEN t.merged > 0 THEN t.merged ELSE g.ticket END, g.person, g.expires FROM session_ticket g JOIN ticket t ON t.id = g.ticket
		WHERE g.session = ? AND g.expires > ? AND (t.merged = 0
			OR EXISTS (SELECT 1 FROM ticket o WHERE o.id = t.merged AND o.requester = g.person)
			OR EXISTS (SELECT 1 FROM participant p WHERE p.ticket = t.merged AND p.person = g.person))
		ORDER BY CASE WHEN t.merged > 0 THEN 0 ELSE 1 END LIMIT 1000`, s, micro(now))
}

// SessionsGranted are the sessions to which a ticket is open.
func (tx Tx) SessionsGranted(t okno.TicketID, now time.Time) ([]okno.SessionID, error) {
	return db.Collect(tx.Tx, scanOne[okno.SessionID], `SELECT session FROM session_ticket WHERE ticket = ? AND expires > ? ORDER BY session`, t, micro(now))
}

// MoveGrants carries the tickets open to one session, and its uploads, over
// to another.
func (tx Tx) MoveGrants(from, to okno.SessionID) error {
	if _, err := tx.Exec(`UPDATE file SET session = ? WHERE session = ? AND message = 0`, to, from); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE session_ticket SET session = ? WHERE session = ?`, to, from)
	return err
}
