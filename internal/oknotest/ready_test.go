package oknotest_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/smtp"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/app"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/oknotest"
)

func TestCommandSaysWhetherTheServerIsReady(t *testing.T) {
	oknotest.Each(t, oknotest.Options{}, func(t *testing.T, r *oknotest.Rig) {
		if said, err := app.Ready(t.Context(), r.Config); err != nil || said != "ready\n" {
			t.Errorf("of a sound house: %q, %v", said, err)
		}
		if err := r.DB.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(`ALTER TABLE setting RENAME TO mislaid`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		said, err := app.Ready(t.Context(), r.Config)
		var refusal *app.Refusal
		if !errors.As(err, &refusal) || refusal.Exit != 1 || !strings.HasPrefix(refusal.Text, "not ready: database\ndatabase: ") || said != "" {
			t.Errorf("of a broken house: %q, %v", said, err)
		}
		elsewhere := *r.Config
		elsewhere.Data = t.TempDir()
		if _, err := app.Ready(t.Context(), &elsewhere); !errors.Is(err, app.ErrNotRunning) {
			t.Errorf("of no house: %v", err)
		}
	})
}

func TestCommandsAreAnsweredWhileAnyThatOnlyReadsRuns(t *testing.T) {
	data := unpacked(t, "sqlite")
	begin := func(args ...string) *app.House {
		h, err := app.Open(t.Context(), configured(t, append([]string{"--data", data, "--listen", "127.0.0.1:0"}, args...)...), slog.New(slog.DiscardHandler), time.Now)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	begin().Close() // brings the tables up to date
	first, second, third := begin("--read-only"), begin("--read-only"), begin("--read-only")
	answered := func() {
		for {
			if _, err := app.Ready(t.Context(), first.Config); err == nil {
				return
			} else if !errors.Is(err, app.ErrNotRunning) {
				t.Fatal(err)
			}
		}
	}
	t.Run("the first ends", func(both *testing.T) {
		served(both, first)
		answered()
		served(t, second)
	})
	answered()
	t.Run("the last ends", func(both *testing.T) {
		served(both, third)
		a, err := http.Get("http://" + third.Addr() + "/healthz")
		if err != nil {
			t.Fatal(err)
		}
		a.Body.Close()
	})
	if _, err := app.Ready(t.Context(), second.Config); err != nil {
		t.Error(err)
	}
}

func TestLettersAndCommandsAreTakenInWhileThePagesDrain(t *testing.T) {
	data := t.TempDir()
	h := openHouse(t, "sqlite:"+filepath.Join(data, "okno.db"), filepath.Join(data, "key"), "--data", data, "--drain", "2s", "--smtp-listen", "127.0.0.1:0")
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	var err error
	for said := ""; said == ""; {
		said, err = app.Ready(t.Context(), h.Config)
	}
	stop()
	for err == nil {
		_, err = app.Ready(t.Context(), h.Config)
	}
	var refusal *app.Refusal
	if !errors.As(err, &refusal) || refusal.Text != "not ready: draining" {
		t.Errorf("a command was answered %v", err)
	}
	if c, err := smtp.Dial(h.MailAddrs()[0]); err != nil {
		t.Error(err)
	} else {
		_ = c.Close()
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	h.Close()
}
