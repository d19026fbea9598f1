package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/ncruces/go-sqlite3"
)

// ErrNotFound says that a query that wanted a row found none.
var ErrNotFound = errors.New("no such row")

// ErrClosed says that the database was closed before the work began.
var ErrClosed = errors.New("database is closed")

// ErrReadOnly says that the database was opened to be read only.
var ErrReadOnly = errors.New("the database is open for reading only")

// errOver says that a Tx was used after its callback had returned.
var errOver = errors.New("transaction is over")

// errOneQuestion says that ReadOne was to do more than it is for.
var errOneQuestion = errors.New("one question was to be asked, and nothing else done")

// PanicError is a panic of a callback, given back to its own caller only.
type PanicError struct {
	Value any
	Stack []byte // of the goroutine that panicked, for the log
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic in a transaction: %v", e.Value) }

// notBegunError is why a transaction was not begun: nothing of it was done.
type notBegunError struct{ error }

func (e *notBegunError) Unwrap() error { return e.error }

// beginAgain tells whether a transaction did not begin for want of a server.
func beginAgain(err error) bool {
	var not *notBegunError
	return errors.As(err, &not) && IsAway(err)
}

// reachError is why no server was reached, in one line: the driver names each
// address with and without TLS, each in a line of its own.
type reachError struct{ error }

func (e *reachError) Unwrap() error { return e.error }

func (e *reachError) Error() string {
	var said []string
	for line := range strings.Lines(e.error.Error()) {
		if line = strings.TrimSpace(line); !slices.Contains(said, line) && !strings.HasSuffix(line, "tls error: server refused TLS connection") {
			said = append(said, line)
		}
	}
	return strings.Join(said, " ")
}

// IsAway tells whether err says that there is no server just now: it was not
// reached, it went away, it is starting or stopping, or it is a standby that
// takes no changes; or that SQLite cannot get at its file. Whether a change that was being committed was made is not
// known then; what was not begun was not.
func IsAway(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) {
		return false
	}
	if pg := (*pgconn.PgError)(nil); errors.As(err, &pg) {
		switch pg.Code { // PostgreSQL, appendix A
		case "57P01", "57P02", "57P03", "25006", "53300":
			return true
		}
		return strings.HasPrefix(pg.Code, "08")
	}
	if lite := sqlite3.ErrorCode(0); errors.As(err, &lite) { // all of which look like a network's
		switch lite {
		case sqlite3.BUSY, sqlite3.LOCKED, sqlite3.NOMEM, sqlite3.READONLY, sqlite3.IOERR, sqlite3.CANTOPEN, sqlite3.PROTOCOL:
			return true // its file is out of reach just now
		}
		return false
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, net.ErrClosed) || errors.Is(err, pgconn.ErrConnClosed)
}

// IsUnique tells whether err is a refusal because a value is taken. column
// names which ("address.folded"; one of them, where several are unique
// together); "" means any.
func IsUnique(err error, column string) bool {
	table, columns, ok := uniqueColumns(err)
	if !ok || column == "" {
		return ok
	}
	wantTable, wantColumn, _ := strings.Cut(column, ".")
	return table == wantTable && slices.Contains(columns, wantColumn)
}

func uniqueColumns(err error) (table string, columns []string, ok bool) {
	if pg := (*pgconn.PgError)(nil); errors.As(err, &pg) && pg.Code == "23505" {
		return pg.TableName, keyColumns(pg.Detail), true
	}
	lite := (*sqlite3.Error)(nil)
	if !errors.As(err, &lite) {
		return "", nil, false
	}
	switch lite.ExtendedCode() {
	case sqlite3.CONSTRAINT_UNIQUE, sqlite3.CONSTRAINT_PRIMARYKEY, sqlite3.CONSTRAINT_ROWID:
	default:
		return "", nil, false
	}
	// "…UNIQUE constraint failed: address.person, address.folded"
	text := lite.Error()
	for full := range strings.SplitSeq(text[strings.LastIndex(text, ": ")+2:], ", ") {
		if t, c, found := strings.Cut(full, "."); found {
			table, columns = t, append(columns, c)
		}
	}
	return table, columns, true
}

// keyColumns reads PostgreSQL's detail, "Key (a, b)=(1, 2) already exists.",
// whose words are in the server's language: only the brackets are relied on.
func keyColumns(detail string) []string {
	head, _, found := strings.Cut(detail, ")=(")
	_, list, opened := strings.Cut(head, "(")
	if !found || !opened {
		return nil
	}
	columns := strings.Split(list, ", ")
	for i, c := range columns {
		columns[i] = strings.Trim(c, `"`)
	}
	return columns
}
