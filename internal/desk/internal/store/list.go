package store

import (
	"slices"
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// Place is where a page of a list ends: the next one begins after it. The
// zero Place is before the first.
type Place struct {
	Updated int64 // microseconds
	ID      okno.TicketID
}

// Listing is one fixed question to the list of tickets.
type Listing struct {
	Kinds    []okno.StatusKind
	Assignee okno.PersonID // > 0: his; 0 with Nobodys: nobody's
	Nobodys  bool
	Teams    []okno.TeamID // with any: theirs, who are all in the scope
	After    Place
	Limit    int
}

// After is the place of a ticket in any list.
func After(t okno.Ticket) Place { return Place{micro(t.Updated), t.ID} }

// List is one page of the tickets in an agent's scope, latest change first.
// Each department and kind is read from its own index and the pages are
// merged, so that the cost does not grow with the number of tickets.
func (tx Tx) List(scope okno.Scope, l Listing) ([]okno.Ticket, error) {
	var parts []string
	var args []any
	add := func(where string, values ...any) {
		sql := `SELECT id, updated FROM ticket WHERE ` + where
		args = append(args, values...)
		if l.After != (Place{}) {
			sql += ` AND (updated, id) < (?, ?)`
			args = append(args, l.After.Updated, l.After.ID)
		}
		parts = append(parts, `SELECT * FROM (`+sql+` ORDER BY updated DESC, id DESC LIMIT ?) AS part`)
		args = append(args, l.Limit)
	}
	nobodys := ""
	if l.Nobodys {
		nobodys = ` AND assignee = 0`
	}
	for _, kind := range l.Kinds {
		switch {
		case len(l.Teams) > 0:
			for _, team := range l.Teams {
				add(`team = ? AND team > 0 AND kind = ?`, team, kind)
			}
		case l.Assignee > 0:
			add(`assignee = ? AND assignee > 0 AND kind = ?`, l.Assignee, kind)
		case scope.Everything():
			add(`kind = ?`+nobodys, kind)
		default:
			for _, d := range scope.Departments() {
				add(`department = ? AND kind = ?`+nobodys, d, kind)
			}
		}
	}
	if len(parts) == 0 {
		return nil, nil
	}
	args = append(args, l.Limit)
	ts, err := db.Collect(tx.Tx, scanTicket, ticketsOf(strings.Join(parts, ` UNION ALL `)), args...)
	if err != nil || l.Assignee == 0 {
		return ts, err
	}
	return admitted(scope, ts), nil // one's own ticket may have gone to a department he does not see
}

// ticketsOf reads the tickets of a page whose ids and times the query gives, of
// each part as many as the page holds: they are merged and cut before a ticket
// is read.
func ticketsOf(query string) string {
	return `SELECT ` + ticketColumns + ` FROM (SELECT id, updated FROM (` + query + `) AS parts ORDER BY updated DESC, id DESC LIMIT ?) AS page
		CROSS JOIN ticket t WHERE t.id = page.id ORDER BY page.updated DESC, page.id DESC`
}

// CountTeams counts the tickets of teams, up to limit.
func (tx Tx) CountTeams(teams []okno.TeamID, kinds []okno.StatusKind, limit int) (int64, error) {
	if len(teams) == 0 {
		return 0, nil
	}
	var args []any
	for _, team := range teams {
		args = append(args, team)
	}
	for _, kind := range kinds {
		args = append(args, kind)
	}
	return db.First(tx.Tx, scanOne[int64], `SELECT COUNT(*) FROM (SELECT 1 FROM ticket WHERE team > 0 AND team IN (`+marks(len(teams))+`)
		AND kind IN (`+marks(len(kinds))+`) LIMIT ?) AS counted`, append(args, limit)...)
}

func admitted(scope okno.Scope, ts []okno.Ticket) []okno.Ticket {
	kept := ts[:0]
	for _, t := range ts {
		if scope.Admits(&t) {
			kept = append(kept, t)
		}
	}
	return kept
}

// CROSS JOIN has SQLite read the tables as they stand: it knows no better and
// might go through all closed tickets to find somebody's.

// CustomerListing is which of a customer's tickets are wanted.
type CustomerListing struct {
	Kinds []okno.StatusKind
	After Place
	Limit int
}

// CustomerList is one page of the tickets that a customer sees: his own, those
// he takes part in, his companies' where he administers them, and those opened
// to his browser; latest change first.
func (tx Tx) CustomerList(scope okno.Scope, l CustomerListing) ([]okno.Ticket, error) {
	page, args := customerPage(scope, l)
	if page == "" {
		return nil, nil
	}
	return db.Collect(tx.Tx, scanTicket, ticketsOf(page), append(args, l.Limit)...)
}

// CustomerCount counts what CustomerList would list, up to its limit.
func (tx Tx) CustomerCount(scope okno.Scope, l CustomerListing) (int, error) {
	page, args := customerPage(scope, l)
	if page == "" {
		return 0, nil
	}
	ids, err := db.Collect(tx.Tx, scanOne[okno.TicketID], `SELECT page.id FROM (`+page+`) AS page LIMIT ?`, append(args, l.Limit)...)
	return len(ids), err
}

// manyCompanies is from how many on a customer's list is read by company alone.
const manyCompanies = 50

// customerPage is the query for ids and times of a page; empty: the scope
// holds nothing. Each way to a ticket and each kind is read from its own index,
// so that what somebody has had closed costs nothing.
func customerPage(scope okno.Scope, l CustomerListing) (sql string, args []any) {
	var parts []string
	add := func(from string, kinds []okno.StatusKind, values ...any) {
		sql := `SELECT t.id, t.updated FROM ` + from + ` AND t.kind IN (` + marks(len(kinds)) + `)`
		args = append(append(args, values...), anys(kinds)...)
		if l.After != (Place{}) {
			sql += ` AND (t.updated, t.id) < (?, ?)`
			args = append(args, l.After.Updated, l.After.ID)
		}
		parts = append(parts, `SELECT * FROM (`+sql+` ORDER BY t.updated DESC, t.id DESC LIMIT ?) AS part`)
		args = append(args, l.Limit)
	}
	p := scope.Person()
	each := 1
	if len(scope.Companies()) > manyCompanies {
		each = len(l.Kinds) // the text of a query has its bounds
	}
	for kinds := range slices.Chunk(l.Kinds, each) {
		if p > 0 {
			add(`ticket t WHERE t.requester = ?`, kinds, p)
		}
		for _, c := range scope.Companies() {
			add(`ticket t WHERE t.company = ? AND t.company > 0`, kinds, c)
		}
	}
	if p > 0 {
		add(`participant p CROSS JOIN ticket t WHERE t.id = p.ticket AND p.person = ?`, l.Kinds, p)
	}
	if ids := scope.Tickets(); len(ids) > 0 {
		add(`ticket t WHERE t.id IN (`+marks(len(ids))+`)`, l.Kinds, anys(ids)...)
	}
	return strings.Join(parts, ` UNION `), args
}
