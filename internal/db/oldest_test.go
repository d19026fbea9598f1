package db_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

// generations are the migrations of three programs, one newer than the other.
var generations = []fstest.MapFS{
	{"00001_a.sql": {Data: []byte("-- +goose Up\nCREATE TABLE a (n {{int}} PRIMARY KEY);")}},
	{"00002_b.sql": {Data: []byte("-- +goose Up\nCREATE TABLE b (n {{int}} PRIMARY KEY);")}},
	{"00003_c.sql": {Data: []byte("-- +goose Up\nDROP TABLE a;\n{{oldest 2}};")}},
}

func TestOlderProgramIsRefusedOnceTheSchemaHasLeftItBehind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		first, second, third := []fs.FS{generations[0]}, []fs.FS{generations[0], generations[1]}, []fs.FS{generations[0], generations[1], generations[2]}
		for _, own := range [][]fs.FS{first, second, first, second} { // what only grows serves both
			if err := d.Migrate(ctx, own...); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Migrate(ctx, third...); err != nil {
			t.Fatal(err)
		}
		if err := d.Migrate(ctx, second...); err != nil {
			t.Errorf("a program that the schema serves: %v", err)
		}
		err := d.Migrate(ctx, first...)
		var old *db.TooOldError
		if !errors.As(err, &old) || old.Needs != 2 || old.Knows != 1 || old.Program == "" {
			t.Fatalf("a program that the schema has left behind: %v", err)
		}
		if !strings.Contains(err.Error(), "too old") || !strings.Contains(err.Error(), old.Program) {
			t.Errorf("it is told %q", err)
		}
	})
}

func TestMigrationThatComesLateIsRunAllTheSame(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, own := range [][]fs.FS{{generations[0], generations[2]}, {generations[0], generations[1], generations[2]}} {
			if err := d.Migrate(t.Context(), own...); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(`INSERT INTO b (n) VALUES (1)`); return err }); err != nil {
			t.Error(err)
		}
	})
}

func TestUnfinishedDatabaseIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, begun := t.Context(), time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
		for range 2 { // begun again over what was left
			if err := d.Begin(ctx, "a restore from there", begun); err != nil {
				t.Fatal(err)
			}
		}
		var unfinished *db.UnfinishedError
		if err := d.Migrate(ctx, schema); !errors.As(err, &unfinished) || unfinished.What != "a restore from there" || !unfinished.Begun.Equal(begun) {
			t.Fatalf("a database half filled: %v", err)
		}
		if err := d.Finish(ctx); err != nil {
			t.Fatal(err)
		}
		if err := d.Migrate(ctx, schema); err != nil {
			t.Errorf("a database filled: %v", err)
		}
	})
}

func TestAloneMeansNobodyElse(t *testing.T) {
	url := dbtest.Postgres(t)
	d := dbtest.Open(t, url)
	if _, err := db.Open(t.Context(), url, db.Options{Alone: true}); !errors.Is(err, db.ErrInUse) {
		t.Fatalf("alone beside another: %v", err)
	}
	dbtest.Open(t, url) // several may be there together
	_ = d
	own := dbtest.Postgres(t)
	alone, err := db.Open(t.Context(), own, db.Options{Alone: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Open(t.Context(), own, db.Options{}); !errors.Is(err, db.ErrInUse) {
		t.Errorf("beside one that is alone: %v", err)
	}
	if err := alone.Close(); err != nil {
		t.Fatal(err)
	}
	dbtest.Open(t, own)
}
