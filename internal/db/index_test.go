package db_test

import (
	"slices"
	"testing"
	"testing/fstest"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

var indexed = fstest.MapFS{"00001_indexed.sql": {Data: []byte(`-- +goose Up
CREATE TABLE zebra (id {{id}}, name TEXT NOT NULL UNIQUE, stripes {{int}} NOT NULL){{strict}};
CREATE INDEX zebra_stripes ON zebra (stripes, id DESC) WHERE stripes > 0;
CREATE UNIQUE INDEX zebra_once ON zebra (stripes, name);
CREATE TABLE other (id {{id}}, name TEXT NOT NULL){{strict}};
CREATE INDEX other_name ON other (name);
`)}}

// indexesOf are the definitions of all indexes.
func indexesOf(t *testing.T, d *db.DB) (all []string) {
	t.Helper()
	text := `SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY indexname`
	if d.Dialect() == db.SQLite {
		text = `SELECT name || ': ' || COALESCE(sql, '') FROM sqlite_schema WHERE type = 'index' ORDER BY name`
	}
	must(t, d.Read(t.Context(), func(tx *db.Tx) (err error) {
		all, err = db.Collect(tx, func(row db.Scanner) (s string, err error) {
			err = row.Scan(&s)
			return s, err
		}, text)
		return err
	}))
	return all
}

func TestIndexesTakenAreMadeAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		must(t, d.Migrate(t.Context(), indexed))
		before := indexesOf(t, d)
		var tables []db.Table
		must(t, d.Read(t.Context(), func(tx *db.Tx) (err error) {
			tables, err = d.Tables(tx)
			tables = slices.DeleteFunc(tables, func(t db.Table) bool { return t.Name == "other" })
			return err
		}))
		taken, err := d.TakeIndexes(t.Context(), tables)
		must(t, err)
		var names []string
		for _, i := range taken {
			names = append(names, i.Name)
		}
		if want := []string{"zebra_once", "zebra_stripes"}; !slices.Equal(names, want) {
			t.Errorf("taken are %q, want %q", names, want)
		}
		if left := indexesOf(t, d); len(left) != len(before)-2 {
			t.Errorf("there are still %q", left)
		}
		must(t, d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO zebra (name, stripes) VALUES ('a', 1), ('b', 1)`)
			return err
		}))
		must(t, d.MakeIndexes(t.Context(), taken))
		if again := indexesOf(t, d); !slices.Equal(again, before) {
			t.Errorf("now there are %q, and there were %q", again, before)
		}
	})
}
