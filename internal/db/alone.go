package db

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
)

// ErrInUse says that other processes work on the database and one was to be
// alone with it, or the other way about. SQLite's files are guarded by the lock
// of their data directory instead.
var ErrInUse = errors.New("other processes work on this database")

// presence is the number of the advisory lock that every process holds while it
// works on a database: shared, or for itself alone.
const presence = 0x6F6B6E6F // "okno"

// takePlace takes the lock on a connection, which holds it as long as it lasts.
func takePlace(ctx context.Context, conn *pgx.Conn, alone bool) error {
	text := `SELECT pg_try_advisory_lock_shared($1)`
	if alone {
		text = `SELECT pg_try_advisory_lock($1)`
	}
	var ours bool
	if err := conn.QueryRow(ctx, text, int64(presence)).Scan(&ours); err != nil {
		return err
	}
	if !ours {
		return ErrInUse
	}
	return nil
}
