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

// SeenOf is how far a person has seen each of the tickets; one that is missing
// he never saw.
func (tx Tx) SeenOf(p okno.PersonID, ids ...okno.TicketID) (map[okno.TicketID]Seen, error) {
	return tx.AskSeen(p, ids...)()
}

// AskSeen is SeenOf for later.
func (tx Tx) AskSeen(p okno.PersonID, ids ...okno.TicketID) func() (map[okno.TicketID]Seen, error) {
	seen := make(map[okno.TicketID]Seen, len(ids))
	if len(ids) == 0 || p == 0 {
		return func() (map[okno.TicketID]Seen, error) { return seen, nil }
	}
	tickets := db.Padded(ids)
	asked := db.Ask(tx.Tx, scanSeen, `SELECT person, ticket, message, at FROM seen WHERE person = ? AND ticket IN (`+marks(len(tickets))+`)`, append([]any{p}, tickets...)...)
	return func() (map[okno.TicketID]Seen, error) {
		all, err := asked.All()
		for _, s := range all {
			seen[s.Ticket] = s
		}
		return seen, err
	}
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
		return ` AND deleted = 0 AND author <> so.person AND kind = 'public' AND machine = 0 AND side = 'customer'`
	}
	return ` AND deleted = 0 AND author <> so.person` + seenBy(side)
}

// News counts the messages of each ticket that are new to a person who has
// seen it so far, each up to limit.
func (tx Tx) News(so []Seen, side okno.Side, limit int) (map[okno.TicketID]int, error) {
	n := make(map[okno.TicketID]int, len(so))
	if len(so) == 0 {
		return n, nil
	}
	const row = `(CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT))`
	var args []any
	for _, s := range db.Filled(so) {
		args = append(args, s.Person, s.Ticket, s.Message)
	}
	_, err := db.Collect(tx.Tx, func(row db.Scanner) (t okno.TicketID, err error) {
		var count int
		err = row.Scan(&t, &count)
		n[t] = count
		return t, err
	}, `WITH so (person, ticket, last) AS (VALUES `+strings.TrimSuffix(strings.Repeat(row+", ", len(args)/3), ", ")+`)
		SELECT so.ticket, (SELECT COUNT(*) FROM (SELECT 1 FROM message WHERE ticket = so.ticket AND id > so.last`+news(side)+` LIMIT ?) AS few) FROM so`, append(args, limit)...)
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
