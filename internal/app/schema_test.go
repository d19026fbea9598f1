package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

// openOnce is another process that starts on a database and ends again.
func openOnce(url string) {
	dir, err := os.MkdirTemp("", "okno")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	h, err := Open(context.Background(), &Config{Data: dir, DB: url, KeyFile: filepath.Join(dir, "key"), Files: filepath.Join(dir, "files"), Lang: "en"}, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	h.Close()
	os.Exit(0)
}

func TestFourProcessesStartTogetherOnAnEmptyDatabase(t *testing.T) {
	url := dbtest.Postgres(t)
	ended := make(chan error)
	for range 4 {
		go func() {
			child := exec.CommandContext(t.Context(), os.Args[0])
			child.Env = append(os.Environ(), "OKNO_TEST_OPEN="+url)
			said, err := child.CombinedOutput()
			if err != nil {
				err = fmt.Errorf("%w: %s", err, said)
			}
			ended <- err
		}()
	}
	for range 4 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	d := dbtest.Open(t, url)
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		var times, different int
		err := tx.QueryRow(`SELECT count(*), count(DISTINCT version_id) FROM goose_db_version`).Scan(&times, &different)
		if times != different || times < 9 {
			t.Errorf("%d migrations were run %d times", different, times)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestProgramIsToldWhyItMayNotStart(t *testing.T) {
	dir := t.TempDir()
	c := &Config{Data: dir, DB: "sqlite:" + filepath.Join(dir, "okno.db"), KeyFile: filepath.Join(dir, "key"), Files: filepath.Join(dir, "files"), Lang: "en"}
	open := func() error {
		h, err := Open(t.Context(), c, slog.New(slog.DiscardHandler), time.Now)
		if err == nil {
			if err := h.served(t.Context()); err != nil {
				t.Error(err)
			}
			h.Close()
		}
		return err
	}
	if err := open(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ change, want string }{
		{`CREATE TABLE unfinished (what TEXT, begun BIGINT)`, ""},
		{`INSERT INTO unfinished VALUES ('a restore from /backup/okno.backup', 1)`, "a restore from /backup/okno.backup"},
		{`DROP TABLE unfinished`, ""},
		{`CREATE TABLE IF NOT EXISTS schema_oldest (one BIGINT PRIMARY KEY, migration BIGINT, program TEXT)`, ""},
		{`INSERT INTO schema_oldest VALUES (1, 99999, 'v7.1.0') ON CONFLICT (one) DO UPDATE SET migration = excluded.migration, program = excluded.program`, "v7.1.0"},
	} {
		d := dbtest.Open(t, "sqlite:"+filepath.Join(dir, "okno.db"))
		if err := d.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(c.change); return err }); err != nil {
			t.Fatal(err)
		}
		if c.want == "" {
			continue
		}
		var refusal *Refusal
		if err := open(); !errors.As(err, &refusal) || refusal.Exit != ExitConfig || !strings.Contains(refusal.Text, c.want) {
			t.Errorf("%s: %v", c.change, err)
		}
	}
}
