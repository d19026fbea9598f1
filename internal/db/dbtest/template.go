package dbtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/oknodesk/okno/internal/db"
)

// migrated is a database with a schema and nothing else: to copy one takes a
// fraction of what its migrations take.
type migrated struct {
	file []byte // SQLite's
	name string // PostgreSQL's
}

// templates are those of this process, by what their migrations say.
var (
	templates = map[string]migrated{}
	making    sync.Mutex
)

func template(t testing.TB, dialect db.Dialect, migrations []fs.FS) migrated {
	t.Helper()
	making.Lock()
	defer making.Unlock()
	sum := sumOf(t, dialect, migrations)
	made, ok := templates[sum]
	if !ok {
		if dialect == db.SQLite {
			made.file = migratedFile(t, migrations)
		} else {
			made.name = "okno_template_" + sum
			migratedDatabase(t, made.name, migrations)
		}
		templates[sum] = made
	}
	return made
}

func sumOf(t testing.TB, dialect db.Dialect, migrations []fs.FS) string {
	t.Helper()
	texts, err := db.Texts(dialect, migrations...)
	must(t, err)
	names, err := fs.Glob(texts, "*")
	must(t, err)
	h := sha256.New()
	h.Write([]byte(dialect.String()))
	for _, name := range names {
		text, err := fs.ReadFile(texts, name)
		must(t, err)
		h.Write([]byte("\x00" + name + "\x00"))
		h.Write(text)
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

func migratedFile(t testing.TB, migrations []fs.FS) []byte {
	t.Helper()
	url := SQLite(t)
	migrate(t, url, migrations)
	file, err := os.ReadFile(strings.TrimPrefix(url, "sqlite:"))
	must(t, err)
	return file
}

// migratedDatabase makes a server's template, which all test processes share:
// it stays until the server goes, or until it is dropped by hand.
func migratedDatabase(t testing.TB, name string, migrations []fs.FS) {
	t.Helper()
	admin := serverURL(t)
	there, err := exists(t.Context(), admin, name)
	must(t, err)
	if there {
		return
	}
	own := newName()
	must(t, create(admin, own, "template0"))
	migrate(t, at(t, admin, own), migrations)
	var refusal *pgconn.PgError
	err = run(admin, "ALTER DATABASE "+own+" RENAME TO "+name)
	if errors.As(err, &refusal) && refusal.Code == "42P04" { // duplicate_database: another process made it
		err = run(admin, "DROP DATABASE "+own)
	}
	must(t, err)
}

func exists(ctx context.Context, admin, name string) (there bool, err error) {
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		return false, err
	}
	defer conn.Close(ctx)
	err = conn.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)`, name).Scan(&there)
	return there, err
}

func migrate(t testing.TB, url string, migrations []fs.FS) {
	t.Helper()
	d, err := db.Open(t.Context(), url, db.Options{Readers: 1})
	must(t, err)
	must(t, errors.Join(d.Migrate(t.Context(), migrations...), d.Close()))
}
