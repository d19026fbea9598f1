package oknotest_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

// A disk that fails ends the program with a word, so that whoever looks after it
// starts it again: it must not go on over what may be lost.
func TestAProgramEndsWhenItsDiskFails(t *testing.T) {
	disk := dbtest.NewDisk(t)
	h := openHouse(t, "sqlite:"+filepath.Join(t.TempDir(), "okno.db"), filepath.Join(t.TempDir(), "key"))
	defer h.Close()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	begun, over := make(chan struct{}), make(chan struct{})
	reading := make(chan error, 1)
	go func() { // keeps the log from starting anew
		reading <- h.DB.Read(context.Background(), func(tx *db.Tx) error {
			var tables int
			err := tx.QueryRow(`SELECT count(*) FROM sqlite_schema`).Scan(&tables)
			close(begun)
			<-over
			return err
		})
	}()
	<-begun
	if _, err := h.Desk.SetupLink(t.Context()); err != nil {
		t.Fatal(err)
	}
	disk.Fail()
	if _, err := h.Desk.SetupLink(t.Context()); !errors.Is(err, db.ErrLost) {
		t.Errorf("a change that could not be made durable ended with %v", err)
	}
	if err := h.DB.Read(t.Context(), func(*db.Tx) error { return nil }); !errors.Is(err, db.ErrLost) {
		t.Errorf("a reading of what may be lost ended with %v", err)
	}
	close(over)
	if err := <-reading; err != nil {
		t.Errorf("a reading of what was durable before ended with %v", err)
	}
	if err := <-ended; !errors.Is(err, db.ErrLost) {
		t.Errorf("the program ended with %v", err)
	}
}
