package db

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	"github.com/ncruces/go-sqlite3"
)

// Caches are small: they live in every connection, and the file's pages are in
// the operating system's cache anyway. A reader's holds what leads to the rows
// of a million tickets, the upper pages of all indexes.
const (
	writerCache  = 16 << 10 // KiB
	readerCache  = 32 << 10 // KiB, where processors are few
	sideCache    = 8 << 10  // KiB, of whoever reads a file once through
	readerCaches = 64 << 10 // KiB, of all readers; a reader has sideCache at least
	busyTimeout  = 10 * time.Second
	walKept      = 64 << 20 // bytes of log file kept when it starts anew
)

// sqlite is a file with one writer, some readers and a checkpointer.
type sqlite struct {
	path    string
	log     *slog.Logger
	hub     *hub
	writer  *writer
	full    fullness
	readers chan struct{} // as many as may read at once
	cache   int           // of each reader, in KiB
	tidier  *checkpointer

	atRest sync.Mutex
	idle   []*liteSession // readers that nobody uses, the last used last

	migrating sync.Mutex // one process alone holds the file
}

func openSQLite(ctx context.Context, path string, h *hub, o Options) (*sqlite, error) {
	if path == "" || path == ":memory:" {
		return nil, errors.New("SQLite needs a file")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := ownFile(path, o.ReadOnly); err != nil {
		return nil, err
	}
	s := &sqlite{path: path, log: o.Log, hub: h, full: fullness{log: o.Log}, readers: make(chan struct{}, o.Readers),
		cache: min(readerCache, max(sideCache, readerCaches/o.Readers))}
	conn, err := openLite(ctx, path, false, writerCache)
	if err != nil {
		return nil, err
	}
	if !o.ReadOnly {
		// What a process before left in the log is in the file, durable, before
		// anything is built on it: that one may have ended because it could not be.
		if _, _, err := conn.raw.WALCheckpoint("main", sqlite3.CHECKPOINT_TRUNCATE); err != nil {
			o.Log.Warn("the database's log was not copied at the start", "error", err)
		}
	}
	if s.tidier, err = startCheckpointer(ctx, path, o.Log); err != nil {
		return nil, errors.Join(err, conn.close())
	}
	if s.writer, err = startWriter(conn, path, h, s.tidier, o.Log); err != nil {
		return nil, errors.Join(err, s.tidier.close(), conn.close())
	}
	return s, nil
}

// ownFile makes the file where it is absent, open to nobody else: SQLite would
// leave that to the process's umask. Its log gets the same mode (asOpen). What is
// to be read only must be there. One that others may read, as older programs
// made it, is closed to them.
func ownFile(path string, there bool) error {
	flags := os.O_RDWR
	if !there {
		flags |= os.O_CREATE
	}
	file, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err == nil && !there && info.Mode().Perm()&0o077 != 0 {
		err = file.Chmod(0o600)
	}
	return errors.Join(err, file.Close())
}

func (s *sqlite) dialect() Dialect { return SQLite }

func (s *sqlite) gone() <-chan struct{} { return s.writer.lost }

func (s *sqlite) write(ctx context.Context, fn func(*Tx) error) error {
	err := s.writer.write(ctx, fn)
	s.full.heed(err)
	return err
}

func (s *sqlite) jot(ctx context.Context, text string, args []any) (affected int64, err error) {
	err = s.write(ctx, func(tx *Tx) (err error) {
		affected, err = tx.Exec(text, args...)
		return err
	})
	return affected, err
}

func (s *sqlite) announce(_ context.Context, a announcement) error {
	s.hub.pending.add(a)
	return nil
}

func (s *sqlite) read(ctx context.Context, fn func(*Tx) error) error {
	var seen *flush
	err := s.borrow(ctx, func(conn *liteSession) (sound bool, err error) {
		if err := conn.beginReading(); err != nil {
			return false, err
		}
		seen = s.writer.last.Load()
		sound, err = conn.reading(&Tx{ctx: ctx, on: conn}, fn)
		return conn.run("ROLLBACK") == nil && sound, err
	})
	return known(ctx, seen, err)
}

func (s *sqlite) readOne(ctx context.Context, fn func(*Tx) error) error {
	var seen *flush
	err := s.borrow(ctx, func(conn *liteSession) (sound bool, err error) {
		sound, err = conn.reading(&Tx{ctx: ctx, on: conn, one: true}, fn)
		seen = s.writer.last.Load()
		return sound, err
	})
	return known(ctx, seen, err)
}

// beginReading takes the snapshot at once, which SQLite else does at the first
// question: what is committed later needs not be waited for.
func (s *liteSession) beginReading() error {
	return errors.Join(s.run("BEGIN"), s.run("SELECT 1 FROM sqlite_schema LIMIT 1"))
}

// known returns err, the outcome of a reading, once seen is durable, the latest
// commit that it can have seen (nil: it saw nothing): what is told to somebody
// must not be taken back by a power cut.
func known(ctx context.Context, seen *flush, err error) error {
	if seen == nil || ctx.Value(ahead{}) != nil {
		return err
	}
	if lost := seen.durable(); lost != nil {
		return lost
	}
	return err
}

// reading runs fn; after a panic in it the connection is not sound.
func (s *liteSession) reading(tx *Tx, fn func(*Tx) error) (sound bool, err error) {
	err = tx.end(guard(fn, tx))
	var caught *PanicError
	sound = !errors.As(err, &caught)
	if tx.ctx.Err() != nil && errors.Is(err, sqlite3.INTERRUPT) {
		err = tx.ctx.Err()
	}
	return sound, err
}

// borrow lends fn the reader that was used last, since its cache is the newest; it
// is not used again if it is not sound afterwards.
func (s *sqlite) borrow(ctx context.Context, fn func(*liteSession) (sound bool, err error)) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-s.writer.closing:
		return ErrClosed
	case s.readers <- struct{}{}:
	}
	conn := s.rested()
	sound := false
	defer func() {
		if !sound && conn != nil { // a connection of unknown state is not used again
			err = errors.Join(err, conn.close())
		} else if conn != nil {
			s.rest(conn)
		}
		<-s.readers
	}()
	if conn == nil {
		if conn, err = openLite(ctx, s.path, true, s.cache); err != nil {
			return err
		}
	}
	sound, err = fn(conn)
	return err
}

