package oknotest_test

import (
	"errors"
	"strings"
	"testing"

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
