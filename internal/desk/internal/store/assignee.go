package store

import (
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// ReadyIn are those of AgentsIn who have come in already: an invited one has
// not.
func (tx Tx) ReadyIn(d okno.DepartmentID) ([]okno.Person, error) {
	return db.Collect(tx.Tx, scanPerson, `SELECT `+personColumns+` FROM person p JOIN account c ON c.person = p.id AND c.must_change = 0
		WHERE p.agent = 1 AND p.disabled = 0 AND p.id IN (SELECT person FROM person_role WHERE department IN (0, ?)) ORDER BY p.name, p.id LIMIT 2000`, d)
}

// Load is how much an agent has to do.
type Load struct {
	Tickets int64     // that are his and of the kinds asked about
	Given   time.Time // when he was last given one; zero: never
}

// Loads are the agents' loads; who is missing has none.
func (tx Tx) Loads(agents []okno.PersonID, kinds []okno.StatusKind) (map[okno.PersonID]Load, error) {
	loads := make(map[okno.PersonID]Load, len(agents))
	if len(agents) == 0 {
		return loads, nil
	}
	var args []any
	for _, p := range agents {
		args = append(args, p)
	}
	if _, err := db.Collect(tx.Tx, func(row db.Scanner) (p okno.PersonID, err error) {
		var l Load
		err = row.Scan(&p, moment{&l.Given})
		loads[p] = l
		return p, err
	}, `SELECT person, at FROM given WHERE person IN (`+marks(len(agents))+`)`, args...); err != nil {
		return nil, err
	}
	for _, kind := range kinds {
		args = append(args, kind)
	}
	_, err := db.Collect(tx.Tx, func(row db.Scanner) (p okno.PersonID, err error) {
		var n int64
		err = row.Scan(&p, &n)
		l := loads[p]
		l.Tickets = n
		loads[p] = l
		return p, err
	}, `SELECT assignee, SUM(n) FROM counter WHERE assignee > 0 AND assignee IN (`+marks(len(agents))+`) AND kind IN (`+marks(len(kinds))+`) GROUP BY assignee`, args...)
	return loads, err
}

// give records that a person was given a ticket.
func (tx Tx) give(p okno.PersonID, at time.Time) error {
	if p == 0 {
		return nil
	}
	return tx.Send(`INSERT INTO given (person, at) VALUES (?, ?) ON CONFLICT (person) DO UPDATE SET at = excluded.at`, p, micro(at))
}
