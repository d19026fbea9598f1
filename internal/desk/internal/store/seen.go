package store

import (
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// Seen is how far a person has seen a ticket.
type Seen struct {
	Person  okno.PersonID
	Ticket  okno.TicketID
	Message okno.MessageID // the last one
	At      time.Time      // when he first saw the other side's latest up to there
}

func scanSeen(row db.Scanner) (Seen, error) {
	var s Seen
	return s, row.Scan(&s.Person, &s.Ticket, &s.Message, moment{&s.At})
}

// MarkSeen records how far a person has seen a ticket; it never goes back.
func (tx Tx) MarkSeen(s Seen) error {
	_, err := tx.Exec(`INSERT INTO seen (person, ticket, message, at) VALUES (?, ?, ?, ?)
		ON CONFLICT (person, ticket) DO UPDATE SET message = excluded.message, at = excluded.at WHERE seen.message < excluded.message`,
		s.Person, s.Ticket, s.Message, micro(s.At))
	return err
}

// SeenOf is how far a person has seen a ticket; zero but for who and what: never.
func (tx Tx) SeenOf(p okno.PersonID, t okno.TicketID) (Seen, error) {
	all, err := db.Collect(tx.Tx, scanSeen, `SELECT person, ticket, message, at FROM seen WHERE person = ? AND ticket = ?`, p, t)
	if err != nil || len(all) == 0 {
		return Seen{Person: p, Ticket: t}, err
	}
	return all[0], nil
}

// SeenBy is how far each of the people has seen a ticket.
func (tx Tx) SeenBy(t okno.TicketID, people []okno.PersonID) ([]Seen, error) {
	if len(people) == 0 {
		return nil, nil
	}
	args := []any{t}
	for _, p := range people {
		args = append(args, p)
	}
	return db.Collect(tx.Tx, scanSeen, `SELECT person, ticket, message, at FROM seen WHERE ticket = ? AND person IN (`+marks(len(people))+`) ORDER BY person`, args...)
}

// news is the condition on messages that are new to a person at a side: an
// agent waits for customers' words, a customer for anybody else's.
func news(side okno.Side) string {
	if side == okno.SideAgent {
		return ` AND deleted = 0 AND author <> viewer.person AND kind = 'public' AND machine = 0 AND side = 'customer'`
	}
	return ` AND deleted = 0 AND author <> viewer.person` + seenBy(side)
}

// Viewer is a person before a ticket.
type Viewer struct {
	Person okno.PersonID
	Ticket okno.TicketID
}

// News counts the messages of each ticket that are new to who is before it, each
// up to limit. How far he has seen it is looked up for each ticket by itself: asked for
// all at once PostgreSQL would read every ticket that he ever saw.
func (tx Tx) News(viewers []Viewer, side okno.Side, limit int) (map[okno.TicketID]int, error) {
	n := make(map[okno.TicketID]int, len(viewers))
	if len(viewers) == 0 {
		return n, nil
	}
	const row = `(CAST(? AS BIGINT), CAST(? AS BIGINT))`
	var args []any
	for _, v := range db.Filled(viewers) {
		args = append(args, v.Person, v.Ticket)
	}
	_, err := db.Collect(tx.Tx, func(row db.Scanner) (t okno.TicketID, err error) {
		var count int
		err = row.Scan(&t, &count)
		n[t] = count
		return t, err
	}, `WITH viewer (person, ticket) AS (VALUES `+row+strings.Repeat(", "+row, len(args)/2-1)+`)
		SELECT viewer.ticket, (SELECT COUNT(*) FROM (SELECT 1 FROM message WHERE ticket = viewer.ticket
			AND id > COALESCE((SELECT seen.message FROM seen WHERE seen.person = viewer.person AND seen.ticket = viewer.ticket), 0)`+news(side)+` LIMIT ?) AS few)
		FROM viewer`, append(args, limit)...)
	return n, err
}

// LatestMessage is the last message of a ticket that a side may see; 0: none.
func (tx Tx) LatestMessage(t okno.TicketID, side okno.Side) (okno.MessageID, error) {
	ids, err := db.Collect(tx.Tx, scanOne[okno.MessageID], `SELECT id FROM message WHERE ticket = ?`+seenBy(side)+` ORDER BY id DESC LIMIT 1`, t)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return ids[0], nil
}