// rested is the reader that came back last; nil: all that were opened are in use.
func (s *sqlite) rested() *liteSession {
	s.atRest.Lock()
	defer s.atRest.Unlock()
	last := len(s.idle) - 1
	if last < 0 {
		return nil
	}
	conn := s.idle[last]
	s.idle = s.idle[:last]
	return conn
}

func (s *sqlite) rest(conn *liteSession) {
	s.atRest.Lock()
	defer s.atRest.Unlock()
	s.idle = append(s.idle, conn)
}

func (s *sqlite) close() error {
	err := s.writer.close()
	for range cap(s.readers) { // each comes back when its reading ends
		s.readers <- struct{}{}
	}
	for conn := s.rested(); conn != nil; conn = s.rested() {
		err = errors.Join(err, conn.close())
	}
	return errors.Join(err, s.tidier.close())
}

func (s *sqlite) migrate(ctx context.Context, files fs.FS, last int64) error {
	s.migrating.Lock()
	defer s.migrating.Unlock()
	pool, err := openLitePool(s.path, false, sortCache)
	if err != nil {
		return err
	}
	// Indexes of many rows are sorted in files: a connection's memory is bounded.
	if _, err = pool.ExecContext(ctx, "PRAGMA temp_store=FILE"); err == nil {
		err = migrateSQLite(ctx, pool, files, last, s.log)
	}
	return errors.Join(err, pool.Close())
}

// guard calls fn and gives a panic back as an error.
func guard(fn func(*Tx) error, tx *Tx) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	return fn(tx)
}
