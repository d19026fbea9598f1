package store

import (
	"errors"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

const ticketColumns = `t.id, t.number, t.subject, t.status, t.kind, t.department, t.assignee, t.team, t.topic, t.requester,
	t.company, t.channel, t.mailbox, t.lang, t.parent, t.opened, t.updated, t.closed, t.hold_until, t.hold_wakes,
	t.lastword, t.lastby, t.guid, t.closes, t.reminds, t.merged, t.awaits, t.deadline, t.version`

func scanTicket(row db.Scanner) (okno.Ticket, error) {
	var t okno.Ticket
	err := row.Scan(&t.ID, &t.Number, &t.Subject, &t.Status, &t.Kind, &t.Department, &t.Assignee, &t.Team, &t.Topic, &t.Requester,
		&t.Company, &t.Channel, &t.Mailbox, &t.Lang, &t.Parent, moment{&t.Opened}, moment{&t.Updated}, moment{&t.Closed},
		moment{&t.Hold.Until}, flag{&t.Hold.WakeOnAnswer}, &t.LastWord, &t.LastBy, &t.ThreadGUID,
		moment{&t.Closing.At}, moment{&t.Closing.Reminds}, &t.Merged, moment{&t.Awaits}, moment{&t.Deadline}, &t.Version)
	return t, err
}

// NumberSequence counts tickets.
const NumberSequence = "ticket_number"

// NextNumber is the next of the numbers that are counted; none comes twice.
func (tx Tx) NextNumber() (int64, error) { return tx.Sequence(NumberSequence) }

// AddTicket keeps a new ticket, sets its ID and counts it; false: another has
// its number.
func (tx Tx) AddTicket(t *okno.Ticket) (bool, error) {
	ids, err := db.Collect(tx.Tx, scanOne[okno.TicketID], `INSERT INTO ticket (number, subject, status, kind, department, assignee, team, topic, requester, company,
		channel, mailbox, lang, parent, opened, updated, lastword, lastby, guid, awaits, deadline)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (number) DO NOTHING RETURNING id`,
		t.Number, t.Subject, t.Status, t.Kind, t.Department, t.Assignee, t.Team, t.Topic, t.Requester, t.Company,
		t.Channel, t.Mailbox, t.Lang, t.Parent, micro(t.Opened), micro(t.Updated), t.LastWord, t.LastBy, t.ThreadGUID, micro(t.Awaits), micro(t.Deadline))
	if err != nil || len(ids) == 0 {
		return false, err
	}
	t.ID, t.Version = ids[0], 1
	for _, p := range t.Participants {
		if err := tx.AddParticipant(t.ID, p); err != nil {
			return false, err
		}
	}
	if err := tx.give(t.Assignee, t.Opened); err != nil {
		return false, err
	}
	return true, tx.count(*t, 1)
}

// Ticket is the ticket to which that number leads, as the scope's asker sees
// it, or okno.ErrNotFound: one that went into another leads there.
func (tx Tx) Ticket(scope okno.Scope, number okno.Number) (okno.Ticket, error) {
	return tx.led(scope, `(SELECT CASE WHEN merged > 0 THEN merged ELSE id END FROM ticket WHERE number = ?)`, number)
}

// TicketLed is Ticket by id.
func (tx Tx) TicketLed(scope okno.Scope, id okno.TicketID) (okno.Ticket, error) {
	return tx.led(scope, `(SELECT CASE WHEN merged > 0 THEN merged ELSE id END FROM ticket WHERE id = ?)`, id)
}

// TicketByID is this very ticket, whether or not it went into another, as the
// scope's asker sees it, or okno.ErrNotFound.
func (tx Tx) TicketByID(scope okno.Scope, id okno.TicketID) (okno.Ticket, error) {
	return tx.led(scope, `?`, id)
}

// led is the ticket of the id that a part of the query gives, as the scope's
// asker sees it.
func (tx Tx) led(scope okno.Scope, id string, arg any) (okno.Ticket, error) {
	asked := db.Ask(tx.Tx, scanTicket, `SELECT `+ticketColumns+` FROM ticket t WHERE t.id = `+id, arg)
	participants := db.Ask(tx.Tx, scanOne[okno.PersonID], `SELECT person FROM participant WHERE ticket = `+id+` ORDER BY person`, arg)
	t, err := found(asked.First())
	if err != nil {
		return t, err
	}
	if t.Participants, err = participants.All(); err != nil {
		return t, err
	}
	if !scope.Admits(&t) {
		return okno.Ticket{}, okno.ErrNotFound
	}
	return t, nil
}

// SaveTicket keeps a changed ticket over the version it was read at, and
// counts it where it stands now. before is the ticket as it was read.
func (tx Tx) SaveTicket(before, t *okno.Ticket) error {
	err := raced(tx.Exec(`UPDATE ticket SET subject = ?, status = ?, kind = ?, department = ?, assignee = ?, team = ?, topic = ?, company = ?,
		requester = ?, mailbox = ?, updated = ?, closed = ?, hold_until = ?, hold_wakes = ?, lastword = ?, lastby = ?,
		closes = ?, reminds = ?, awaits = ?, deadline = ?, version = version + 1 WHERE id = ? AND version = ?`,
		t.Subject, t.Status, t.Kind, t.Department, t.Assignee, t.Team, t.Topic, t.Company,
		t.Requester, t.Mailbox, micro(t.Updated), micro(t.Closed), micro(t.Hold.Until), truth(t.Hold.WakeOnAnswer), t.LastWord, t.LastBy,
		micro(t.Closing.At), micro(t.Closing.Reminds), micro(t.Awaits), micro(t.Deadline), t.ID, before.Version))
	if err != nil {
		return err
	}
	t.Version = before.Version + 1
	if before.Assignee != t.Assignee {
		if err := tx.give(t.Assignee, t.Updated); err != nil {
			return err
		}
	}
	if before.Department == t.Department && before.Kind == t.Kind && before.Assignee == t.Assignee {
		return nil
	}
	if err := tx.count(*before, -1); err != nil {
		return err
	}
	return tx.count(*t, 1)
}

// Participants are the others who take part in a ticket.
func (tx Tx) Participants(id okno.TicketID) ([]okno.PersonID, error) {
	return tx.askParticipants(id).All()
}

func (tx Tx) askParticipants(id okno.TicketID) *db.Asked[okno.PersonID] {
	return db.Ask(tx.Tx, scanOne[okno.PersonID], `SELECT person FROM participant WHERE ticket = ? ORDER BY person`, id)
}

// AddParticipant lets a person take part; once is enough.
func (tx Tx) AddParticipant(id okno.TicketID, p okno.PersonID) error {
	return tx.Send(`INSERT INTO participant (ticket, person) VALUES (?, ?) ON CONFLICT DO NOTHING`, id, p)
}

// TicketsToWake are tickets on hold whose date has come.
func (tx Tx) TicketsToWake(now int64, limit int) ([]okno.Number, error) {
	return db.Collect(tx.Tx, scanOne[okno.Number], `SELECT number FROM ticket WHERE hold_until > 0 AND hold_until <= ? ORDER BY hold_until LIMIT ?`, now, limit)
}

func scanOne[T any](row db.Scanner) (T, error) {
	var v T
	err := row.Scan(&v)
	return v, err
}

// insert runs an INSERT … RETURNING id.
func insert(tx Tx, sql string, args ...any) (int64, error) {
	return db.First(tx.Tx, scanOne[int64], sql, args...)
}

// exists reports whether the query has a row.
func (tx Tx) exists(sql string, args ...any) (bool, error) {
	_, err := db.First(tx.Tx, scanOne[int64], sql, args...)
	if errors.Is(err, db.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
