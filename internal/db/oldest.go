package db

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"runtime/debug"
	"strconv"
)

// TooOldError says that a newer program has changed the schema in a way that
// this one cannot work with.
type TooOldError struct {
	Needs   int64  // the migration that a program must know
	Knows   int64  // the newest that this one knows
	Program string // the version of the program that changed the schema
}

func (e *TooOldError) Error() string {
	return fmt.Sprintf("this program is too old for the database: it knows the schema up to %d, and the database serves programs that know %d; "+
		"start the version that was here before (%s) or a newer one", e.Knows, e.Needs, e.Program)
}

// Version is the version of the running program, as the builder wrote it down.
func Version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown"
}

var plainVersion = regexp.MustCompile(`^[A-Za-z0-9.+()-]{1,80}$`)

// oldest is the house word {{oldest N}}: from this migration on, the database
// serves only programs that know migration N.
func oldest(n string) string {
	program := Version()
	if !plainVersion.MatchString(program) {
		program = "unknown"
	}
	return "CREATE TABLE IF NOT EXISTS schema_oldest (one BIGINT PRIMARY KEY, migration BIGINT NOT NULL, program TEXT NOT NULL);\n" +
		"INSERT INTO schema_oldest (one, migration, program) VALUES (1, " + n + ", '" + program + "')\n" +
		"ON CONFLICT (one) DO UPDATE SET migration = excluded.migration, program = excluded.program"
}

// Serves returns a *TooOldError when the schema asks for a program that knows
// more than migration knows.
func (d *DB) Serves(ctx context.Context, knows int64) error {
	return d.Read(ctx, func(tx *Tx) error {
		there, err := d.HasTable(tx, "schema_oldest")
		if err != nil || !there {
			return err
		}
		e := &TooOldError{Knows: knows}
		err = tx.QueryRow(`SELECT migration, program FROM schema_oldest WHERE one = 1`).Scan(&e.Needs, &e.Program)
		if errors.Is(err, ErrNotFound) || err == nil && e.Needs <= knows {
			return nil
		}
		if err != nil {
			return err
		}
		return e
	})
}

// Schema is the highest migration that the database has had; 0: none.
func (d *DB) Schema(tx *Tx) (n int64, err error) {
	there, err := d.HasTable(tx, "goose_db_version")
	if err != nil || !there {
		return 0, err
	}
	err = tx.QueryRow(`SELECT COALESCE(max(version_id), 0) FROM goose_db_version`).Scan(&n)
	return n, err
}

var migrationName = regexp.MustCompile(`^([0-9]{1,9})_.*\.sql$`)

// Newest is the highest number among the migrations of the sources.
func Newest(sources ...fs.FS) (newest int64, err error) {
	for _, source := range sources {
		names, err := fs.Glob(source, "*.sql")
		if err != nil {
			return 0, err
		}
		for _, name := range names {
			part := migrationName.FindStringSubmatch(name)
			if part == nil {
				return 0, fmt.Errorf("migration %s has no number", name)
			}
			n, err := strconv.ParseInt(part[1], 10, 64)
			if err != nil {
				return 0, err
			}
			newest = max(newest, n)
		}
	}
	return newest, nil
}
