package db

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// ErrPooled says that between here and PostgreSQL stands a pooler that gives
// each transaction another connection.
var ErrPooled = errors.New("a pooler stands between that gives every transaction another connection, where announcements and locks of a session are lost: " +
	"set it to one connection for a session (PgBouncer: pool_mode = session), or name the server itself")

// pooled tells whether a pooler such as PgBouncer answers in the server's place:
// it gives a session a number of its own. One that takes the session's
// connection away between transactions is refused with ErrPooled.
func pooled(ctx context.Context, conn *pgx.Conn) (bool, error) {
	first, err := serverProcess(ctx, conn)
	if err != nil || first == conn.PgConn().PID() {
		return false, err
	}
	other, err := pgx.ConnectConfig(ctx, conn.Config())
	if err != nil {
		return true, err
	}
	defer func() { _ = other.Close(ctx) }() // it was only asked
	// What is in a transaction holds a connection: ours, if that is not ours alone.
	if _, err := other.PgConn().Exec(ctx, "begin").ReadAll(); err != nil {
		return true, err
	}
	its, err := serverProcess(ctx, other)
	if err != nil {
		return true, err
	}
	again, err := serverProcess(ctx, conn)
	if err == nil && (its == first || again != first) {
		err = ErrPooled
	}
	return true, err
}

// serverProcess asks without a prepared statement, which such a pooler may not know.
func serverProcess(ctx context.Context, conn *pgx.Conn) (process uint32, err error) {
	err = conn.QueryRow(ctx, `SELECT pg_backend_pid()`, pgx.QueryExecModeSimpleProtocol).Scan(&process)
	return process, err
}

// setEach is what sets parameters on a connection that a pooler refuses to begin
// with them.
func setEach(params map[string]string) func(context.Context, *pgx.Conn) error {
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(params)) {
		text.WriteString("SET " + name + " = '" + params[name] + "';")
	}
	return func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.PgConn().Exec(ctx, text.String()).ReadAll()
		return err
	}
}
