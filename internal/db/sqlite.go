package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/ext/fts5"
)

// Caches are small: they live in every connection, and the file's pages are in
// the operating system's cache anyway.
const (
	writerCache = 16 << 10 // KiB
	readerCache = 8 << 10  // KiB
	busyTimeout = 10 * time.Second
	walKept     = 64 << 20 // bytes of log file kept when it starts anew
)

// sqlite is a file with one writer, some readers and a checkpointer.
type sqlite struct {
	path    string
	log     *slog.Logger
	hub     *hub
	writer  *writer
	readers chan *liteSession // nil stands for one not opened yet
	tidier  *checkpointer

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
	s := &sqlite{path: path, log: o.Log, hub: h, readers: make(chan *liteSession, o.Readers)}
	for range o.Readers {
		s.readers <- nil
	}
	conn, err := openLite(ctx, path, false, writerCache)
	if err != nil {
		return nil, err
	}
	if s.tidier, err = startCheckpointer(ctx, path, o.Log); err != nil {
		return nil, errors.Join(err, conn.close())
	}
	s.writer = startWriter(conn, path, h, s.tidier, o.Log)
	return s, nil
}

func (s *sqlite) dialect() Dialect { return SQLite }

func (s *sqlite) write(ctx context.Context, fn func(*Tx) error) error { return s.writer.write(ctx, fn) }

func (s *sqlite) announce(_ context.Context, a announcement) error {
	s.hub.pending.add(a)
	return nil
}

func (s *sqlite) read(ctx context.Context, fn func(*Tx) error) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	var conn *liteSession
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-s.writer.closing:
		return ErrClosed
	case conn = <-s.readers:
	}
	sound := false
	defer func() {
		if !sound && conn != nil { // a connection of unknown state is not used again
			err = errors.Join(err, conn.close())
			conn = nil
		}
		s.readers <- conn
	}()
	if conn == nil {
		if conn, err = openLite(ctx, s.path, true, readerCache); err != nil {
			return err
		}
	}
	if err := conn.run("BEGIN"); err != nil {
		return err
	}
	tx := &Tx{ctx: ctx, on: conn}
	err = tx.end(guard(fn, tx))
	var caught *PanicError
	sound = conn.run("ROLLBACK") == nil && !errors.As(err, &caught)
	if ctx.Err() != nil && errors.Is(err, sqlite3.INTERRUPT) {
		return ctx.Err()
	}
	return err
}

func (s *sqlite) close() error {
	err := s.writer.close()
	for range cap(s.readers) { // each comes back when its reading ends
		if conn := <-s.readers; conn != nil {
			err = errors.Join(err, conn.close())
		}
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

// liteSession is one SQLite connection with its prepared statements.
type liteSession struct {
	pool       *sql.DB
	conn       *sql.Conn
	raw        *sqlite3.Conn
	statements map[string]*sql.Stmt
}

func openLitePool(path string, readOnly bool, cacheKiB int) (*sql.DB, error) {
	// _timefmt=sqlite keeps the driver from taking text that looks like a time for one.
	name := (&url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: "vfs=" + logVFS + "&_timefmt=sqlite"}).String()
	pool, err := driver.Open(name, func(c *sqlite3.Conn) error {
		if err := c.BusyTimeout(busyTimeout); err != nil {
			return err
		}
		if err := fts5.Register(c); err != nil {
			return err
		}
		// Without this a statement whose plan could depend on its arguments is
		// compiled anew each time it runs.
		if _, err := c.Config(sqlite3.DBCONFIG_ENABLE_QPSG, true); err != nil {
			return err
		}
		return c.Exec(fmt.Sprintf(`PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=FAST;
			PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=0;
			PRAGMA journal_size_limit=%d; PRAGMA cache_size=-%d; PRAGMA query_only=%t`, walKept, cacheKiB, readOnly))
	})
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	return pool, nil
}

func openLite(ctx context.Context, path string, readOnly bool, cacheKiB int) (*liteSession, error) {
	pool, err := openLitePool(path, readOnly, cacheKiB)
	if err != nil {
		return nil, err
	}
	s := &liteSession{pool: pool, statements: make(map[string]*sql.Stmt)}
	if s.conn, err = pool.Conn(ctx); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	err = s.conn.Raw(func(c any) error {
		s.raw = c.(driver.Conn).Raw()
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *liteSession) exec(ctx context.Context, text string, args []any) (int64, error) {
	st, err := s.prepared(text)
	if err != nil {
		return 0, err
	}
	result, err := st.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (s *liteSession) send(ctx context.Context, text string, args []any) error {
	_, err := s.exec(ctx, text, args)
	return err
}

func (s *liteSession) query(ctx context.Context, text string, args []any) (cursor, error) {
	st, err := s.prepared(text)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

func (s *liteSession) nextOf(sequence string) (string, []any) {
	return `UPDATE sequence SET last = last + 1 WHERE name = ? RETURNING last`, []any{sequence}
}

// run runs a statement that ends or begins something, whatever became of the
// caller's context.
func (s *liteSession) run(text string) error {
	_, err := s.exec(context.Background(), text, nil)
	return err
}

// prepared returns the statement for text, prepared once. No rows are open
// when it is called (Tx sees to that), so all may be thrown away at once.
func (s *liteSession) prepared(text string) (*sql.Stmt, error) {
	if st, ok := s.statements[text]; ok {
		return st, nil
	}
	if len(s.statements) >= maxTexts {
		for known, st := range s.statements {
			delete(s.statements, known)
			if err := st.Close(); err != nil {
				return nil, err
			}
		}
	}
	st, err := s.conn.PrepareContext(context.Background(), text)
	if err != nil {
		return nil, err
	}
	s.statements[text] = st
	return st, nil
}

func (s *liteSession) close() error {
	var err error
	for _, st := range s.statements {
		err = errors.Join(err, st.Close())
	}
	return errors.Join(err, s.conn.Close(), s.pool.Close())
}
