package oknotest_test

import (
	"errors"
	"flag"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/app"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
)

// configured is what the program makes of a command line.
func configured(t *testing.T, args ...string) *app.Config {
	t.Helper()
	fs := flag.NewFlagSet("okno", flag.ContinueOnError)
	flags := app.AddFlags(fs)
	if err := fs.Parse(args); err != nil {
		t.Fatal(err)
	}
	c, err := flags.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestInstallationMovesToPostgreSQLAndBack(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	data := unpacked(t, "sqlite")
	lite, back, pg := "sqlite:"+filepath.Join(data, "okno.db"), "sqlite:"+filepath.Join(data, "back.db"), dbtest.Postgres(t)
	open := func(url string) *app.House {
		h, err := app.Open(t.Context(), configured(t, "--data", data, "--db", url), log, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	c := configured(t, "--data", data)
	open(lite).Close() // brings the tables up to date
	move := func(from, to string) error { return app.CopyDB(t.Context(), c, log, from, to, false, io.Discard) }
	refused := func(why, from, to string) {
		var refusal *app.Refusal
		if err := move(from, to); !errors.As(err, &refusal) {
			t.Errorf("%s: %v", why, err)
		}
	}
	if err := move(lite, pg); err != nil {
		t.Fatal(err)
	}
	refused("over what is there", lite, pg)
	refused("into a directory that is not there", lite, "sqlite:"+filepath.Join(data, "none", "okno.db"))
	for _, same := range []string{lite, "sqlite:" + filepath.Join(data, ".", "files", "..", "okno.db")} {
		var refusal *app.Refusal
		if err := app.CopyDB(t.Context(), c, log, lite, same, true, io.Discard); !errors.As(err, &refusal) || refusal.Exit != app.ExitUsage {
			t.Errorf("over itself: %v", err)
		}
	}
	var away *app.Refusal
	if err := move(lite, "postgres://okno:hidden@127.0.0.1:1/none"); !errors.As(err, &away) || away.Exit != app.ExitUnavailable || !strings.HasPrefix(away.Text, "--to: ") {
		t.Errorf("to a server that is not there: %v", err)
	}
	refused("from nowhere", "sqlite:"+filepath.Join(data, "none.db"), back)
	h := open(pg)
	refused("while the source is served", pg, back)
	want, _ := standing(t, dbtest.Open(t, lite))
	got, _ := standing(t, h.DB)
	for name := range want {
		if !slices.Equal(want[name], got[name]) {
			t.Errorf("%s: %d rows became %d, or others", name, len(want[name]), len(got[name]))
		}
	}
	opened, err := h.Desk.OpenTicket(t.Context(), okno.Actor{Door: okno.DoorPortal}, desk.Opening{
		Key: "moved", Name: "New", Address: "new@customer.example", Channel: okno.ChannelWeb, Subject: "Moved", Text: "Still here?"})
	if err != nil || len(opened.Number) != 6 {
		t.Errorf("a ticket after the move: %v, %v", opened, err)
	}
	h.Close()
	if err := move(pg, back); err != nil {
		t.Fatal(err)
	}
	h = open(back)
	defer h.Close()
	there, _ := standing(t, h.DB)
	if len(there["ticket"]) != len(want["ticket"])+1 {
		t.Errorf("%d tickets came back of %d", len(there["ticket"]), len(want["ticket"])+1)
	}
	lock, err := app.LockData(data, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	refused("while the directory is served", lite, "sqlite:"+filepath.Join(data, "third.db"))
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
}
