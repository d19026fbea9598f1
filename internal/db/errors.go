package db

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/ncruces/go-sqlite3"
)

// ErrNotFound says that a query that wanted a row found none.
var ErrNotFound = errors.New("no such row")

// ErrClosed says that the database was closed before the work began.
var ErrClosed = errors.New("database is closed")

// errOver says that a Tx was used after its callback had returned.
var errOver = errors.New("transaction is over")

// PanicError is a panic of a callback, given back to its own caller only.
type PanicError struct {
	Value any
	Stack []byte // of the goroutine that panicked, for the log
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic in a transaction: %v", e.Value) }

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
