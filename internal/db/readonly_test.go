package db_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

func TestReadOnlyChangesNothingAndIsInNobodysWay(t *testing.T) {
	for name, url := range map[string]string{"sqlite": dbtest.SQLite(t), "postgres": dbtest.Postgres(t)} {
		t.Run(name, func(t *testing.T) {
			whole, err := db.Open(t.Context(), url, db.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if err := whole.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(`CREATE TABLE word (n BIGINT NOT NULL)`); return err }); err != nil {
				t.Fatal(err)
			}
			if err := whole.Close(); err != nil {
				t.Fatal(err)
			}
			d, err := db.Open(t.Context(), url, db.Options{ReadOnly: true})
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			put := func(tx *db.Tx) error { _, err := tx.Exec(`INSERT INTO word (n) VALUES (1)`); return err }
			_, jotted := d.Jot(t.Context(), `INSERT INTO word (n) VALUES (1)`)
			one := fstest.MapFS{"00001_one.sql": {Data: []byte("-- +goose Up\nINSERT INTO word (n) VALUES (1);\n-- +goose Down\nSELECT 1;\n")}}
			for what, err := range map[string]error{"a change": d.Write(t.Context(), put), "a note": jotted, "a migration": d.Migrate(t.Context(), one)} {
				if !errors.Is(err, db.ErrReadOnly) {
					t.Errorf("%s: %v", what, err)
				}
			}
			alone, err := db.Open(t.Context(), url, db.Options{Alone: true})
			if err != nil {
				t.Fatalf("nobody else can be alone with it: %v", err)
			}
			defer alone.Close()
			var n int
			if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(`SELECT count(*) FROM word`).Scan(&n) }); err != nil || n != 0 {
				t.Errorf("%d rows were put, %v", n, err)
			}
			if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
				if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
					t.Errorf("the file is open to others: %v, %v", info.Mode(), err)
				}
			}
		})
	}
}

func TestReadOnlyMakesNoDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.db")
	if d, err := db.Open(t.Context(), "sqlite:"+path, db.Options{ReadOnly: true}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("opened: %v, %v", d, err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it was made: %v", err)
	}
}
