// Package store keeps the desk's rows: all SQL of the desk stands here, and
// the compiler keeps everyone but package desk out. It decides nothing; who
// may do or see what is decided by its caller, and every query over tickets
// takes the asker's okno.Scope.
package store

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the desk's tables, for db.Migrate.
func Migrations() fs.FS {
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Tx is a transaction that knows the desk's rows.
type Tx struct{ *db.Tx }

// Together is db.Tx.Together of parts that know the desk's rows.
func (tx Tx) Together(parts ...func(Tx) error) error {
	runs := make([]func(*db.Tx) error, len(parts))
	for i, part := range parts {
		runs[i] = func(own *db.Tx) error { return part(Tx{own}) }
	}
	return tx.Tx.Together(runs...)
}

// micro is a time as the database keeps it; the zero time is 0.
func micro(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// when is the time of a column; 0 is the zero time.
func when(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// found turns "no row" into the refusal that people see.
func found[T any](v T, err error) (T, error) {
	if errors.Is(err, db.ErrNotFound) {
		return v, okno.ErrNotFound
	}
	return v, err
}

// stale is the refusal of a change over a version that is no longer there.
func stale(affected int64, err error) error {
	if err == nil && affected == 0 {
		return okno.Refuse(okno.Conflict, "error.stale")
	}
	return err
}

// ErrRaced says that somebody changed a row between this change's reading and
// its saving. Nobody's view is outdated by it: run again, the change reads what
// there is now.
var ErrRaced = okno.Refuse(okno.Conflict, "error.stale")

// raced is that refusal of a change over what the same change has read.
func raced(affected int64, err error) error {
	if err == nil && affected == 0 {
		return ErrRaced
	}
	return err
}

func toJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // only our own plain structs come here
	}
	return string(b)
}

// marks is "?, ?, ?" for n values.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// moment scans a column of microseconds into a time.
type moment struct{ to *time.Time }

// Scan implements sql.Scanner.
func (m moment) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a moment is a number, not %T", v)
	}
	*m.to = when(n)
	return nil
}

// flag scans a column of 0 or 1 into a bool.
type flag struct{ to *bool }

// Scan implements sql.Scanner.
func (f flag) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a flag is a number, not %T", v)
	}
	*f.to = n != 0
	return nil
}

// document scans a column of JSON.
type document struct{ to any }

// Scan implements sql.Scanner.
func (d document) Scan(v any) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("a document is text, not %T", v)
	}
	return json.Unmarshal([]byte(s), d.to)
}
