package db_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

// eachWithThings runs test on both databases with some things there.
func eachWithThings(t *testing.T, test func(t *testing.T, d *db.DB)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		must(t, d.Write(t.Context(), func(tx *db.Tx) error {
			for i := range 9 {
				if _, err := addThing(tx, fmt.Sprint("thing ", i+1)); err != nil {
					return err
				}
			}
			return nil
		}))
		test(t, d)
	}, things)
}

// thing asks for one thing's name, and says so.
func thing(tx *db.Tx, id int, said *[]string) error {
	got, err := db.First(tx, name, `SELECT name FROM thing WHERE id = ?`, id)
	*said = append(*said, got)
	return err
}

// trips counts the round trips of the readings of one context.
func trips(t *testing.T, of context.Context) *int {
	n := new(int)
	t.Cleanup(db.WatchTrips(func(ctx context.Context) {
		if ctx.Value(tripKey{}) == of.Value(tripKey{}) {
			*n++
		}
	}))
	return n
}

type tripKey struct{}

func TestPartsAskedTogetherGetTheirOwnAnswersInAsManyTripsAsTheLongestMakes(t *testing.T) {
	eachWithThings(t, func(t *testing.T, d *db.DB) {
		ctx := context.WithValue(t.Context(), tripKey{}, new(int))
		n := trips(t, ctx)
		var long, short, inner, later []string
		must(t, d.Read(ctx, func(tx *db.Tx) error {
			return tx.Together(func(tx *db.Tx) error {
				for id := range 4 {
					if err := thing(tx, id+1, &long); err != nil {
						return err
					}
				}
				return nil
			}, func(tx *db.Tx) error {
				asked := db.Ask(tx, name, `SELECT name FROM thing WHERE id > ? ORDER BY id`, 7)
				if err := thing(tx, 5, &short); err != nil {
					return err
				}
				all, err := asked.All()
				later = all
				return err
			}, func(tx *db.Tx) error {
				if err := tx.Together(
					func(tx *db.Tx) error { return thing(tx, 6, &inner) },
					func(*db.Tx) error { return nil },
					func(tx *db.Tx) error { return errors.Join(thing(tx, 7, &inner), thing(tx, 8, &inner)) },
				); err != nil {
					return err
				}
				return thing(tx, 9, &inner)
			})
		}))
		for got, want := range map[*[]string]string{&long: "1 2 3 4", &short: "5", &inner: "6 7 8 9", &later: "8 9"} {
			if said := strings.ReplaceAll(strings.Join(*got, " "), "thing ", ""); said != want {
				t.Errorf("a part was told %s, want %s", said, want)
			}
		}
		want := 0
		if d.Dialect() == db.Postgres {
			want = 4
		}
		if *n != want {
			t.Errorf("%d round trips, want %d", *n, want)
		}
	})
}

func TestTheFirstPartThatFailsEndsThoseBehindIt(t *testing.T) {
	eachWithThings(t, func(t *testing.T, d *db.DB) {
		first, second := errors.New("the first"), errors.New("the second")
		var before, behind []string
		ended := false
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			err := tx.Together(func(tx *db.Tx) error {
				for id := range 3 {
					if err := thing(tx, id+1, &before); err != nil {
						return err
					}
				}
				return nil
			}, func(tx *db.Tx) error {
				return tx.Together(
					func(tx *db.Tx) error { return errors.Join(thing(tx, 4, new([]string)), first) },
					func(tx *db.Tx) error { return errors.Join(thing(tx, 5, new([]string)), second) },
				)
			}, func(tx *db.Tx) error {
				defer func() { ended = true }()
				for id := range 9 {
					if err := thing(tx, id+1, &behind); err != nil {
						return err
					}
				}
				return second
			})
			if !errors.Is(err, first) || errors.Is(err, second) {
				t.Errorf("the error is %v", err)
			}
			var after []string
			if err := thing(tx, 9, &after); err != nil || !slices.Equal(after, []string{"thing 9"}) {
				t.Errorf("asked afterwards: %v, %v", after, err)
			}
			return nil
		})
		if err != nil || len(before) != 3 || len(behind) > 2 {
			t.Errorf("%v; before it %d answers, behind it %d", err, len(before), len(behind))
		}
		if started := d.Dialect() == db.Postgres; ended != started {
			t.Errorf("the part behind it ended: %v", ended)
		}
	})
}

func TestAFailedStatementOfAPartFailsTheReading(t *testing.T) {
	eachWithThings(t, func(t *testing.T, d *db.DB) {
		var said []string
		for what, part := range map[string]func(*db.Tx) error{
			"passed over": func(tx *db.Tx) error {
				_ = tx.QueryRow(`SELECT name FROM nothing`).Scan(new(string))
				return nil
			},
			"asked for later": func(tx *db.Tx) error {
				db.Ask(tx, name, `SELECT name FROM nothing`)
				return nil
			},
			"panic": func(*db.Tx) error { panic("no") },
			"rows left open": func(tx *db.Tx) error {
				_, err := tx.Query(`SELECT name FROM thing ORDER BY id`)
				return errors.Join(err, errors.New("left"))
			},
		} {
			if err := d.Read(t.Context(), func(tx *db.Tx) error {
				return tx.Together(func(tx *db.Tx) error { return thing(tx, 1, &said) }, part, func(tx *db.Tx) error { return thing(tx, 2, &said) })
			}); err == nil {
				t.Errorf("%s was called a success", what)
			}
			must(t, d.Read(t.Context(), func(tx *db.Tx) error { return thing(tx, 3, &said) }))
		}
	})
}

func TestAReadingPlansItsStatementsOnceAndAChangeAnew(t *testing.T) {
	d := dbtest.Open(t, dbtest.Postgres(t))
	for want, run := range map[string]func(context.Context, func(*db.Tx) error) error{"force_generic_plan": d.Read, "auto": d.Write} {
		var mode string
		must(t, run(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(`SELECT current_setting('plan_cache_mode')`).Scan(&mode) }))
		if mode != want {
			t.Errorf("planned by %s, want %s", mode, want)
		}
	}
}
