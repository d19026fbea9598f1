// Package dbtest gives every room's tests real databases: a fresh SQLite file
// and a fresh database on a throwaway PostgreSQL server.
package dbtest

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/oknodesk/okno/internal/db"
)

// Each runs the test as subtests "sqlite" and "postgres", each on a fresh
// database without a schema.
func Each(t *testing.T, test func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, Open(t, SQLite(t))) })
	t.Run("postgres", func(t *testing.T) { test(t, Open(t, Postgres(t))) })
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

// SQLite returns the url of a file that does not exist yet.
func SQLite(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "okno.db")
}

// Postgres makes an empty database and returns its url; the database goes when
// the test ends. The server is the one named by OKNO_TEST_POSTGRES (a url whose
// role may create databases), else one that all test processes of this machine
// share while any of them runs.
func Postgres(t testing.TB) string {
	t.Helper()
	admin := serverURL(t)
	name := "okno_test_" + strings.ToLower(rand.Text()[:16])
	run(t, admin, "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' STRATEGY file_copy")
	t.Cleanup(func() { run(t, admin, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	own, err := url.Parse(admin)
	if err != nil {
		t.Fatal(err)
	}
	own.Path = "/" + name
	return own.String()
}

// run connects for one statement; a cleanup runs it too, when t.Context is over.
func run(t testing.TB, connection, statement string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	conn, err := pgx.Connect(ctx, connection)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatal(err)
	}
}
