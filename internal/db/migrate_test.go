package db_test

import (
	"bytes"
	"io/fs"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

// together is a text that several goroutines write.
type together struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (w *together) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

func (w *together) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

func TestAnUpdateSaysHowFarItHasCome(t *testing.T) {
	first := fstest.MapFS{"00001_a.sql": {Data: []byte("-- +goose Up\nCREATE TABLE a (n {{int}} NOT NULL) {{strict}};\nINSERT INTO a (n) VALUES (1);\n")}}
	later := fstest.MapFS{
		"00002_b.sql": {Data: []byte("-- +goose Up\nCREATE INDEX a_n ON a (n);\n")},
		"00003_c.sql": {Data: []byte("-- +goose NO TRANSACTION\n-- +goose Up\nINSERT INTO a (n) SELECT n + 1 FROM a;\n")},
	}
	for name, url := range map[string]string{"sqlite": dbtest.SQLite(t), "postgres": dbtest.Postgres(t)} {
		t.Run(name, func(t *testing.T) {
			var said together
			d, err := db.Open(t.Context(), url, db.Options{Log: slog.New(slog.NewTextHandler(&said, nil))})
			must(t, err)
			defer func() { must(t, d.Close()) }()
			must(t, d.Migrate(t.Context(), first))
			if text := said.String(); text != "" {
				t.Errorf("a new database says: %s", text)
			}
			both := []fs.FS{first, later}
			errs := make(chan error, 2) // two come at once, and each step is made once
			for range 2 {
				go func() { errs <- d.Migrate(t.Context(), both...) }()
			}
			for range 2 {
				must(t, <-errs)
			}
			text := said.String()
			for _, want := range []string{"steps=2", "name=00002_b.sql", "name=00003_c.sql", "the tables are up to date"} {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not said:\n%s", want, text)
				}
			}
			must(t, d.Migrate(t.Context(), both...))
			if again := said.String(); again != text {
				t.Errorf("with nothing to do it says: %s", strings.TrimPrefix(again, text))
			}
			must(t, d.Read(t.Context(), func(tx *db.Tx) error {
				n, err := db.First(tx, func(row db.Scanner) (n int, err error) { return n, row.Scan(&n) }, `SELECT COUNT(*) FROM a`)
				if n != 2 {
					t.Errorf("%d rows, want 2", n)
				}
				return err
			}))
		})
	}
}
