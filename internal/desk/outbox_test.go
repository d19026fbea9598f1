package desk_test

import (
	"slices"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk"
)

// lettersInEachState queues a letter for each state and brings it there.
func (r *rig) lettersInEachState() {
	r.t.Helper()
	states := []okno.LetterState{okno.LetterQueued, okno.LetterSent, okno.LetterDelayed, okno.LetterBounced, okno.LetterFailed, okno.LetterCancelled}
	for _, state := range states {
		must(r.t, r.QueueLetters(r.ctx(), []desk.Outgoing{{Letter: okno.Letter{
			Kind: okno.LetterTest, Origin: string(state), From: "support@desk.example", To: string(state) + "@customer.example",
			Subject: string(state), MessageID: string(state) + "@desk.example", Bytes: []byte("x"),
		}}}))
		all, _, err := r.Letters(r.ctx(), r.admin, "", "")
		must(r.t, err)
		if l := all[0]; state != okno.LetterQueued {
			l.State, l.Attempts = state, 1
			if state == okno.LetterSent {
				l.Sent = r.now()
			}
			must(r.t, r.SaveDelivery(r.ctx(), l))
		}
	}
}

func TestLettersAreFoundByTheirState(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.lettersInEachState()
		for _, state := range []okno.LetterState{okno.LetterQueued, okno.LetterSent, okno.LetterDelayed, okno.LetterBounced, okno.LetterFailed, okno.LetterCancelled} {
			for _, to := range []string{"", string(state) + "@customer.example"} {
				out, err := r.Outbox(r.ctx(), r.admin, desk.LetterFilter{State: state, Address: to}, "")
				must(t, err)
				if len(out.Letters) != 1 || out.Letters[0].Subject != string(state) || out.More {
					t.Errorf("%s to %q: %+v", state, to, out.Letters)
				}
				counted := map[okno.LetterState]int{okno.LetterQueued: 1, okno.LetterDelayed: 1, okno.LetterBounced: 1, okno.LetterFailed: 1}
				for other, n := range counted {
					if to != "" && other != state {
						n = 0
					}
					if out.Counts[other] != n {
						t.Errorf("%d %s to %q, not %d", out.Counts[other], other, to, n)
					}
				}
			}
		}
		traffic, err := r.Traffic(r.ctx())
		must(t, err)
		var waiting []string
		for _, c := range traffic.Waiting {
			if c.N == 1 {
				waiting = append(waiting, c.State)
			}
		}
		if !slices.Equal(waiting, []string{"delayed", "queued"}) {
			t.Errorf("waiting: %+v", traffic.Waiting)
		}
	})
}

func TestAQueuedLetterIsFoundByItsAddressBehindManyThatAreQueued(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.lettersInEachState()
		must(t, r.db.Write(r.ctx(), func(tx *db.Tx) error { // duties of later letters
			_, err := tx.Exec(`INSERT INTO job (kind, v, payload, unique_key, put_at, due_at, attempt) WITH RECURSIVE nth (i) AS (SELECT 1001 UNION ALL SELECT i + 1 FROM nth WHERE i < 11001)
				SELECT 'post', 1, '{}', CAST(i AS TEXT), 0, 0, 0 FROM nth`)
			return err
		}))
		out, err := r.Outbox(r.ctx(), r.admin, desk.LetterFilter{State: okno.LetterQueued, Address: "Queued@customer.example"}, "")
		must(t, err)
		if len(out.Letters) != 1 || out.Letters[0].Subject != "queued" || out.Counts[okno.LetterQueued] != 1 {
			t.Errorf("found %+v, counted %v", out.Letters, out.Counts)
		}
	})
}

// TestLettersOfAProgramOfBeforeAreFoundByTheirState: one that runs beside this one
// knows nothing of the index.
func TestLettersOfAProgramOfBeforeAreFoundByTheirState(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.lettersInEachState()
		must(t, r.db.Write(r.ctx(), func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE letter SET state = 'failed' WHERE state = 'queued'`)
			return err
		}))
		must(t, r.Tidy(r.ctx()))
		out, err := r.Outbox(r.ctx(), r.admin, desk.LetterFilter{State: okno.LetterFailed}, "")
		must(t, err)
		if len(out.Letters) != 2 || out.Counts[okno.LetterQueued] != 0 {
			t.Errorf("%d failed, counted %v", len(out.Letters), out.Counts)
		}
	})
}

// TestALetterOnItsWayTouchesNoIndex asks PostgreSQL which columns its indexes of
// letters depend on: it writes a row anew in its own page, and no index, where
// none of them changes.
func TestALetterOnItsWayTouchesNoIndex(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		if r.db.Dialect() != db.Postgres {
			t.Log("SQLite touches the indexes of the changed columns alone")
			return
		}
		for table, columns := range map[string]struct {
			changed []string
			held    string
		}{
			"letter":      {[]string{"state", "attempts", "trouble", "answer", "sent", "sealed"}, "astray"},
			"kept_letter": {[]string{"state", "ticket", "message", "trace", "cause", "writer", "subject", "released"}, "waits"},
		} {
			var indexed []string
			must(t, r.db.Read(r.ctx(), func(tx *db.Tx) (err error) {
				indexed, err = db.Collect(tx, func(row db.Scanner) (name string, err error) { return name, row.Scan(&name) },
					`SELECT DISTINCT CAST(a.attname AS TEXT) FROM pg_depend d JOIN pg_class i ON i.oid = d.objid AND i.relkind = 'i'
					JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid WHERE d.refobjid = CAST(CAST(? AS TEXT) AS regclass)`, table)
				return err
			}))
			for _, name := range columns.changed {
				if slices.Contains(indexed, name) {
					t.Errorf("an index of %s depends on %s, which changes on the way; indexed are %v", table, name, indexed)
				}
			}
			if !slices.Contains(indexed, columns.held) {
				t.Errorf("indexed of %s are %v", table, indexed)
			}
		}
	})
}
