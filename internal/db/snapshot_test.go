package db_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

// carried is a schema with what makes carrying rows hard: references, keys of
// several columns, sequences, an index for searching.
var carried = fstest.MapFS{"00001_carried.sql": {Data: []byte(`-- +goose Up
CREATE TABLE zebra (id {{id}}, name TEXT NOT NULL, picture {{bytes}}){{strict}};
CREATE TABLE apple (zebra {{int}} NOT NULL REFERENCES zebra (id), word TEXT NOT NULL, PRIMARY KEY (zebra, word)){{strict}};
{{sequence ticket_number 100001}};
{{only sqlite}}CREATE VIRTUAL TABLE words USING fts5 (body);{{end}}
{{only postgres}}CREATE TABLE words (id BIGINT PRIMARY KEY, body TSVECTOR);{{end}}
`)}}

// rowsOf reads a table whole, as text to compare.
func rowsOf(t *testing.T, d *db.DB, name string) (rows []string, raw [][]any) {
	t.Helper()
	err := d.Snapshot(t.Context(), func(tx *db.Tx) error {
		table := tableOf(t, d, tx, name)
		all, err := tx.Query(table.Select())
		if err != nil {
			return err
		}
		for all.Next() {
			values, into := make([]any, len(table.Columns)), make([]any, len(table.Columns))
			for i := range values {
				into[i] = &values[i]
			}
			if err := all.Scan(into...); err != nil {
				return err
			}
			rows, raw = append(rows, fmt.Sprintf("%#v", values)), append(raw, values)
		}
		return all.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows, raw
}

func tableOf(t *testing.T, d *db.DB, tx *db.Tx, name string) db.Table {
	t.Helper()
	tables, err := d.Tables(tx)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, table := range tables {
		names = append(names, table.Name)
	}
	if fmt.Sprint(names) != "[zebra apple]" {
		t.Fatalf("tables %v", names)
	}
	return tables[slices.Index(names, name)]
}

func TestRowsAreCarriedBetweenDatabases(t *testing.T) {
	lite, pg := dbtest.Open(t, dbtest.SQLite(t)), dbtest.Open(t, dbtest.Postgres(t))
	back := dbtest.Open(t, dbtest.SQLite(t))
	for _, d := range []*db.DB{lite, pg, back} {
		if err := d.Migrate(t.Context(), carried); err != nil {
			t.Fatal(err)
		}
	}
	err := lite.Write(t.Context(), func(tx *db.Tx) error {
		for i := range 200 {
			if _, err := tx.Exec(`INSERT INTO zebra (name, picture) VALUES (?, ?)`, fmt.Sprintf("Жук %d \"\\\u2028", i), []byte{0, byte(i), 255}); err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO apple (zebra, word) VALUES (?, ?)`, i/2+1, fmt.Sprint("w", i%2)); err != nil {
				return err
			}
		}
		_, err := tx.Exec(`INSERT INTO zebra (name) VALUES ('')`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, way := range [][2]*db.DB{{lite, pg}, {pg, back}} {
		from, to := way[0], way[1]
		for _, name := range []string{"zebra", "apple"} {
			want, raw := rowsOf(t, from, name)
			err := to.Write(t.Context(), func(tx *db.Tx) error { return tx.Insert(tableOf(t, to, tx, name), raw) })
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := rowsOf(t, to, name); !slices.Equal(got, want) || len(want) < 200 {
				t.Errorf("%s: %d rows became %d, or others", name, len(want), len(got))
			}
		}
		err := to.Write(t.Context(), func(tx *db.Tx) error {
			return to.Continue(tx, []db.Table{tableOf(t, to, tx, "zebra"), tableOf(t, to, tx, "apple")}, map[string]int64{"ticket_number": 100077})
		})
		if err != nil {
			t.Fatal(err)
		}
		var number, id int64
		err = to.Write(t.Context(), func(tx *db.Tx) (err error) {
			if number, err = tx.Sequence("ticket_number"); err != nil {
				return err
			}
			return tx.QueryRow(`INSERT INTO zebra (name) VALUES ('next') RETURNING id`).Scan(&id)
		})
		if err != nil || number != 100078 || id < 202 {
			t.Errorf("the next number is %d, the next key %d, error %v", number, id, err)
		}
		_ = to.Read(t.Context(), func(tx *db.Tx) error {
			last, err := to.Sequences(tx)
			if err != nil || len(last) != 1 || last["ticket_number"] != 100078 {
				t.Errorf("sequences %v, error %v", last, err)
			}
			return nil
		})
	}
}

// A backup's snapshot holds the log fast for as long as it takes.
func TestALogThatASnapshotHeldIsStartedAnewBehindIt(t *testing.T) {
	url := dbtest.SQLite(t)
	d := openWithSchema(t, url)
	grow := func() {
		must(t, d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO person (name, picture) VALUES (hex(randomblob(8)), randomblob(?))`, 4<<20)
			return err
		}))
	}
	must(t, d.Snapshot(t.Context(), func(tx *db.Tx) error {
		var n int
		if err := tx.QueryRow(`SELECT COUNT(*) FROM person`).Scan(&n); err != nil {
			return err
		}
		if !d.Pinned() {
			t.Error("it does not say that a snapshot is under way")
		}
		for range 18 { // and longer than what is kept of it
			grow()
		}
		until(t, func() bool { return d.Stats().LogSize > db.RestartPages*4096 && db.LogLeft(d) < 1<<32 })
		if left := db.LogLeft(d); left < db.RestartPages {
			t.Errorf("only %d pages are left in the log", left)
		}
		return nil
	}))
	if d.Pinned() {
		t.Error("it says that a snapshot is under way")
	}
	until(t, func() bool {
		grow()
		return d.Stats().LogSize < db.RestartPages*4096
	})
	until(t, func() bool {
		grow()
		log, err := os.Stat(strings.TrimPrefix(url, "sqlite:") + "-wal")
		must(t, err)
		return log.Size() <= db.LogKept
	})
}

// until waits for something that another goroutine does.
func until(t *testing.T, done func() bool) {
	t.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for late := time.After(time.Minute); !done(); {
		select {
		case <-look.C:
		case <-late:
			t.Fatal("it does not come")
		}
	}
}
