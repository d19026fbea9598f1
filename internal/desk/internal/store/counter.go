package store

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// Count is how many tickets stand with a department, in a kind of status, with
// an assignee (0: nobody).
type Count struct {
	Department okno.DepartmentID
	Kind       okno.StatusKind
	Assignee   okno.PersonID
	N          int64
}

// count appends a change of a ticket's counter. No row is ever updated on the
// way of a change, so none is hot.
func (tx Tx) count(t okno.Ticket, n int64) error {
	_, err := tx.Exec(`INSERT INTO counter (department, kind, assignee, n) VALUES (?, ?, ?, ?)`, t.Department, t.Kind, t.Assignee, n)
	return err
}

// Counts sums the counters.
func (tx Tx) Counts() ([]Count, error) {
	return db.Collect(tx.Tx, scanCount, `SELECT department, kind, assignee, SUM(n) FROM counter GROUP BY department, kind, assignee HAVING SUM(n) <> 0`)
}

func scanCount(row db.Scanner) (Count, error) {
	var c Count
	err := row.Scan(&c.Department, &c.Kind, &c.Assignee, &c.N)
	return c, err
}

// FoldCounters joins the appended changes up to now into one row each.
func (tx Tx) FoldCounters() error {
	last, err := db.First(tx.Tx, scanOne[int64], `SELECT COALESCE(MAX(id), 0) FROM counter`)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO counter (department, kind, assignee, n)
		SELECT department, kind, assignee, SUM(n) FROM counter WHERE id <= ? GROUP BY department, kind, assignee HAVING SUM(n) <> 0`, last); err != nil {
		return err
	}
	_, err = tx.Exec(`DELETE FROM counter WHERE id <= ?`, last)
	return err
}

// CountersUnfolded reports whether so many changes were appended since the
// last folding that reading the counters has become slower than it need be.
func (tx Tx) CountersUnfolded() (bool, error) {
	return tx.exists(`SELECT 1 FROM counter WHERE id > (SELECT MIN(id) FROM counter) + 500 LIMIT 1`)
}
