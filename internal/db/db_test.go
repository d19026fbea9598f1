package db_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"testing/fstest"
	"time"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

var schema = fstest.MapFS{
	"00001_people.sql": {Data: []byte(`-- +goose Up
CREATE TABLE person (
	id {{id}},
	name TEXT NOT NULL UNIQUE,
	seen_at {{int}},
	picture {{bytes}}
){{strict}};
CREATE TABLE address (
	person {{int}} NOT NULL REFERENCES person (id),
	folded TEXT NOT NULL,
	UNIQUE (person, folded)
){{strict}};
{{sequence ticket_number 100001}};
{{only sqlite}}CREATE TABLE here (dialect TEXT);{{end}}{{only postgres}}CREATE TABLE here (dialect TEXT, oid OID);{{end}}
`)},
}

// each runs test on both databases with the schema above.
func each(t *testing.T, test func(t *testing.T, d *db.DB)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := d.Migrate(t.Context(), schema); err != nil {
			t.Fatal(err)
		}
		test(t, d)
	})
}

func addPerson(tx *db.Tx, name string) error {
	_, err := tx.Exec(`INSERT INTO person (name) VALUES (?)`, name)
	return err
}

func names(t *testing.T, d *db.DB) []string {
	t.Helper()
	var all []string
	err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
		all, err = db.Collect(tx, text, `SELECT name FROM person ORDER BY name`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func text(row db.Scanner) (s string, err error) {
	err = row.Scan(&s)
	return s, err
}

func wantNames(t *testing.T, d *db.DB, want ...string) {
	t.Helper()
	if got := names(t, d); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("people are %v, want %v", got, want)
	}
}

func TestOpenRefusesOtherAddresses(t *testing.T) {
	for _, url := range []string{"", "okno.db", "sqlite:", "sqlite::memory:", "mysql://x", "sqlite:/no/such/directory/okno.db"} {
		if d, err := db.Open(t.Context(), url, db.Options{}); err == nil {
			d.Close()
			t.Errorf("Open(%q) succeeded", url)
		}
	}
}

func TestMigrateTwiceAndTogether(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		errs := make(chan error, 2)
		for range 2 {
			go func() { errs <- d.Migrate(t.Context(), schema) }()
		}
		for range 2 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
	})
}

func TestMigrateNamesTheFileWithAnUnknownWord(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLite(t))
	for _, body := range []string{"CREATE TABLE a (b {{uuid}})", "{{only oracle}}x{{end}}", "{{sequence Bad-Name 1}}"} {
		err := d.Migrate(t.Context(), fstest.MapFS{"00007_odd.sql": {Data: []byte(body)}})
		if err == nil {
			t.Errorf("%q was taken", body)
		}
	}
	twice := fstest.MapFS{"00001_people.sql": {Data: []byte("-- +goose Up\nSELECT 1;")}}
	if err := d.Migrate(t.Context(), schema, twice); err == nil {
		t.Error("two files of one name were taken")
	}
}

