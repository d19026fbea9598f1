package store

import (
	"slices"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// Place is where a page of a list ends: the next one begins after it. The
// zero Place is before the first.
type Place struct {
	Key int64 // what the list is sorted by; unused where that is the id
	ID  okno.TicketID
}

// Listing is one fixed question to the list of tickets, which is answered from
// indexes alone.
type Listing struct {
	Kinds       []okno.StatusKind
	Departments []okno.DepartmentID // of the asker's scope, or all there are
	Everywhere  bool                // Departments are all there are
	Assignees   []okno.PersonID     // only theirs
	Nobodys     bool                // only nobody's
	Teams       []okno.TeamID       // only theirs
	Past        int64               // with OrderDeadline: only those whose deadline is not after it; 0: all that have one
	Order       okno.Order
	After       Place
	Limit       int
}

// PlaceOf is the place of a ticket in a list of that order.
func PlaceOf(order okno.Order, t *okno.Ticket) Place {
	switch order {
	case okno.OrderNewest, okno.OrderOldest:
		return Place{ID: t.ID}
	case okno.OrderDeadline:
		return Place{micro(t.Deadline), t.ID}
	}
	return Place{micro(t.Updated), t.ID}
}

// Before reports whether a place stands before another in a list of that order.
func (p Place) Before(q Place, order okno.Order) bool {
	less := p.Key < q.Key || p.Key == q.Key && p.ID < q.ID
	if order == okno.OrderChanged || order == okno.OrderNewest {
		return p != q && !less
	}
	return less
}

// sorting is how an order reads its index: the column beside the id ("": the id
// alone), and which way.
func sorting(order okno.Order) (column, way, after string) {
	switch order {
	case okno.OrderStale:
		return "updated", "", ">"
	case okno.OrderNewest:
		return "", " DESC", "<"
	case okno.OrderOldest:
		return "", "", ">"
	case okno.OrderDeadline:
		return "deadline", "", ">"
	}
	return "updated", " DESC", "<"
}

// listParts is the query for keys and ids of a page; empty: the listing holds
// nothing. Each department and kind is read from its own index and the pages
// are merged, so that the cost does not grow with the number of tickets.
func listParts(l Listing) (sql string, args []any) {
	column, way, after := sorting(l.Order)
	key, by := column, column+way+", id"+way
	if column == "" {
		key, by = "0", "id"+way
	}
	var parts []string
	add := func(where string, values ...any) {
		sql := `SELECT ` + key + ` AS k, id FROM ticket WHERE ` + where
		args = append(args, values...)
		if l.Order == okno.OrderDeadline {
			sql += ` AND deadline > 0`
			if l.Past > 0 {
				sql, args = sql+` AND deadline <= ?`, append(args, l.Past)
			}
		}
		switch {
		case l.After == (Place{}):
		case column == "":
			sql, args = sql+` AND id `+after+` ?`, append(args, l.After.ID)
		default:
			sql, args = sql+` AND (`+column+`, id) `+after+` (?, ?)`, append(args, l.After.Key, l.After.ID)
		}
		parts = append(parts, `SELECT * FROM (`+sql+` ORDER BY `+by+` LIMIT ?) AS part`)
		args = append(args, l.Limit)
	}
	if l.Order == okno.OrderDeadline {
		deadlineParts(l, add)
	} else {
		kindParts(l, add)
	}
	return strings.Join(parts, ` UNION ALL `), args
}

// deadlineParts are few: only tickets that are alive have a deadline.
func deadlineParts(l Listing, add func(where string, values ...any)) {
	switch {
	case len(l.Assignees) > 0:
		for _, p := range l.Assignees {
			add(`assignee = ?`, p)
		}
	case l.Everywhere:
		add(`1 = 1`)
	default:
		for _, d := range l.Departments {
			add(`department = ?`, d)
		}
	}
}

func kindParts(l Listing, add func(where string, values ...any)) {
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
		case len(l.Assignees) > 0:
			for _, p := range l.Assignees {
				add(`assignee = ? AND assignee > 0 AND kind = ?`, p, kind)
			}
		case l.Everywhere && (l.Order == okno.OrderChanged || l.Order == okno.OrderStale):
			add(`kind = ?`+nobodys, kind)
		default:
			for _, d := range l.Departments {
				add(`department = ? AND kind = ?`+nobodys, d, kind)
			}
		}
	}
}

// maxParts bounds the parts of a listing: the text of a query has its bounds.
const maxParts = 400

// Fits reports whether one query can read the listing.
func (l Listing) Fits() bool {
	by := max(len(l.Departments), len(l.Assignees), len(l.Teams), 1)
	return by*max(len(l.Kinds), 1) <= maxParts
}

// Places are the places of one page of a listing, whoever sees the tickets.
func (tx Tx) Places(l Listing) ([]Place, error) {
	parts, args := listParts(l)
	if parts == "" {
		return nil, nil
	}
	_, way, _ := sorting(l.Order)
	return db.Collect(tx.Tx, scanPlace, `SELECT k, id FROM (`+parts+`) AS page ORDER BY k`+way+`, id`+way+` LIMIT ?`, append(args, l.Limit)...)
}

func scanPlace(row db.Scanner) (p Place, err error) { return p, row.Scan(&p.Key, &p.ID) }

// ticketsOf reads the tickets of a page whose ids and times the query gives, of
// each part as many as the page holds: they are merged, each ticket once, and
// cut before a ticket is read.
func ticketsOf(query string) string {
	return `SELECT ` + ticketColumns + ` FROM (SELECT DISTINCT updated, id FROM (` + query + `) AS parts ORDER BY updated DESC, id DESC LIMIT ?) AS page
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

// CountOverdue counts the tickets in an agent's scope whose deadline is past,
// up to limit.
func (tx Tx) CountOverdue(scope okno.Scope, now time.Time, limit int) (n int64, err error) {
	l := Listing{Departments: scope.Departments(), Everywhere: scope.Everything(), Order: okno.OrderDeadline, Past: micro(now), Limit: limit}
	parts, args := listParts(l)
	if parts == "" {
		return 0, nil
	}
	return db.First(tx.Tx, scanOne[int64], `SELECT COUNT(*) FROM (SELECT 1 FROM (`+parts+`) AS overdue LIMIT ?) AS counted`, append(args, limit)...)
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
	return db.First(tx.Tx, scanOne[int], `SELECT COUNT(*) FROM (SELECT DISTINCT id FROM (`+page+`) AS parts LIMIT ?) AS counted`, append(args, l.Limit)...)
}

// manyCompanies is from how many on a customer's list is read by company alone.
const manyCompanies = 50

// customerPage is the query for ids and times of a page, a ticket as often as
// there are ways to it; empty: the scope holds nothing. Each way to a ticket and each kind is read from its own index,
// so that what somebody has had closed costs nothing.
func customerPage(scope okno.Scope, l CustomerListing) (sql string, args []any) {
	var parts []string
	add := func(from string, kinds []okno.StatusKind, values ...any) {
		sql := `SELECT t.id, t.updated FROM ` + from + ` AND t.kind IN (` + marks(len(kinds)) + `)`
		args = append(append(args, values...), anys(kinds)...)
		if l.After != (Place{}) {
			sql += ` AND (t.updated, t.id) < (?, ?)`
			args = append(args, l.After.Key, l.After.ID)
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
	return strings.Join(parts, ` UNION ALL `), args
}
