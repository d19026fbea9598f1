package db_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

// hear returns what comes next, or fails after a while.
func hear(t *testing.T, heard <-chan string) string {
	t.Helper()
	select {
	case payload := <-heard:
		return payload
	case <-time.After(time.Minute):
		t.Fatal("nothing was announced")
		return ""
	}
}

func TestAnnouncementsFollowTheCommitOnce(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		heard := make(chan string, 10)
		cancel := d.Listen("ticket", func(p string) { heard <- p })
		defer d.Listen("other", func(p string) { t.Errorf("other heard %q", p) })()
		done := 0
		undone := errors.New("undone")
		for _, outcome := range []error{undone, nil} {
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				tx.Announce("ticket", "first")
				tx.Announce("ticket", "second\nline")
				tx.OnCommit(func() { done++ })
				return outcome
			})
			if !errors.Is(err, outcome) {
				t.Fatal(err)
			}
		}
		if done != 1 {
			t.Errorf("OnCommit ran %d times, want 1", done)
		}
		for _, want := range []string{"first", "second\nline"} {
			if got := hear(t, heard); got != want {
				t.Errorf("heard %q, want %q", got, want)
			}
		}
		if err := d.Announce(t.Context(), "ticket", "direct"); err != nil {
			t.Fatal(err)
		}
		if got := hear(t, heard); got != "direct" {
			t.Errorf("heard %q, want direct", got)
		}
		cancel()
		last := make(chan string, 1)
		defer d.Listen("last", func(p string) { last <- p })()
		for _, topic := range []string{"ticket", "last"} {
			if err := d.Announce(t.Context(), topic, "after"); err != nil {
				t.Fatal(err)
			}
		}
		hear(t, last)
		if len(heard) > 0 {
			t.Errorf("heard %q after cancel", <-heard)
		}
	})
}

func TestAnnouncementsReachOtherProcesses(t *testing.T) {
	url := dbtest.Postgres(t)
	here, there := dbtest.Open(t, url), dbtest.Open(t, url)
	heard := make(chan string, 10)
	defer there.Listen("ticket", func(p string) { heard <- p })()
	if err := here.Write(t.Context(), func(tx *db.Tx) error { tx.Announce("ticket", "42"); return nil }); err != nil {
		t.Fatal(err)
	}
	if got := hear(t, heard); got != "42" {
		t.Errorf("heard %q, want 42", got)
	}
}

func TestALostConnectionIsToldToListeners(t *testing.T) {
	d := dbtest.Open(t, dbtest.Postgres(t))
	heard := make(chan string, 10)
	defer d.Listen("ticket", func(p string) { heard <- p })()
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		var cut int64
		err := tx.QueryRow(`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
			WHERE datname = current_database() AND query LIKE 'LISTEN%'`).Scan(&cut)
		if cut != 1 {
			t.Errorf("%d connections listen, want 1", cut)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := hear(t, heard); got != "" {
		t.Errorf("heard %q, want nothing in particular", got)
	}
	if err := d.Announce(t.Context(), "ticket", "again"); err != nil {
		t.Fatal(err)
	}
	if got := hear(t, heard); got != "again" {
		t.Errorf("heard %q, want again", got)
	}
}

func TestAnnouncementsAreBounded(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		for _, bad := range [][2]string{{"", "x"}, {"a\nb", "x"}, {strings.Repeat("t", 101), "x"}, {"t", strings.Repeat("p", 7001)}, {"t", "\x00"}} {
			if err := d.Announce(t.Context(), bad[0], bad[1]); err == nil {
				t.Errorf("Announce took %.20q, %.20q", bad[0], bad[1])
			}
			if err := d.Write(t.Context(), func(tx *db.Tx) error { tx.Announce(bad[0], bad[1]); return nil }); err == nil {
				t.Errorf("a change announced %.20q, %.20q", bad[0], bad[1])
			}
		}
	})
}

func TestAFloodIsToldAsSomethingMissed(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLite(t))
	heard := make(chan string, 10000)
	entered, gate := make(chan struct{}), make(chan struct{})
	enter := sync.OnceFunc(func() { close(entered); <-gate })
	defer d.Listen("ticket", func(p string) { enter(); heard <- p })()
	announce := func(times int) {
		for range times {
			if err := d.Announce(t.Context(), "ticket", "x"); err != nil {
				t.Fatal(err)
			}
		}
	}
	announce(1)
	<-entered
	announce(5000)
	close(gate)
	for hear(t, heard) != "" {
	}
}

func TestAListenersPanicStaysItsOwn(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLite(t))
	heard := make(chan string, 1)
	defer d.Listen("ticket", func(string) { panic("listener") })()
	defer d.Listen("ticket", func(p string) { heard <- p })()
	if err := d.Announce(t.Context(), "ticket", "42"); err != nil {
		t.Fatal(err)
	}
	hear(t, heard)
}
