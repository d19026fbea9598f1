package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/ext/fts5"
)

// liteSession is one SQLite connection with its prepared statements. It speaks
// to SQLite itself: database/sql would ask for the names and declared types of a
// query's columns each time it runs, and start a goroutine for each.
type liteSession struct {
	raw        *sqlite3.Conn
	statements map[string]*liteStatement
}

type liteStatement struct {
	*sqlite3.Stmt
	args, columns int
}

// liteName is the file's name with what SQLite is told while it opens it.
func liteName(path string) string {
	// _timefmt=sqlite keeps the migrations' driver from taking text that looks like a time for one.
	return (&url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: "vfs=" + logVFS + "&_timefmt=sqlite"}).String()
}

// openLitePool opens a file for migrations, which need database/sql.
func openLitePool(path string, readOnly bool, cacheKiB int) (*sql.DB, error) {
	pool, err := driver.Open(liteName(path), func(c *sqlite3.Conn) error { return setUp(c, readOnly, cacheKiB) })
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	return pool, nil
}

func openLite(ctx context.Context, path string, readOnly bool, cacheKiB int) (*liteSession, error) {
	c, err := sqlite3.OpenContext(ctx, liteName(path))
	if err != nil {
		return nil, err
	}
	c.SetInterrupt(ctx)
	if err := setUp(c, readOnly, cacheKiB); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	c.SetInterrupt(context.Background())
	return &liteSession{raw: c, statements: make(map[string]*liteStatement)}, nil
}

func setUp(c *sqlite3.Conn, readOnly bool, cacheKiB int) error {
	// What a reading sorts beyond its cache goes through a file: a connection
	// never gives memory back. The writer's is what undoes a change.
	temporary := "MEMORY"
	if readOnly {
		temporary = "FILE"
	}
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
		PRAGMA trusted_schema=OFF; PRAGMA temp_store=%s; PRAGMA wal_autocheckpoint=0;
		PRAGMA journal_size_limit=%d; PRAGMA cache_size=-%d; PRAGMA query_only=%t`, temporary, walKept, cacheKiB, readOnly))
}

func (s *liteSession) exec(ctx context.Context, text string, args []any) (int64, error) {
	if err := s.perform(ctx, text, args); err != nil {
		return 0, err
	}
	return s.raw.Changes(), nil
}

func (s *liteSession) send(ctx context.Context, text string, args []any) error {
	return s.perform(ctx, text, args)
}

// run runs a statement that ends or begins something, whatever became of the
// caller's context.
func (s *liteSession) run(text string) error { return s.perform(context.Background(), text, nil) }

func (s *liteSession) perform(ctx context.Context, text string, args []any) error {
	st, err := s.bound(ctx, text, args)
	if err != nil {
		return err
	}
	err = st.Exec()
	return errors.Join(err, st.forget())
}

func (s *liteSession) query(ctx context.Context, text string, args []any) (cursor, error) {
	st, err := s.bound(ctx, text, args)
	if err != nil {
		return nil, err
	}
	return &liteRows{st: st}, nil
}

func (s *liteSession) ask(ctx context.Context, text string, args []any, take func(Scanner) error, answered func()) error {
	rows, err := s.query(ctx, text, args)
	if err != nil {
		return err
	}
	for err == nil && rows.Next() {
		err = take(rows)
	}
	answered()
	return errors.Join(err, rows.Err(), rows.Close())
}

func (s *liteSession) answers(context.Context) error { return nil }

func (s *liteSession) nextOf(sequence string) (string, []any) {
	return `UPDATE sequence SET last = last + 1 WHERE name = ? RETURNING last`, []any{sequence}
}

// bound returns the statement for text with its arguments; it ends with ctx.
func (s *liteSession) bound(ctx context.Context, text string, args []any) (*liteStatement, error) {
	s.raw.SetInterrupt(ctx)
	st, err := s.prepared(text)
	if err != nil {
		return nil, err
	}
	if len(args) != st.args {
		return nil, fmt.Errorf("%d arguments, %d expected", len(args), st.args)
	}
	for i, a := range args {
		if err := st.bind(i+1, a); err != nil {
			return nil, errors.Join(fmt.Errorf("argument %d: %w", i+1, err), st.forget())
		}
	}
	return st, nil
}

// prepared returns the statement for text, prepared once. No rows are open
// when it is called (Tx sees to that), so all may be thrown away at once.
func (s *liteSession) prepared(text string) (*liteStatement, error) {
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
	st, rest, err := s.raw.Prepare(text)
	if err != nil {
		return nil, err
	}
	if st == nil || strings.TrimSpace(rest) != "" {
		return nil, errors.Join(errors.New("not one statement"), st.Close())
	}
	known := &liteStatement{st, st.BindCount(), st.ColumnCount()}
	s.statements[text] = known
	return known, nil
}

func (s *liteSession) close() error {
	var err error
	for _, st := range s.statements {
		err = errors.Join(err, st.Close())
	}
	return errors.Join(err, s.raw.Close())
}

// bind gives the statement one of the values that plainArgs makes.
func (st *liteStatement) bind(i int, arg any) error {
	switch v := arg.(type) {
	case nil:
		return st.BindNull(i)
	case int64:
		return st.BindInt64(i, v)
	case float64:
		return st.BindFloat(i, v)
	case string:
		return st.BindText(i, v)
	case []byte:
		return st.BindBlob(i, v)
	}
	return fmt.Errorf("%T is not a value a column can hold", arg)
}

// forget lets go of the arguments, which may be large.
func (st *liteStatement) forget() error {
	if st.args == 0 {
		return nil
	}
	return st.ClearBindings()
}
