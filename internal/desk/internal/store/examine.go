package store

import (
	"fmt"

	"github.com/oknodesk/okno/internal/db"
)

// WrongCounters says which counters are not what counting the tickets gives, at
// most limit.
func (tx Tx) WrongCounters(limit int) ([]string, error) {
	return db.Collect(tx.Tx, func(row db.Scanner) (string, error) {
		var department, assignee, off int64
		var kind string
		err := row.Scan(&department, &kind, &assignee, &off)
		return fmt.Sprintf("department %d, %s, assignee %d: %+d", department, kind, assignee, off), err
	}, `SELECT department, kind, assignee, CAST(SUM(n) AS BIGINT) FROM (
			SELECT department, kind, assignee, n FROM counter
			UNION ALL SELECT department, kind, assignee, -COUNT(*) FROM ticket GROUP BY department, kind, assignee) AS both_sides
		GROUP BY department, kind, assignee HAVING SUM(n) <> 0 ORDER BY 1, 2, 3 LIMIT ?`, limit)
}

// Recount makes the counters what counting the tickets gives.
func (tx Tx) Recount() error {
	if _, err := tx.Exec(`DELETE FROM counter WHERE id > 0`); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO counter (department, kind, assignee, n) SELECT department, kind, assignee, COUNT(*) FROM ticket GROUP BY department, kind, assignee`)
	return err
}

// Hashes lists the hashes of all bytes that rows need, after one, in order.
func (tx Tx) Hashes(after string, limit int) ([]string, error) {
	return db.Collect(tx.Tx, scanOne[string], `SELECT DISTINCT hash FROM (
			SELECT hash FROM file WHERE hash > ? UNION ALL SELECT blob FROM kept_letter WHERE blob > ?
			UNION ALL SELECT blob FROM letter WHERE blob > ? UNION ALL SELECT picture FROM person WHERE picture > ?) AS used
		ORDER BY hash LIMIT ?`, after, after, after, after, limit)
}
