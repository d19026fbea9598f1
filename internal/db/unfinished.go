package db

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// UnfinishedError says that what fills the database has not come to its end.
type UnfinishedError struct {
	What  string // "a restore from FILE"
	Begun time.Time
}

func (e *UnfinishedError) Error() string {
	return fmt.Sprintf("the database is not whole: %s, begun %s, has not come to its end", e.What, e.Begun.UTC().Format(time.RFC3339))
}

// copying begins what a copy is called, which can go on where it was.
const copying = "a copy of "

// CopyOf is What of a copy from another database.
func CopyOf(name string) string { return copying + name }

// Resumable tells whether it is a copy that can go on.
func (e *UnfinishedError) Resumable() bool { return strings.HasPrefix(e.What, copying) }

// Begin marks a database as being filled. Until Finish, Migrate and all that
// follows it refuse to work on it.
func (d *DB) Begin(ctx context.Context, what string, now time.Time) error {
	return d.Write(ctx, func(tx *Tx) error {
		if _, err := tx.Exec(`CREATE TABLE IF NOT EXISTS unfinished (what TEXT NOT NULL, begun BIGINT NOT NULL)`); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM unfinished WHERE begun > 0`); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO unfinished (what, begun) VALUES (?, ?)`, what, now.UnixMicro())
		return err
	})
}

// Finish takes the mark of Begin away.
func (d *DB) Finish(ctx context.Context) error {
	return d.Write(ctx, func(tx *Tx) error {
		_, err := tx.Exec(`DROP TABLE unfinished`)
		return err
	})
}

// Unfinished returns an *UnfinishedError while the mark of Begin is there.
func (d *DB) Unfinished(ctx context.Context) error {
	return d.Read(ctx, func(tx *Tx) error {
		there, err := d.HasTable(tx, "unfinished")
		if err != nil || !there {
			return err
		}
		var e UnfinishedError
		var begun int64
		if err := tx.QueryRow(`SELECT what, begun FROM unfinished`).Scan(&e.What, &begun); err != nil {
			return err
		}
		e.Begun = time.UnixMicro(begun)
		return &e
	})
}

// Wipe drops every table and sequence of the database.
func (d *DB) Wipe(ctx context.Context) error {
	return d.Write(ctx, func(tx *Tx) error {
		if d.Dialect() == SQLite {
			return errors.New("an SQLite file is removed, not wiped")
		}
		for _, kind := range []struct{ word, list string }{
			{"TABLE", `SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema()`},
			{"SEQUENCE", `SELECT CAST(sequencename AS TEXT) FROM pg_sequences WHERE schemaname = current_schema()`},
		} {
			names, err := Collect(tx, scanText, kind.list)
			if err != nil {
				return err
			}
			for _, name := range names {
				if _, err := tx.Exec("DROP " + kind.word + " IF EXISTS " + quoted(name) + " CASCADE"); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
