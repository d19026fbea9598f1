package db_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/oknodesk/okno/internal/db"
)

func TestAFullDiskIsCalledFullAndKeepsWhatItKept(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("okno", disk, "tmpfs", 0, "size=2m"); err != nil {
		if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
			t.Skipf("a disk of its own can only be mounted by root: %v", err)
		}
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	var said bytes.Buffer
	d, err := db.Open(t.Context(), "sqlite:"+filepath.Join(disk, "full.db"), db.Options{Log: slog.New(slog.NewTextHandler(&said, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	insert := func(n int, picture []byte) error {
		return d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO person (name, picture) VALUES (?, ?)`, fmt.Sprint(n), picture)
			return err
		})
	}
	picture := bytes.Repeat([]byte{1}, 100<<10)
	kept := 0
	for err == nil {
		if kept == 100 {
			t.Fatal("the disk does not fill up")
		}
		if err = insert(kept, picture); err == nil {
			kept++
		}
	}
	if !db.IsFull(err) || db.IsAway(err) {
		t.Errorf("a full disk is told of as %v", err)
	}
	if err := insert(kept, picture); !db.IsFull(err) {
		t.Errorf("a second change on a full disk: %v", err)
	}
	var n int
	err = d.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(`SELECT count(*) FROM person`).Scan(&n) })
	if err != nil || n != kept {
		t.Errorf("%d rows are there, %d were kept: %v", n, kept, err)
	}
	if err := syscall.Mount("okno", disk, "tmpfs", syscall.MS_REMOUNT, "size=32m"); err != nil {
		t.Fatal(err)
	}
	if err := insert(kept, picture); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if lines := strings.Count(said.String(), "disk is full"); lines == 0 {
		t.Errorf("the log says nothing of it:\n%s", &said)
	}
}