func TestValuesGoInAndComeOutAlike(t *testing.T) {
	type Name string
	type Micros int64
	each(t, func(t *testing.T, d *db.DB) {
		at := Micros(1790000000000001)
		var none *Name
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO person (name, seen_at, picture) VALUES (?, ?, ?), ('why?', ?, ?)`,
				Name("2026-11-22T10:00:00Z"), &at, []byte{0, 1}, true, none)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			var name Name
			var seen Micros
			var picture []byte
			row := tx.QueryRow(`SELECT coalesce(name, ''), seen_at, picture FROM person WHERE name <> 'why?'`)
			if err := row.Scan(&name, &seen, &picture); err != nil {
				return err
			}
			if name != "2026-11-22T10:00:00Z" || seen != at || string(picture) != "\x00\x01" {
				t.Errorf("came out as %q, %d, %v", name, seen, picture)
			}
			var flag bool
			var absent []byte
			if err := tx.QueryRow(`SELECT seen_at, picture FROM person WHERE name = 'why?'`).Scan(&flag, &absent); err != nil {
				return err
			}
			if !flag || absent != nil {
				t.Errorf("true came out as %v, NULL as %v", flag, absent)
			}
			_, err := db.First(tx, text, `SELECT name FROM person WHERE name = ?`, json.RawMessage(`{}`))
			if !errors.Is(err, db.ErrNotFound) {
				t.Errorf("no row is %v, want ErrNotFound", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestArgumentsThatFitOneDatabaseOnlyAreRefusedByBoth(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		for _, arg := range []any{time.Now(), new(time.Time), time.Second, "a\x00b", "\xff", struct{}{}, uint64(1 << 63), []int{1}} {
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				_, err := tx.Exec(`INSERT INTO person (name) VALUES (?)`, arg)
				return err
			})
			if err == nil {
				t.Errorf("%T %v was taken", arg, arg)
			}
		}
		wantNames(t, d)
	})
}

func TestIsUniqueTellsTheColumn(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		insert := func(sql string, args ...any) error {
			return d.Write(t.Context(), func(tx *db.Tx) error {
				_, err := tx.Exec(sql, args...)
				return err
			})
		}
		cases := []struct {
			sql  string
			args []any
			of   string
			not  string
		}{
			{`INSERT INTO person (id, name) VALUES (1000, 'Olga')`, nil, "person.name", "person.seen_at"},
			{`INSERT INTO address (person, folded) VALUES (1000, 'olga@example.org')`, nil, "address.folded", "person.folded"},
		}
		for _, c := range cases {
			if err := insert(c.sql); err != nil {
				t.Fatal(err)
			}
		}
		cases[0].sql = `INSERT INTO person (name) VALUES ('Olga')`
		for _, c := range cases {
			err := insert(c.sql)
			if !db.IsUnique(err, c.of) || !db.IsUnique(err, "") || db.IsUnique(err, c.not) {
				t.Errorf("%v: of %s %v, of %s %v", err, c.of, db.IsUnique(err, c.of), c.not, db.IsUnique(err, c.not))
			}
		}
		if err := insert(`INSERT INTO person (id, name) VALUES (1000, 'Ivan')`); !db.IsUnique(err, "person.id") {
			t.Errorf("a used key is %v", err)
		}
		if err := insert(`INSERT INTO address (person, folded) VALUES (77, 'x')`); err == nil || db.IsUnique(err, "") {
			t.Errorf("an unknown person is %v", err)
		}
	})
}

func TestFullTextSearchIsAtHand(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		search := fstest.MapFS{"00001_search.sql": {Data: []byte(`-- +goose Up
{{only sqlite}}
CREATE VIRTUAL TABLE search USING fts5(words, content='', contentless_delete=1);
{{end}}
{{only postgres}}
CREATE TABLE search (rowid BIGINT PRIMARY KEY, words TSVECTOR);
CREATE INDEX search_words ON search USING gin (words);
{{end}}`)}}
		if err := d.Migrate(t.Context(), search); err != nil {
			t.Fatal(err)
		}
		insert, find := `INSERT INTO search (rowid, words) VALUES (?, ?)`, `SELECT rowid FROM search WHERE search MATCH ?`
		if d.Dialect() == db.Postgres {
			insert, find = `INSERT INTO search (rowid, words) VALUES (?, to_tsvector('simple', ?))`,
				`SELECT rowid FROM search WHERE words @@ to_tsquery('simple', ?)`
		}
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			if _, err := tx.Exec(insert, 7, "принтер не печатает"); err != nil {
				return err
			}
			var id int64
			if err := tx.QueryRow(find, "печатает").Scan(&id); err != nil || id != 7 {
				t.Errorf("found %d, %v; want 7", id, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestSequencesNeverRepeat(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		next := func() (n int64) {
			err := d.Write(t.Context(), func(tx *db.Tx) (err error) {
				n, err = tx.Sequence("ticket_number")
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if a, b := next(), next(); a != 100001 || b <= a {
			t.Errorf("first values are %d, %d", a, b)
		}
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Sequence("no_such")
			return err
		})
		if err == nil {
			t.Error("an unknown sequence gave a value")
		}
	})
}

func TestClosedDatabaseRefuses(t *testing.T) {
	for _, url := range []string{dbtest.SQLite(t), dbtest.Postgres(t)} {
		d, err := db.Open(t.Context(), url, db.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		none := func(*db.Tx) error { return nil }
		if err := d.Write(t.Context(), none); !errors.Is(err, db.ErrClosed) {
			t.Errorf("%s: Write after Close: %v", d.Dialect(), err)
		}
		if err := d.Read(t.Context(), none); !errors.Is(err, db.ErrClosed) {
			t.Errorf("%s: Read after Close: %v", d.Dialect(), err)
		}
	}
}
