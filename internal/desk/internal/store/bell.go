package store

import (
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// AddNotice keeps that a person was told and sets the notice's ID; false: he
// was told of the fact already, or has no account to be told at.
func (tx Tx) AddNotice(n *okno.Notice) (bool, error) {
	ids, err := db.Collect(tx.Tx, scanOne[okno.NoticeID], `INSERT INTO notice (person, side, event, ticket, kind, listed, at)
		SELECT person, ?, ?, ?, ?, ?, ? FROM account WHERE person = ? ON CONFLICT (person, event) DO NOTHING RETURNING id`,
		n.Kind.Side(), n.Event, n.Ticket, n.Kind, truth(n.Listed), micro(n.At), n.Person)
	if len(ids) == 1 {
		n.ID = ids[0]
	}
	return len(ids) == 1, err
}

// NoticeBefore is when a person was told of the fact that so many others have
// followed; zero: there was none.
func (tx Tx) NoticeBefore(p okno.PersonID, others int) (at time.Time, err error) {
	all, err := db.Collect(tx.Tx, func(row db.Scanner) (at time.Time, err error) { return at, row.Scan(moment{&at}) },
		`SELECT at FROM notice WHERE person = ? ORDER BY id DESC LIMIT ?`, p, others+1)
	if len(all) > others {
		at = all[others]
	}
	return at, err
}

// Notice is one notice, or okno.ErrNotFound.
func (tx Tx) Notice(id okno.NoticeID) (okno.Notice, error) {
	return found(db.First(tx.Tx, func(row db.Scanner) (okno.Notice, error) {
		var n okno.Notice
		err := row.Scan(&n.ID, &n.Person, &n.Event, &n.Ticket, &n.Kind, flag{&n.Listed}, moment{&n.At}, moment{&n.Read})
		return n, err
	}, `SELECT id, person, event, ticket, kind, listed, at, read_at FROM notice WHERE id = ?`, id))
}

// ListedNotice is a notice with the ticket it is about, as far as is needed to
// judge who sees it and to say which it is, and with who did it.
type ListedNotice struct {
	okno.Notice
	About okno.Ticket // Participants: its person alone, if he is one; about a mailbox its address is the subject
	Actor string      // name; empty: nobody known, or the desk itself
}

func scanListed(row db.Scanner) (ListedNotice, error) {
	var n ListedNotice
	takesPart := false
	err := row.Scan(&n.ID, &n.Person, &n.Event, &n.Ticket, &n.Kind, flag{&n.Listed}, moment{&n.At}, moment{&n.Read},
		&n.About.Number, &n.About.Subject, &n.About.Department, &n.About.Requester, &n.About.Company, flag{&takesPart}, &n.Actor)
	n.About.ID = n.Ticket
	if takesPart {
		n.About.Participants = []okno.PersonID{n.Person}
	}
	return n, err
}

const listedNotices = `SELECT n.id, n.person, n.event, n.ticket, n.kind, n.listed, n.at, n.read_at,
	COALESCE(t.number, ''), COALESCE(t.subject, (SELECT m.address FROM event e JOIN mailbox m ON m.id = e.subject WHERE e.id = n.event), ''),
	COALESCE(t.department, 0), COALESCE(t.requester, 0), COALESCE(t.company, 0),
	CASE WHEN EXISTS (SELECT 1 FROM participant p WHERE p.ticket = n.ticket AND p.person = n.person) THEN 1 ELSE 0 END,
	COALESCE((SELECT w.name FROM event e JOIN person w ON w.id = e.actor WHERE e.id = n.event), '')
	FROM notice n LEFT JOIN ticket t ON t.id = n.ticket WHERE n.person = ? AND n.side = ? AND n.listed = 1 AND (n.ticket = 0 OR t.id > 0)`

// Notices are a person's notices of a side before one of them (0: from the
// newest), newest first. Whether he still sees their tickets is for the caller
// to judge.
func (tx Tx) Notices(p okno.PersonID, side okno.Side, before okno.NoticeID, limit int) ([]ListedNotice, error) {
	return db.Collect(tx.Tx, scanListed, listedNotices+` AND n.id < ? ORDER BY n.id DESC LIMIT ?`, p, side, endless(int64(before)), limit)
}

// UnreadNotices are those of Notices that were not read, with what is needed
// to judge who sees them.
func (tx Tx) UnreadNotices(p okno.PersonID, side okno.Side, limit int) ([]ListedNotice, error) {
	return db.Collect(tx.Tx, func(row db.Scanner) (ListedNotice, error) {
		n := ListedNotice{Notice: okno.Notice{Person: p}}
		takesPart := false
		err := row.Scan(&n.Ticket, &n.Kind, &n.About.Department, &n.About.Requester, &n.About.Company, flag{&takesPart})
		n.About.ID = n.Ticket
		if takesPart {
			n.About.Participants = []okno.PersonID{p}
		}
		return n, err
	}, `SELECT n.ticket, n.kind, COALESCE(t.department, 0), COALESCE(t.requester, 0), COALESCE(t.company, 0),
		CASE WHEN EXISTS (SELECT 1 FROM participant p WHERE p.ticket = n.ticket AND p.person = n.person) THEN 1 ELSE 0 END
		FROM notice n LEFT JOIN ticket t ON t.id = n.ticket WHERE n.person = ? AND n.side = ? AND n.listed = 1 AND n.read_at = 0
		AND (n.ticket = 0 OR t.id > 0)
		ORDER BY n.id DESC LIMIT ?`, p, side, limit)
}

// ReadNotices marks what a person has not read on a side: all of it, or what
// is about one ticket (not 0) and those that went into it. It returns how many there were.
func (tx Tx) ReadNotices(p okno.PersonID, side okno.Side, t okno.TicketID, at time.Time) (int64, error) {
	sql, args := `UPDATE notice SET read_at = ? WHERE person = ? AND read_at = 0 AND side = ?`, []any{micro(at), p, side}
	if t != 0 {
		sql, args = sql+` AND (ticket = ? OR ticket IN (SELECT id FROM ticket WHERE merged = ? AND merged > 0))`, append(args, t, t)
	}
	return tx.Exec(sql, args...)
}

// DropOldNotices forgets the oldest notices made before a moment, at most
// limit, and returns how many. They are looked for among the lowest ids: those
// are in the order of time.
func (tx Tx) DropOldNotices(before time.Time, limit int) (int64, error) {
	return tx.Exec(`DELETE FROM notice WHERE id IN (SELECT id FROM notice ORDER BY id LIMIT ?) AND at < ?`, limit, micro(before))
}

// ManyNotices are the people who have more than a number of notices, at most
// limit of them.
func (tx Tx) ManyNotices(more, limit int) ([]okno.PersonID, error) {
	return db.Collect(tx.Tx, scanOne[okno.PersonID], `SELECT person FROM notice GROUP BY person HAVING COUNT(*) > ? ORDER BY person LIMIT ?`, more, limit)
}

// KeepNotices forgets all but a person's latest notices.
func (tx Tx) KeepNotices(p okno.PersonID, latest int) error {
	_, err := tx.Exec(`DELETE FROM notice WHERE person = ? AND id <= (SELECT id FROM notice WHERE person = ? ORDER BY id DESC LIMIT 1 OFFSET ?)`, p, p, latest)
	return err
}
