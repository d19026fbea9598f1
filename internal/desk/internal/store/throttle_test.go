package store_test

import (
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/jobs"
)

func TestTriesAreCountedOnceForAllPrograms(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := d.Migrate(t.Context(), jobs.Migrations, store.Migrations()); err != nil {
			t.Fatal(err)
		}
		now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
		try := func(mark string, at time.Time) time.Duration {
			wait, err := store.Try(t.Context(), d, mark, 3, 10*time.Second, at)
			if err != nil {
				t.Fatal(err)
			}
			return wait
		}
		for i, want := range []time.Duration{0, 0, 0, 10 * time.Second, 10 * time.Second} { // asking in vain costs nothing
			if got := try("a", now); got != want {
				t.Errorf("try %d waits %s, want %s", i+1, got, want)
			}
		}
		if got := try("b", now); got != 0 {
			t.Errorf("another waits %s", got)
		}
		if got := try("a", now.Add(4*time.Second)); got != 6*time.Second {
			t.Errorf("after 4 s it waits %s", got)
		}
		if a, b := try("a", now.Add(10*time.Second)), try("a", now.Add(10*time.Second)); a != 0 || b != 10*time.Second {
			t.Errorf("after 10 s: %s, %s", a, b)
		}
		later := now.Add(time.Hour)
		err := d.Write(t.Context(), func(tx *db.Tx) error { return store.Tx{Tx: tx}.DropTries(later) })
		if err != nil {
			t.Fatal(err)
		}
		var left int
		_ = d.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(`SELECT count(*) FROM throttle`).Scan(&left) })
		if left != 0 {
			t.Errorf("%d tries are left after an hour", left)
		}
		for range 3 {
			try("a", later)
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return store.Tx{Tx: tx}.ForgetTries("a") }); err != nil {
			t.Fatal(err)
		}
		if got := try("a", later); got != 0 {
			t.Errorf("forgotten, it waits %s", got)
		}
	})
}
