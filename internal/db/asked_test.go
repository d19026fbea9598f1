package db_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

var things = fstest.MapFS{"00001_things.sql": {Data: []byte("-- +goose Up\nCREATE TABLE thing (id {{id}}, name TEXT NOT NULL UNIQUE) {{strict}};\n")}}

func name(row db.Scanner) (s string, err error) { return s, row.Scan(&s) }

func askThings(tx *db.Tx) *db.Asked[string] {
	return db.Ask(tx, name, `SELECT name FROM thing ORDER BY id`)
}

func addThing(tx *db.Tx, name string) (int64, error) {
	return tx.Add("thing", `INSERT INTO thing (id, name) VALUES (?, ?)`, name)
}

func TestAskedQuestionsAreAnsweredInTheirOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var before, between, after *db.Asked[string]
		must(t, d.Write(t.Context(), func(tx *db.Tx) error {
			before = askThings(tx)
			if _, err := addThing(tx, "one"); err != nil {
				return err
			}
			between = askThings(tx)
			if all, err := between.All(); err != nil || !slices.Equal(all, []string{"one"}) {
				t.Errorf("within the change: %v, %v", all, err)
			}
			if _, err := addThing(tx, "two"); err != nil {
				return err
			}
			after = askThings(tx)
			return nil
		}))
		if all, err := before.All(); err != nil || len(all) != 0 {
			t.Errorf("asked before anything was there: %v, %v", all, err)
		}
		if all, err := after.All(); err != nil || !slices.Equal(all, []string{"one", "two"}) {
			t.Errorf("asked last, answered with the commit: %v, %v", all, err)
		}
		for how, read := range map[string]func(context.Context, func(*db.Tx) error) error{"Read": d.Read, "ReadOne": d.ReadOne} {
			var kept *db.Asked[string]
			must(t, read(t.Context(), func(tx *db.Tx) error {
				kept = askThings(tx)
				return nil
			}))
			if first, err := kept.First(); err != nil || first != "one" {
				t.Errorf("answered with the end of a %s: %q, %v", how, first, err)
			}
		}
		var nobody *db.Asked[string]
		must(t, d.ReadOne(t.Context(), func(tx *db.Tx) error {
			nobody = db.Ask(tx, name, `SELECT name FROM thing WHERE id = ?`, 99)
			return nil
		}))
		if _, err := nobody.First(); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("nothing found: %v", err)
		}
	}, things)
}

func TestAQuestionThatFailsFailsItsChangeAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		errs := make([]error, 24)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() {
				errs[i] = d.Write(t.Context(), func(tx *db.Tx) error {
					if _, err := addThing(tx, "thing "+string(rune('a'+i))); err != nil {
						return err
					}
					if i == 7 {
						db.Ask(tx, name, `SELECT name FROM nothing`)
					}
					return nil
				})
			})
		}
		all.Wait()
		for i, err := range errs {
			if (err != nil) != (i == 7) {
				t.Errorf("change %d: %v", i, err)
			}
		}
		var kept *db.Asked[string]
		must(t, d.Read(t.Context(), func(tx *db.Tx) error {
			kept = askThings(tx)
			return nil
		}))
		if all, err := kept.All(); err != nil || len(all) != len(errs)-1 {
			t.Errorf("%d of %d changes were kept, %v", len(all), len(errs)-1, err)
		}
		if err := d.Read(t.Context(), func(tx *db.Tx) error {
			db.Ask(tx, name, `SELECT name FROM nothing`)
			return nil
		}); err == nil {
			t.Error("a reading whose last question failed was called a success")
		}
	}, things)
}

func TestReservedIDsAreThoseOfTheRows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var ids [3]int64
		must(t, d.Write(t.Context(), func(tx *db.Tx) (err error) {
			tx.Reserve(db.IDs("thing"), db.IDs("thing"))
			for i, name := range []string{"one", "two", "not reserved"} {
				if ids[i], err = addThing(tx, name); err != nil {
					return err
				}
			}
			return nil
		}))
		if !slices.IsSorted(ids[:]) || ids[0] < 1 || ids[0] == ids[1] || ids[1] == ids[2] {
			t.Errorf("ids %v", ids)
		}
		for i, want := range []string{"one", "two", "not reserved"} {
			var thing *db.Asked[string]
			must(t, d.ReadOne(t.Context(), func(tx *db.Tx) error {
				thing = db.Ask(tx, name, `SELECT name FROM thing WHERE id = ?`, ids[i])
				return nil
			}))
			if got, err := thing.First(); err != nil || got != want {
				t.Errorf("%d is %q, %v; want %q", ids[i], got, err, want)
			}
		}
	}, things)
}
