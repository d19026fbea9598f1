// Package dbtest gives every room's tests real databases: a fresh SQLite file
// and a fresh database on a throwaway PostgreSQL server.
package dbtest

import (
	"context"
	"crypto/rand"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/oknodesk/okno/internal/db"
)

// Each runs the test as subtests "sqlite" and "postgres", each on a fresh
// database with the schema of those migrations; without any, an empty one.
func Each(t *testing.T, test func(t *testing.T, d *db.DB), migrations ...fs.FS) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, Open(t, SQLite(t, migrations...))) })
	t.Run("postgres", func(t *testing.T) { test(t, Open(t, Postgres(t, migrations...))) })
}

// Open opens the database at url until the test ends.
func Open(t testing.TB, url string) *db.DB {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	d, err := db.Open(t.Context(), url, db.Options{Log: log, Readers: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close the database: %v", err)
		}
	})
	return d
}

// SQLite returns the url of a file with the schema of those migrations; without
// any, of one that does not exist yet.
func SQLite(t testing.TB, migrations ...fs.FS) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "okno.db")
	if len(migrations) > 0 {
		if err := os.WriteFile(file, template(t, db.SQLite, migrations).file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return "sqlite:" + file
}

// Postgres makes a database with the schema of those migrations, without any an
// empty one, and returns its url; the database goes when the test ends. The server is the one named by OKNO_TEST_POSTGRES (a url whose
// role may create databases), else one that all test processes of this machine
// share while any of them runs.
func Postgres(t testing.TB, migrations ...fs.FS) string {
	t.Helper()
	admin, name := serverURL(t), newName()
	from := "template0"
	if len(migrations) > 0 {
		from = template(t, db.Postgres, migrations).name
	}
	must(t, create(admin, name, from))
	t.Cleanup(func() { must(t, run(admin, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")) })
	return at(t, admin, name)
}

func newName() string { return "okno_test_" + strings.ToLower(rand.Text()[:16]) }

func create(admin, name, from string) error {
	return run(admin, "CREATE DATABASE "+name+" TEMPLATE "+from+" ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' STRATEGY file_copy")
}

// at is the url of a database on the server of another's.
func at(t testing.TB, admin, name string) string {
	t.Helper()
	own, err := url.Parse(admin)
	must(t, err)
	own.Path = "/" + name
	return own.String()
}

// run connects for one statement; a cleanup runs it too, when t.Context is over.
func run(connection, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	conn, err := pgx.Connect(ctx, connection)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
