package store

import (
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

const callColumns = `id, ref, ticket, state, asker, phone, suits, about, note, taker, asked, changed, version`

func scanCall(row db.Scanner) (okno.Call, error) {
	var c okno.Call
	err := row.Scan(&c.ID, &c.Ref, &c.Ticket, &c.State, &c.Asker, &c.Phone, &c.When, &c.About, &c.Note, &c.Taker,
		moment{&c.Asked}, moment{&c.Changed}, &c.Version)
	return c, err
}

// AddCall keeps a new call and sets its ID. A unique violation means that the
// ticket has an open one.
func (tx Tx) AddCall(c *okno.Call) error {
	id, err := insert(tx, `INSERT INTO call (ref, ticket, state, asker, phone, suits, about, asked, changed)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`, c.Ref, c.Ticket, c.State, c.Asker, c.Phone, c.When, c.About, micro(c.Asked), micro(c.Changed))
	c.ID, c.Version = okno.CallID(id), 1
	return err
}

// SaveCall keeps a changed call over the version it was read at.
func (tx Tx) SaveCall(c *okno.Call) error {
	return stale(tx.Exec(`UPDATE call SET state = ?, note = ?, taker = ?, changed = ?, ended = ?, version = version + 1 WHERE id = ? AND version = ?`,
		c.State, c.Note, c.Taker, micro(c.Changed), truth(!c.State.Open()), c.ID, c.Version))
}

// Call is one call of a ticket by its public name, or okno.ErrNotFound.
func (tx Tx) Call(t okno.TicketID, ref okno.Ref) (okno.Call, error) {
	return found(db.First(tx.Tx, scanCall, `SELECT `+callColumns+` FROM call WHERE ref = ? AND ticket = ?`, ref, t))
}

// CallByID is one call, or okno.ErrNotFound.
func (tx Tx) CallByID(id okno.CallID) (okno.Call, error) {
	return found(db.First(tx.Tx, scanCall, `SELECT `+callColumns+` FROM call WHERE id = ?`, id))
}

// CallsOf are the latest calls of a ticket, newest first.
func (tx Tx) CallsOf(t okno.TicketID, limit int) ([]okno.Call, error) {
	return db.Collect(tx.Tx, scanCall, `SELECT `+callColumns+` FROM call WHERE ticket = ? ORDER BY id DESC LIMIT ?`, t, limit)
}

// OpenCalls are the open calls of some tickets, by ticket.
func (tx Tx) OpenCalls(tickets []okno.TicketID) (map[okno.TicketID]okno.Call, error) {
	if len(tickets) == 0 {
		return nil, nil
	}
	calls, err := among(tx, scanCall, `SELECT `+callColumns+` FROM call WHERE ended = 0 AND ticket IN `, tickets, ``)
	open := make(map[okno.TicketID]okno.Call, len(calls))
	for _, c := range calls {
		open[c.Ticket] = c
	}
	return open, err
}

// CallList is one page of the tickets in an agent's scope with an open call,
// the longest waiting first, after a place whose time is when it was asked.
// Those that were closed meanwhile are left out. Its cost grows with the open
// calls only.
func (tx Tx) CallList(scope okno.Scope, after Place, limit int) ([]okno.Ticket, error) {
	where, args := callScope(scope)
	if where == "" {
		return nil, nil
	}
	args = append([]any{after.Key, after.ID}, append(args, limit)...)
	return db.Collect(tx.Tx, scanTicket, `SELECT `+ticketColumns+` FROM call c CROSS JOIN ticket t
		WHERE t.id = c.ticket AND c.ended = 0 AND (c.asked, c.ticket) > (?, ?)`+where+` ORDER BY c.asked, c.ticket LIMIT ?`, args...)
}

// CountCalls counts the tickets of CallList, up to limit.
func (tx Tx) CountCalls(scope okno.Scope, limit int) (int64, error) {
	where, args := callScope(scope)
	if where == "" {
		return 0, nil
	}
	return db.First(tx.Tx, scanOne[int64], `SELECT COUNT(*) FROM (SELECT 1 FROM call c CROSS JOIN ticket t WHERE t.id = c.ticket AND c.ended = 0`+where+` LIMIT ?) AS waiting`, append(args, limit)...)
}

// callScope is the condition that leaves an agent's own departments; "": he
// sees none.
func callScope(scope okno.Scope) (where string, args []any) {
	const alive = ` AND t.kind <> 'closed'`
	if scope.Everything() {
		return alive, nil
	}
	if len(scope.Departments()) == 0 {
		return "", nil
	}
	for _, d := range scope.Departments() {
		args = append(args, d)
	}
	return strings.Join([]string{alive, ` AND t.department IN (`, marks(len(args)), `)`}, ""), args
}

// CallPlace is the place of a call in CallList.
func CallPlace(c okno.Call) Place { return Place{micro(c.Asked), c.Ticket} }
