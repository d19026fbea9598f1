package store

import (
	"slices"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// InThread is a letter, in or out, that belongs to a ticket.
type InThread struct {
	MessageID string // "": it has none
	Ticket    okno.TicketID
	At        time.Time
	Claimed   bool // ClaimThread has made the Message-ID the ticket's
}

// AddToThreads records which tickets letters belong to.
func (tx Tx) AddToThreads(letters ...InThread) error {
	all := slices.DeleteFunc(slices.Clone(letters), func(l InThread) bool { return l.MessageID == "" })
	slices.SortStableFunc(all, func(a, b InThread) int { return strings.Compare(a.MessageID, b.MessageID) }) // as in ClaimThread
	if err := tx.keepInThreads(threadText, all); err != nil {
		return err
	}
	return tx.keepInThreads(claimText, slices.DeleteFunc(all, func(l InThread) bool { return l.Claimed }))
}

func (tx Tx) keepInThreads(text func(int) string, letters []InThread) error {
	for some := range db.Batches(letters) {
		var args []any
		for _, l := range some {
			args = append(args, l.MessageID, l.Ticket, micro(l.At))
		}
		if err := tx.Send(text(len(some)), args...); err != nil {
			return err
		}
	}
	return nil
}

// threadText records so many letters.
func threadText(n int) string {
	return `INSERT INTO thread (messageid, ticket, at) VALUES ` + threadMarks(n) + ` ON CONFLICT DO NOTHING`
}

// threadRows are the arguments of threadMarks.
func threadRows(t okno.TicketID, ids []string, at time.Time) (args []any) {
	for _, id := range ids {
		args = append(args, id, t, micro(at))
	}
	return args
}

func threadMarks(n int) string { return strings.TrimSuffix(strings.Repeat("(?, ?, ?), ", n), ", ") }

// TicketsOfThread are the tickets that letters of these Message-IDs belong
// to, the latest first.
func (tx Tx) TicketsOfThread(messageIDs []string) ([]okno.TicketID, error) {
	if len(messageIDs) == 0 {
		return nil, nil
	}
	args := make([]any, len(messageIDs))
	for i, id := range messageIDs {
		args[i] = id
	}
	return db.Collect(tx.Tx, scanOne[okno.TicketID], `SELECT ticket FROM thread WHERE messageid IN (`+marks(len(args))+`)
		GROUP BY ticket ORDER BY MAX(at) DESC, ticket DESC LIMIT 10`, args...)
}

// AskThreadOf asks for the Message-IDs of a ticket's letters: its first and its
// last ones, oldest first, as References wants them.
func (tx Tx) AskThreadOf(t okno.TicketID, last int) *db.Asked[string] {
	return db.Ask(tx.Tx, scanOne[string], `SELECT messageid FROM (
		SELECT messageid, at FROM (SELECT messageid, at FROM thread WHERE ticket = ? ORDER BY at, messageid LIMIT 1) AS first
		UNION SELECT messageid, at FROM (SELECT messageid, at FROM thread WHERE ticket = ? ORDER BY at DESC, messageid DESC LIMIT ?) AS latest
		) AS both_ends ORDER BY at, messageid`, t, t, last)
}

// ClaimThread makes Message-IDs those of a ticket: of its own letters and of
// those they answer, seen or not. What another ticket has claimed stays its
// own; fewer than all are returned then. ids are sorted, or two that claim the
// same would wait for one another.
func (tx Tx) ClaimThread(t okno.TicketID, ids []string, at time.Time) (claimed int64, err error) {
	if len(ids) == 0 {
		return 0, nil
	}
	return tx.Exec(claimText(len(ids)), threadRows(t, ids, at)...)
}

// claimText claims so many Message-IDs.
func claimText(n int) string {
	return `INSERT INTO thread_claim (messageid, ticket, at) VALUES ` + threadMarks(n) + ` ON CONFLICT (messageid) DO NOTHING`
}

// ThreadClaims says which tickets have claimed these Message-IDs.
func (tx Tx) ThreadClaims(ids []string) (map[string]okno.TicketID, error) {
	claims := map[string]okno.TicketID{}
	if len(ids) == 0 {
		return claims, nil
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	_, err := db.Collect(tx.Tx, func(row db.Scanner) (string, error) {
		var id string
		var t okno.TicketID
		err := row.Scan(&id, &t)
		claims[id] = t
		return id, err
	}, `SELECT messageid, ticket FROM thread_claim WHERE messageid IN (`+marks(len(args))+`)`, args...)
	return claims, err
}
