package db_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

func sendPerson(tx *db.Tx, name string) error {
	return tx.Send(`INSERT INTO person (name) VALUES (?)`, name)
}

func TestWhatIsSentIsKeptOrFailsItsChange(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(tx *db.Tx) error { return errors.Join(sendPerson(tx, "a"), sendPerson(tx, "b")) })
		if err != nil {
			t.Fatal(err)
		}
		err = d.Write(t.Context(), func(tx *db.Tx) error { return errors.Join(sendPerson(tx, "c"), sendPerson(tx, "a")) })
		if !db.IsUnique(err, "person.name") {
			t.Errorf("a name taken, at the commit: %v", err)
		}
		err = d.Write(t.Context(), func(tx *db.Tx) error {
			sent := sendPerson(tx, "b")
			_, err := db.First(tx, text, `SELECT name FROM person WHERE name = ?`, "a")
			if sent == nil && err == nil {
				t.Error("a name taken was neither the sender's error nor the next statement's")
			}
			return nil // the change fails all the same
		})
		if !db.IsUnique(err, "person.name") {
			t.Errorf("a name taken, before a question: %v", err)
		}
		err = d.Write(t.Context(), func(tx *db.Tx) error {
			if err := sendPerson(tx, "d"); err != nil {
				return err
			}
			n, err := tx.Exec(`UPDATE person SET seen_at = 1 WHERE name = ?`, "d")
			if n != 1 {
				t.Errorf("what was sent before was not there: %d rows", n)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		wantNames(t, d, "a", "b", "d")
	})
}

func TestWhatWasSentFailsNoNeighbour(t *testing.T) {
	eachLane(t, func(t *testing.T, d *db.DB) {
		g := newGroup(t, d)
		before := g.add(t.Context(), func(tx *db.Tx) error { return sendPerson(tx, "before") })
		taken := g.add(t.Context(), func(tx *db.Tx) error { return sendPerson(tx, "first") })
		after := g.add(t.Context(), func(tx *db.Tx) error { return addPerson(tx, "after") })
		last := g.add(t.Context(), func(tx *db.Tx) error { return sendPerson(tx, "last") })
		close(g.gate)
		for _, answer := range []chan error{g.answers[0], before, after, last} {
			if err := <-answer; err != nil {
				t.Error(err)
			}
		}
		if err := <-taken; !db.IsUnique(err, "person.name") {
			t.Errorf("the name taken: %v", err)
		}
		wantNames(t, d, "after", "before", "first", "last")
	})
}

func TestAPanicInAGroupStaysItsOwn(t *testing.T) {
	d := openWithSchema(t, oneLane(t))
	g := newGroup(t, d)
	runs, committed := 0, 0
	before := g.add(t.Context(), func(tx *db.Tx) error {
		runs++
		tx.OnCommit(func() { committed++ })
		return addPerson(tx, "before")
	})
	panicking := g.add(t.Context(), func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT name FROM person`)
		if err != nil || !rows.Next() {
			t.Error("no people yet", err)
		}
		panic("mid-reading")
	})
	after := g.add(t.Context(), func(tx *db.Tx) error { return addPerson(tx, "after") })
	close(g.gate)
	for _, answer := range []chan error{g.answers[0], before, after} {
		if err := <-answer; err != nil {
			t.Error(err)
		}
	}
	var caught *db.PanicError
	if err := <-panicking; !errors.As(err, &caught) {
		t.Errorf("the panicking change ended with %v", err)
	}
	if runs != 1 || committed != 1 {
		t.Errorf("its neighbour ran %d times and committed %d, want 1 and 1", runs, committed)
	}
	wantNames(t, d, "after", "before", "first")
}

// A group waits for nobody's locks while it holds its own.
func TestAGroupLetsGoOfWhatOthersHold(t *testing.T) {
	url := dbtest.Postgres(t)
	d, other := openWithSchema(t, url+"&pool_max_conns=1"), dbtest.Open(t, url)
	held, gate, freed := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	must(t, d.Write(t.Context(), func(tx *db.Tx) error { return addPerson(tx, "wanted") }))
	g := newGroup(t, d)
	runs := 0
	waits := g.add(t.Context(), func(tx *db.Tx) error {
		runs++
		_, err := tx.Exec(`UPDATE person SET seen_at = coalesce(seen_at, 0) + 1 WHERE name = 'wanted'`)
		return err
	})
	before := g.answers[0]
	go func() {
		freed <- other.Write(t.Context(), func(tx *db.Tx) error {
			if _, err := tx.Exec(`UPDATE person SET seen_at = 10 WHERE name = 'wanted'`); err != nil {
				return err
			}
			close(held)
			<-gate
			return nil
		})
	}()
	<-held
	close(g.gate)
	if err := <-before; err != nil { // though the lock is still held
		t.Error(err)
	}
	close(gate)
	for _, answer := range []chan error{waits, freed} {
		if err := <-answer; err != nil {
			t.Error(err)
		}
	}
	must(t, d.Read(t.Context(), func(tx *db.Tx) error {
		var seen int
		err := tx.QueryRow(`SELECT seen_at FROM person WHERE name = 'wanted'`).Scan(&seen)
		if seen != 11 || runs != 2 {
			t.Errorf("seen_at is %d after %d runs, want 11 after 2", seen, runs)
		}
		return err
	}))
}

// A connection that goes takes the change in hand with it; those before it in
// the group are made again on another.
func TestALostConnectionLosesNoNeighbour(t *testing.T) {
	url := dbtest.Postgres(t)
	d, other := openWithSchema(t, url+"&pool_max_conns=1"), dbtest.Open(t, url)
	g := newGroup(t, d)
	before := g.add(t.Context(), func(tx *db.Tx) error { return addPerson(tx, "before") })
	cut := g.add(t.Context(), func(tx *db.Tx) error {
		var pid int
		if err := tx.QueryRow(`SELECT pg_backend_pid()`).Scan(&pid); err != nil {
			return err
		}
		err := other.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(fmt.Sprintf(`SELECT pg_terminate_backend(%d, 10000)`, pid))
			return err
		})
		return errors.Join(err, addPerson(tx, "cut"))
	})
	after := g.add(t.Context(), func(tx *db.Tx) error { return addPerson(tx, "after") })
	close(g.gate)
	for _, answer := range []chan error{g.answers[0], before, after} {
		if err := <-answer; err != nil {
			t.Error(err)
		}
	}
	if err := <-cut; !db.IsAway(err) {
		t.Errorf("the change whose connection went: %v", err)
	}
	wantNames(t, d, "after", "before", "first")
}

// TestNoStatementIsCompiled: PostgreSQL compiles what it believes dear, and takes
// longer for that than for any question asked here.
func TestNoStatementIsCompiled(t *testing.T) {
	d := dbtest.Open(t, dbtest.Postgres(t))
	if err := d.Read(t.Context(), func(tx *db.Tx) error {
		compiles, err := db.First(tx, text, `SHOW jit`)
		if compiles != "off" {
			t.Errorf("jit is %s", compiles)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
