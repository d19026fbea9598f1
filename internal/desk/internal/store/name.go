package store

import (
	"slices"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// AgentNames are the agents who may come in, by name, with no more than their
// names.
func (tx Tx) AgentNames() ([]okno.Person, error) {
	return db.Collect(tx.Tx, func(row db.Scanner) (okno.Person, error) {
		p := okno.Person{Agent: true}
		return p, row.Scan(&p.ID, &p.Ref, &p.Name)
	}, `SELECT id, ref, name FROM person p WHERE p.agent = 1 AND p.disabled = 0 AND p.erased = 0 ORDER BY p.name, p.id LIMIT 2000`)
}

// Asking is for whom a ticket was opened.
type Asking struct {
	Requester okno.PersonID
	Company   okno.CompanyID
}

// AskedBy are for whom those tickets were opened that an agent's scope holds,
// the last opened first.
func (tx Tx) AskedBy(scope okno.Scope, tickets []int64) ([]Asking, error) {
	if len(tickets) == 0 {
		return nil, nil
	}
	var seen []Asking
	_, err := db.Collect(tx.Tx, func(row db.Scanner) (dep okno.DepartmentID, err error) {
		var a Asking
		if err = row.Scan(&dep, &a.Requester, &a.Company); err == nil && (scope.Everything() || slices.Contains(scope.Departments(), dep)) {
			seen = append(seen, a)
		}
		return dep, err
	}, `SELECT department, requester, company FROM ticket WHERE id IN (`+marks(len(tickets))+`) ORDER BY id DESC`, anys(tickets)...)
	return seen, err
}

// TicketsNumbered are the tickets of those numbers that the scope holds, in no
// order.
func (tx Tx) TicketsNumbered(scope okno.Scope, numbers []okno.Number) ([]okno.Ticket, error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	ids, err := db.Collect(tx.Tx, scanOne[int64], `SELECT id FROM ticket WHERE number IN (`+marks(len(numbers))+`)`, anys(numbers)...)
	if err != nil {
		return nil, err
	}
	return tx.TicketsAmong(scope, ids, Narrow{})
}

// NumbersBeginning are the last tickets among those whose number, of digits
// alone, begins so, and that the scope holds. Digits have the same order in
// every collation.
func (tx Tx) NumbersBeginning(scope okno.Scope, digits string, limit int) ([]okno.Ticket, error) {
	ids, err := db.Collect(tx.Tx, scanOne[int64], `SELECT id FROM ticket WHERE number >= ? AND number <= ? ORDER BY number DESC LIMIT ?`, digits, digits+"9999999999", limit)
	if err != nil {
		return nil, err
	}
	return tx.TicketsAmong(scope, ids, Narrow{})
}
