package store

import (
	"maps"
	"slices"

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

// count counts n tickets where t stands. On PostgreSQL that is a row of its own,
// so that none is hot; every agent's page adds them up, so where changes are made
// one by one there is a row for each place.
func (tx Tx) count(t okno.Ticket, n int64) error {
	if tx.OneByOne() {
		counted, err := tx.Exec(`UPDATE counter SET n = n + ? WHERE id = (SELECT MIN(id) FROM counter WHERE department = ? AND kind = ? AND assignee = ?)`,
			n, t.Department, t.Kind, t.Assignee)
		if err != nil || counted > 0 {
			return err
		}
	}
	return tx.Send(`INSERT INTO counter (department, kind, assignee, n) VALUES (?, ?, ?, ?)`, t.Department, t.Kind, t.Assignee, n)
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

// foldedAtOnce bounds the changes that are joined in one transaction.
const foldedAtOnce = 10_000

// FoldCounters joins appended changes, the oldest first, into one row each, and
// reports whether there are more worth it. It removes exactly the rows it has
// summed: on PostgreSQL one with a lower id may be committed in between.
func (tx Tx) FoldCounters() (more bool, err error) {
	sums := map[Count]int64{}
	ids, err := db.Collect(tx.Tx, func(row db.Scanner) (id int64, err error) {
		var c Count
		var n int64
		err = row.Scan(&id, &c.Department, &c.Kind, &c.Assignee, &n)
		sums[c] += n
		return id, err
	}, `SELECT id, department, kind, assignee, n FROM counter ORDER BY id LIMIT ?`, foldedAtOnce)
	if err != nil {
		return false, err
	}
	for some := range slices.Chunk(ids, 500) {
		if n, err := tx.Exec(`DELETE FROM counter WHERE id IN (`+marks(len(some))+`)`, anys(some)...); err != nil || n != int64(len(some)) {
			return false, stale(0, err) // another process folds too
		}
	}
	maps.DeleteFunc(sums, func(_ Count, n int64) bool { return n == 0 })
	for c, n := range sums {
		if _, err := tx.Exec(`INSERT INTO counter (department, kind, assignee, n) VALUES (?, ?, ?, ?)`, c.Department, c.Kind, c.Assignee, n); err != nil {
			return false, err
		}
	}
	return len(ids) == foldedAtOnce && len(sums) < foldedAtOnce/2, nil
}

// MendCounters appends what the counters lack to be what counting the tickets
// gives, in one statement: others go on changing tickets.
func (tx Tx) MendCounters() error {
	_, err := tx.Exec(`INSERT INTO counter (department, kind, assignee, n) SELECT department, kind, assignee, CAST(-SUM(n) AS BIGINT) FROM (
			SELECT department, kind, assignee, n FROM counter
			UNION ALL SELECT department, kind, assignee, -COUNT(*) FROM ticket GROUP BY department, kind, assignee) AS both_sides
		GROUP BY department, kind, assignee HAVING SUM(n) <> 0`)
	return err
}

// unfoldedKept is how many appended changes are left beside the sums: every
// agent's page reads them.
const unfoldedKept = 100

// CountersUnfolded reports whether so many changes were appended since the
// last folding that reading the counters has become slower than it need be.
func (tx Tx) CountersUnfolded() (bool, error) {
	return tx.exists(`SELECT 1 FROM (SELECT COUNT(*) AS n FROM counter) AS every CROSS JOIN
		(SELECT COUNT(*) AS n FROM (SELECT DISTINCT department, kind, assignee FROM counter) AS each_one) AS sums WHERE every.n > sums.n + ?`, unfoldedKept)
}
