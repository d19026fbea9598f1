package desk_test

import (
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

func TestCountersStayTrueWhenFoldedAndAreMended(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		open := func(want int64) {
			t.Helper()
			counts, err := r.Counts(r.ctx(), r.ann)
			if must(t, err); counts[okno.ViewOpen] != want {
				t.Errorf("%d tickets are counted as open, want %d", counts[okno.ViewOpen], want)
			}
		}
		must(t, r.db.Write(r.ctx(), func(tx *db.Tx) error { // more than are folded at once
			_, err := tx.Exec(`INSERT INTO counter (department, kind, assignee, n) WITH RECURSIVE nth (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM nth WHERE i < 12000)
				SELECT ?, 'new', 0, 1 - 2 * (i % 2) FROM nth`, r.first.ID)
			return err
		}))
		r.open("carl@customer.example", "Lamp")
		open(1)
		must(t, r.FoldCounters(r.ctx()))
		open(1)
		if rows := r.counters(); rows != 1 {
			t.Errorf("%d rows are left of the counters, want 1", rows)
		}
		must(t, r.CheckCounters(r.ctx()))
		open(1)
		must(t, r.db.Write(r.ctx(), func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE counter SET n = 7`)
			return err
		}))
		open(7)
		must(t, r.CheckCounters(r.ctx()))
		open(1)
	})
}

func TestCountersOfManyAgentsAreFoldedOnlyWhenChangesStandBesideThem(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		count := func(rows int) {
			must(t, r.db.Write(r.ctx(), func(tx *db.Tx) error {
				_, err := tx.Exec(`INSERT INTO counter (department, kind, assignee, n) WITH RECURSIVE nth (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM nth WHERE i < ?)
					SELECT ?, 'open', i, 1 FROM nth`, rows, r.first.ID)
				return err
			}))
		}
		first := func() (id int) {
			must(t, r.db.Read(r.ctx(), func(tx *db.Tx) error { return tx.QueryRow(`SELECT MIN(id) FROM counter`).Scan(&id) }))
			return id
		}
		count(700)
		before := first()
		must(t, r.FoldCounters(r.ctx()))
		if first() != before || r.counters() != 700 {
			t.Errorf("sums alone were written again: %d rows", r.counters())
		}
		count(120)
		must(t, r.FoldCounters(r.ctx()))
		if rows := r.counters(); rows != 700 {
			t.Errorf("%d rows are left beside 700 sums", rows-700)
		}
	})
}

func TestTicketsInOnePlaceAreARowOfTheCountersOnSQLite(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for _, subject := range []string{"Lamp", "Chair", "Door"} {
			r.open("carl@customer.example", subject)
		}
		want := 1
		if r.db.Dialect() == db.Postgres { // where a row that all change would hold them up
			want = 3
		}
		if rows := r.counters(); rows != want {
			t.Errorf("three new tickets are counted in %d rows, want %d", rows, want)
		}
	})
}

func (r *rig) counters() (n int) {
	r.t.Helper()
	must(r.t, r.db.Read(r.ctx(), func(tx *db.Tx) error { return tx.QueryRow(`SELECT COUNT(*) FROM counter`).Scan(&n) }))
	return n
}
