package soak

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/app"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/oknotest"
)

// slowest is what a change may wait for its commit while a backup is made, on a
// machine that has time for both.
const slowest = 100 * time.Millisecond

// A backup reads for as long as it takes; changes go on beside it.
func TestSoakABackupHoldsUpNobody(t *testing.T) {
	rows := 20_000
	if os.Getenv("OKNO_TEST_SOAK") != "" {
		rows = 1_000_000
	}
	r := oknotest.Start(t, oknotest.Options{})
	keep := func(from, n int) error {
		return r.DB.Write(context.Background(), func(tx *db.Tx) error {
			for i := range n {
				if _, err := tx.Exec(`INSERT INTO submission (submission, result, created) VALUES (?, ?, ?)`, fmt.Sprint("row ", from+i), "a result of some length", r.Clock.Now().UnixMicro()); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for n := 0; n < rows; n += 1000 {
		if err := keep(n, 1000); err != nil {
			t.Fatal(err)
		}
	}
	stop := make(chan struct{})
	var waits []time.Duration
	var writing sync.WaitGroup
	writing.Go(func() {
		for n := rows; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			begun := time.Now()
			if err := keep(n, 1); err != nil {
				t.Error(err)
				return
			}
			waits = append(waits, time.Since(begun))
		}
	})
	begun := time.Now()
	var said bytes.Buffer
	err := app.Backup(t.Context(), r.Config, slog.New(slog.DiscardHandler), filepath.Join(t.TempDir(), "backup"), false, &said)
	took := time.Since(begun)
	close(stop)
	writing.Wait()
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(waits)
	t.Logf("a backup of %d rows took %s; of %d changes beside it the middle one waited %s, the 99th of a hundred %s, the last %s",
		rows, took, len(waits), waits[len(waits)/2], waits[len(waits)*99/100], waits[len(waits)-1])
	// Where the machine is busy all is slow; whoever is held up waits for most of the backup.
	if middle := waits[len(waits)/2]; middle > slowest && middle > took/4 {
		t.Errorf("the middle change waited %s", middle)
	}
}
