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

// references are what rows refer to without the database's seeing to it.
var references = []struct{ table, column, to string }{
	{"message", "ticket", "ticket"}, {"event", "ticket", "ticket"}, {"participant", "ticket", "ticket"}, {"call", "ticket", "ticket"},
	{"held_answer", "ticket", "ticket"}, {"ticket_tag", "ticket", "ticket"}, {"ticket_tag", "tag", "tag"}, {"file", "message", "message"},
	{"ticket", "requester", "person"}, {"ticket", "department", "department"}, {"ticket", "status", "status"},
}

// Orphans says of which kind of rows how many refer to a row that is not there.
func (tx Tx) Orphans() (all []string, err error) {
	for _, r := range references {
		n, err := db.First(tx.Tx, scanOne[int], `SELECT CAST(COUNT(*) AS BIGINT) FROM "`+r.table+`" AS own
			WHERE own."`+r.column+`" > 0 AND NOT EXISTS (SELECT 1 FROM "`+r.to+`" AS other WHERE other.id = own."`+r.column+`")`)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			all = append(all, fmt.Sprintf("%d of %s refer to a %s that is not there", n, r.table, r.to))
		}
	}
	return all, nil
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
