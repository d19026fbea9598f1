package demo

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/blob"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/secret"
)

func TestSampleIsMadeInBothLanguages(t *testing.T) {
	for _, lang := range []string{"en", "ru"} {
		t.Run(lang, func(t *testing.T) {
			ctx := t.Context()
			d := dbtest.Open(t, dbtest.SQLite(t))
			if err := d.Migrate(ctx, jobs.Migrations, desk.Migrations); err != nil {
				t.Fatal(err)
			}
			dk := seeded(t, d, lang)
			counts, err := dk.Counts(ctx, admin(t, dk))
			if err != nil {
				t.Fatal(err)
			}
			total := counts[okno.ViewOpen] + counts[okno.ViewDone] + counts[okno.ViewClosed]
			if total != Tickets {
				t.Errorf("%d tickets, want %d", total, Tickets)
			}
			for _, v := range okno.Views {
				if v != okno.ViewMine && v != okno.ViewCalls && counts[v] == 0 {
					t.Errorf("nothing stands in the view %s: %v", v, counts)
				}
			}
		})
	}
}

func seeded(t *testing.T, d *db.DB, lang string) *desk.Desk {
	t.Helper()
	files, err := blob.NewDisk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	key, err := secret.LoadKey(t.TempDir() + "/key")
	if err != nil {
		t.Fatal(err)
	}
	c := &Clock{}
	dk := desk.New(desk.Config{DB: d, Blob: files, Key: key, Now: c.Now, Log: slog.New(slog.DiscardHandler), Lang: lang,
		Consequences: func(okno.Event) []string { return nil }})
	t.Cleanup(dk.Close)
	start := time.Now()
	if err := Seed(context.Background(), dk, c, lang, time.Now()); err != nil {
		t.Fatal(err)
	}
	t.Logf("made in %v", time.Since(start))
	return dk
}

func admin(t *testing.T, d *desk.Desk) okno.Actor {
	t.Helper()
	token, err := d.SignIn(t.Context(), "admin@okno.example", Password, "", "test")
	if err != nil {
		t.Fatal(err)
	}
	a, _, err := d.ActorOf(t.Context(), token, okno.DoorAdmin)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
