package db_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

func TestALogIsOpenToNoMoreThanItsDatabase(t *testing.T) {
	url := dbtest.SQLite(t)
	d := openWithSchema(t, url)
	must(t, d.Write(t.Context(), func(tx *db.Tx) error { return addPerson(tx, "Ann") }))
	kept, err := os.Stat(strings.TrimPrefix(url, "sqlite:") + "-wal")
	must(t, err)
	if kept.Size() == 0 || kept.Mode().Perm() != 0o600 {
		t.Errorf("a log of %d bytes has the mode %v", kept.Size(), kept.Mode())
	}
}

// A change that does not fit the cache writes pages to the log long before its
// commit and reads them from there again.
func TestAChangeLargerThanTheCacheReadsWhatItWrote(t *testing.T) {
	d := openWithSchema(t, dbtest.SQLite(t))
	const people, size = 3000, 8 << 10
	picture := func(i int) []byte { return bytes.Repeat([]byte{byte(i)}, size) }
	check := func(tx *db.Tx, from int) error {
		for i := from; i < people; i += 97 {
			var kept []byte
			if err := tx.QueryRow(`SELECT picture FROM person WHERE name = ?`, fmt.Sprint(i)).Scan(&kept); err != nil {
				return err
			}
			if !bytes.Equal(kept, picture(i)) {
				t.Errorf("picture %d came out otherwise", i)
			}
		}
		return nil
	}
	must(t, d.Write(t.Context(), func(tx *db.Tx) error {
		for i := range people {
			if err := tx.Send(`INSERT INTO person (name, picture) VALUES (?, ?)`, fmt.Sprint(i), picture(i)); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(`UPDATE person SET seen_at = id WHERE id % 2 = 0`); err != nil {
			return err
		}
		return check(tx, 0)
	}))
	must(t, d.Read(t.Context(), func(tx *db.Tx) error {
		var sound string
		if err := tx.QueryRow(`PRAGMA integrity_check`).Scan(&sound); err != nil || sound != "ok" {
			t.Errorf("integrity: %q %v", sound, err)
		}
		return check(tx, 1)
	}))
}
