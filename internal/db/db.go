// Package db is a database behind one house API and one SQL text: SQLite
// inside the process, or PostgreSQL when several machines share the work.
//
// The text common to both: placeholders are "?"; times are integers
// (microseconds UTC) and truth is 0 or 1; an untyped placeholder in a SELECT
// list is written CAST(? AS BIGINT) or CAST(? AS TEXT). A statement that fails
// ends its transaction (PostgreSQL's rule, kept on SQLite too): what may
// collide is written ON CONFLICT, not tried and caught.
package db

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"runtime"
	"strings"
	"time"
)

// Dialect tells the two databases apart where their text must differ.
type Dialect int

// The dialects.
const (
	SQLite Dialect = iota + 1
	Postgres
)

// String returns "sqlite" or "postgres", the words {{only …}} takes.
func (d Dialect) String() string {
	switch d {
	case SQLite:
		return "sqlite"
	case Postgres:
		return "postgres"
	}
	return fmt.Sprintf("dialect %d", int(d))
}

// Options are what an opener may choose; the zero value serves.
type Options struct {
	Log     *slog.Logger // nil: slog.Default()
	Readers int          // reading connections; 0: as many as processors
	Alone   bool         // ErrInUse where another process has the PostgreSQL database open, and to others while we have
	// ReadOnly: every change is refused with ErrReadOnly, and whoever wants to
	// be alone with the database may be.
	ReadOnly bool
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine   engine
	hub      *hub
	readOnly bool
}

// engine is what SQLite and PostgreSQL each do in their own way.
type engine interface {
	dialect() Dialect
	write(ctx context.Context, fn func(*Tx) error) error
	read(ctx context.Context, fn func(*Tx) error) error
	readOne(ctx context.Context, fn func(*Tx) error) error
	jot(ctx context.Context, text string, args []any) (affected int64, err error)
	snapshot(ctx context.Context, fn func(*Tx) error) error
	announce(ctx context.Context, a announcement) error
	migrate(ctx context.Context, files fs.FS, last int64) error
	build(ctx context.Context, text string) error // a statement that may take the time it takes
	gone() <-chan struct{}                        // closed with ErrLost; nil: that cannot be
	stats() Stats
	close() error
}

// Open opens the database at url: "sqlite:PATH" (a file, made if absent; its
// directory must exist) or a "postgres://…" connection string. The schema is
// Migrate's affair.
func Open(ctx context.Context, url string, o Options) (*DB, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Readers <= 0 {
		o.Readers = runtime.GOMAXPROCS(0)
	}
	h := newHub(o.Log)
	var e engine
	var err error
	switch path, isFile := strings.CutPrefix(url, "sqlite:"); {
	case isFile:
		e, err = openSQLite(ctx, path, h, o)
	case strings.HasPrefix(url, "postgres://"), strings.HasPrefix(url, "postgresql://"):
		e, err = openPostgres(ctx, url, h, o)
	default:
		err = errors.New(`a database is "sqlite:PATH" or "postgres://…"`)
	}
	if err != nil {
		h.close()
		return nil, fmt.Errorf("open database: %w", err)
	}
	return &DB{engine: e, hub: h, readOnly: o.ReadOnly}, nil
}

// ClockOff is how far the database server's clock is before ours, to within the
// time of one exchange; 0 on SQLite, which has none of its own.
func (d *DB) ClockOff(ctx context.Context, now func() time.Time) (off time.Duration, err error) {
	if d.Dialect() == SQLite {
		return 0, nil
	}
	err = d.Read(ctx, func(tx *Tx) error {
		var its int64
		err := tx.QueryRow(`SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)`).Scan(&its)
		off = time.UnixMicro(its).Sub(now())
		return err
	})
	return off, err
}

// Dialect tells which database this is.
func (d *DB) Dialect() Dialect { return d.engine.dialect() }

// Lost is closed when the disk has failed (ErrLost): every change and reading is
// refused from then on, and the program had better be started again. PostgreSQL
// sees to that by itself.
func (d *DB) Lost() <-chan struct{} { return d.engine.gone() }

// Close finishes the changes in hand, refuses those waiting with ErrClosed,
// and returns when nothing of the database is left running.
func (d *DB) Close() error {
	err := d.engine.close()
	d.hub.close()
	return err
}

// Write runs fn as one change: all of it is kept, or nothing. It returns nil
// only when the change is on disk.
//
// fn may run more than once (a neighbour's failure or a deadlock undoes it
// before the commit), so it only computes and speaks to tx: no I/O, no
// hashing, no waiting, no Write or Read of its own. ctx counts only while the
// change waits for its turn: once begun it ends in a commit or an error. A
// panic in fn comes back as a *PanicError.
func (d *DB) Write(ctx context.Context, fn func(*Tx) error) error {
	if d.readOnly {
		return ErrReadOnly
	}
	return d.engine.write(ctx, fn)
}

// Read runs fn over one unchanging snapshot; writing in it is an error. When
// ctx ends, its statements do too. fn runs again where its first statement
// found no server. Read returns when what fn saw is durable; fn itself tells
// nobody. A panic in fn comes back as a *PanicError.
func (d *DB) Read(ctx context.Context, fn func(*Tx) error) error {
	return d.engine.read(ctx, fn)
}

// ReadOne is Read for what asks one question, which is its own snapshot: on
// PostgreSQL that is one round trip, where Read makes two. A second statement,
// or one that is no query, is an error.
func (d *DB) ReadOne(ctx context.Context, fn func(*Tx) error) error {
	return d.engine.readOne(ctx, fn)
}

type ahead struct{}

// Ahead is for readings that need not wait until what they saw is durable
// (SQLite's changes are seen a moment before). Whoever reads so tells nobody but
// by a change that he makes next: that is answered after those before it.
func Ahead(ctx context.Context) context.Context { return context.WithValue(ctx, ahead{}, true) }

// Jot runs one statement as a change of its own that may be forgotten when the
// database's machine dies within the next second: a count of tries, not what
// anybody was promised. On PostgreSQL it is one round trip and waits for no
// disk; where the connection goes it may count twice.
func (d *DB) Jot(ctx context.Context, sql string, args ...any) (affected int64, err error) {
	if d.readOnly {
		return 0, ErrReadOnly
	}
	return d.engine.jot(ctx, sql, args)
}

// Announce tells all who listen to topic, in every process of this database,
// without a change. Limits as for Tx.Announce.
func (d *DB) Announce(ctx context.Context, topic, payload string) error {
	a := announcement{topic, payload}
	if err := a.check(); err != nil {
		return err
	}
	return d.engine.announce(ctx, a)
}

// Listen calls fn for each announcement of topic, one at a time and in order,
// until cancel. A payload "" also means "you may have missed something": after
// a lost connection or a flood. fn must return soon; all listeners share one
// goroutine. A call under way when cancel is called may still be finishing.
func (d *DB) Listen(topic string, fn func(payload string)) (cancel func()) {
	return d.hub.listen(topic, fn)
}
