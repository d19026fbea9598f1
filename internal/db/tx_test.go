package db_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/db"
)

func TestAFailedStatementEndsItsChange(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			if err := addPerson(tx, "Olga"); err != nil {
				return err
			}
			if err := addPerson(tx, "Olga"); !db.IsUnique(err, "person.name") {
				t.Errorf("second Olga: %v", err)
			}
			return nil // passed over, yet the change cannot be kept
		})
		if !db.IsUnique(err, "person.name") {
			t.Errorf("the change ended with %v", err)
		}
		wantNames(t, d)
	})
}

func TestOpenRowsMustBeReadFirst(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			rows, err := tx.Query(`SELECT 1 UNION SELECT 2`)
			if err != nil {
				return err
			}
			if _, err := tx.Query(`SELECT 3`); err == nil {
				t.Error("a second query began within the first")
			}
			if err := rows.Close(); err != nil {
				return err
			}
			return addPerson(tx, "Olga")
		})
		if err != nil {
			t.Fatal(err)
		}
		wantNames(t, d, "Olga")
	})
}

func TestATransactionIsOverWithItsCallback(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		var kept *db.Tx
		if err := d.Write(t.Context(), func(tx *db.Tx) error { kept = tx; return nil }); err != nil {
			t.Fatal(err)
		}
		if err := addPerson(kept, "Olga"); err == nil {
			t.Error("a transaction took a statement after its end")
		}
	})
}

func TestReadSeesOneSnapshotAndCannotWrite(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			for range 2 {
				got, err := db.Collect(tx, text, `SELECT name FROM person`)
				if err != nil {
					return err
				}
				if len(got) != 0 {
					t.Errorf("a later change is seen: %v", got)
				}
				err = d.Write(t.Context(), func(tx *db.Tx) error { return addPerson(tx, fmt.Sprint(time.Now().UnixNano())) })
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := len(names(t, d)); got != 2 {
			t.Errorf("%d people afterwards, want 2", got)
		}
		if err := d.Read(t.Context(), func(tx *db.Tx) error { return addPerson(tx, "Olga") }); err == nil {
			t.Error("a reading wrote")
		}
		if got := len(names(t, d)); got != 2 {
			t.Errorf("%d people after a writing reading, want 2", got)
		}
	})
}

func TestReadEndsWithItsContext(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		err := d.Read(ctx, func(tx *db.Tx) error {
			var n int64
			return tx.QueryRow(`WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1000000000)
				SELECT count(*) FROM c`).Scan(&n)
		})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("an endless reading ended with %v", err)
		}
		wantNames(t, d)
	})
}

func TestPanicsComeBackAsErrors(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		var caught *db.PanicError
		if err := d.Read(t.Context(), func(*db.Tx) error { panic("reading") }); !errors.As(err, &caught) || caught.Value != "reading" {
			t.Errorf("a panic while reading is %v", err)
		}
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			if err := addPerson(tx, "Olga"); err != nil {
				return err
			}
			panic("writing")
		})
		if !errors.As(err, &caught) || caught.Value != "writing" || len(caught.Stack) == 0 {
			t.Errorf("a panic while writing is %v", err)
		}
		wantNames(t, d)
	})
}

func TestReadOneAsksOneQuestion(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(tx *db.Tx) error { return errors.Join(addPerson(tx, "Anna"), addPerson(tx, "Boris")) })
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		err = d.ReadOne(t.Context(), func(tx *db.Tx) (err error) {
			found, err = db.Collect(tx, text, `SELECT name FROM person WHERE name <> ? ORDER BY name`, "")
			return err
		})
		if err != nil || fmt.Sprint(found) != "[Anna Boris]" {
			t.Errorf("%v %v", found, err)
		}
		for what, fn := range map[string]func(*db.Tx) error{
			"a second question": func(tx *db.Tx) error {
				var n int
				return errors.Join(tx.QueryRow(`SELECT 1`).Scan(&n), tx.QueryRow(`SELECT 2`).Scan(&n))
			},
			"a change":         func(tx *db.Tx) error { return addPerson(tx, "Clara") },
			"a change sent":    func(tx *db.Tx) error { return tx.Send(`DELETE FROM person`) },
			"a failure hidden": func(tx *db.Tx) error { _, _ = tx.Query(`SELECT nothing`); return nil },
			"a panic":          func(tx *db.Tx) error { panic("here") },
		} {
			if err := d.ReadOne(t.Context(), fn); err == nil {
				t.Errorf("%s passed", what)
			}
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		err = d.ReadOne(gone, func(tx *db.Tx) error {
			_, err := db.Collect(tx, text, `SELECT name FROM person`)
			return err
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("read after its end: %v", err)
		}
		wantNames(t, d, "Anna", "Boris")
	})
}

func TestJotIsAChangeOfItsOwn(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		for want := int64(1); want >= 0; want-- {
			n, err := d.Jot(t.Context(), `INSERT INTO person (name) VALUES (?) ON CONFLICT DO NOTHING`, "Anna")
			if err != nil || n != want {
				t.Errorf("%d rows, want %d: %v", n, want, err)
			}
		}
		if _, err := d.Jot(t.Context(), `INSERT INTO person (name) VALUES (?)`, "Anna"); err == nil {
			t.Error("a name was taken twice")
		}
		wantNames(t, d, "Anna")
	})
}
