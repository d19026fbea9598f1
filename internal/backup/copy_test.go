package backup_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/oknodesk/okno/internal/backup"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

func TestPassageBrokenOffGoesOnWhereItWas(t *testing.T) {
	urls := map[string]func(testing.TB, ...fs.FS) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres}
	for from, to := range map[string]string{"sqlite": "postgres", "postgres": "sqlite"} {
		t.Run(from+" to "+to, func(t *testing.T) {
			s, _ := source(t, urls[from](t))
			if err := s.DB.Write(t.Context(), func(tx *db.Tx) error { // more than one batch
				for i := range 6000 {
					if _, err := tx.Exec(`INSERT INTO animal (zoo, name) VALUES (3, ?)`, fmt.Sprint("Слон ", i)); err != nil {
						return err
					}
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			target := dbtest.Open(t, urls[to](t))
			var moved []string
			p := &backup.Passage{From: s.DB, To: target, Name: "there", Migrations: tables, Now: now}
			ctx, stop := context.WithCancel(t.Context())
			p.Moved = func(table string, rows int64) {
				if moved = append(moved, fmt.Sprint(table, " ", rows)); len(moved) == 2 {
					stop()
				}
			}
			if err := p.Copy(ctx); err == nil {
				t.Fatal("it was not broken off")
			}
			var unfinished *db.UnfinishedError
			if err := target.Migrate(t.Context(), tables...); !errors.As(err, &unfinished) {
				t.Errorf("half a copy says %v", err)
			}
			other := *p
			other.Name = "elsewhere"
			if err := other.Copy(t.Context()); !errors.Is(err, backup.ErrOccupied) {
				t.Errorf("another source goes on with it: %v", err)
			}
			if err := p.Copy(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(moved); got != "[zoo 3002 animal 4096 animal 6003]" {
				t.Errorf("moved %s", got)
			}
			if err := target.Migrate(t.Context(), tables...); err != nil {
				t.Error(err)
			}
			if err := p.Copy(t.Context()); !errors.Is(err, backup.ErrOccupied) {
				t.Errorf("over a whole database: %v", err)
			}
			_, want := made(t, s)
			_, got := made(t, backup.Source{DB: target, Blob: s.Blob, Key: s.Key, Now: now})
			if fmt.Sprint(got.Tables, got.Sequences) != fmt.Sprint(want.Tables, want.Sequences) {
				t.Errorf("holds %v\nwant %v", got.Tables, want.Tables)
			}
		})
	}
}

func TestSourceChangedUnderAPassageIsNoticed(t *testing.T) {
	s, _ := source(t, dbtest.SQLite(t))
	p := &backup.Passage{From: s.DB, To: dbtest.Open(t, dbtest.SQLite(t)), Name: "there", Migrations: tables, Now: now}
	ctx, stop := context.WithCancel(t.Context())
	p.Moved = func(string, int64) { stop() }
	if err := p.Copy(ctx); err == nil {
		t.Fatal("it was not broken off")
	}
	if err := s.DB.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(`UPDATE zoo SET name = 'changed' WHERE id = 7`); return err }); err != nil {
		t.Fatal(err)
	}
	if err := p.Copy(t.Context()); err == nil || !strings.Contains(err.Error(), "table zoo") {
		t.Error(err)
	}
}
