package db_test

import (
	"testing"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

func TestWhoReadsAloneReadsByTheReaderThatWasUsedLast(t *testing.T) {
	d, err := db.Open(t.Context(), dbtest.SQLite(t), db.Options{Readers: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	nothing := func(*db.Tx) error { return nil }
	for range 3 {
		if err := d.Read(t.Context(), nothing); err != nil {
			t.Fatal(err)
		}
	}
	if open, _ := db.RestingReaders(d); open != 1 {
		t.Errorf("%d readers are open after readings one after another, want 1", open)
	}
	err = d.Read(t.Context(), func(*db.Tx) error {
		if busy := d.Stats().Busy; busy != 1 {
			t.Errorf("%d readers are in use beside a reading, want 1", busy)
		}
		return d.Read(t.Context(), nothing)
	})
	if err != nil {
		t.Fatal(err)
	}
	if open, _ := db.RestingReaders(d); open != 2 {
		t.Errorf("%d readers are open after two readings at once, want 2", open)
	}
}

func TestReadersShareTheMemoryForPages(t *testing.T) {
	for readers, want := range map[int]int{1: 32 << 10, 2: 32 << 10, 4: 16 << 10, 64: 8 << 10} {
		d, err := db.Open(t.Context(), dbtest.SQLite(t), db.Options{Readers: readers})
		if err != nil {
			t.Fatal(err)
		}
		if _, cache := db.RestingReaders(d); cache != want {
			t.Errorf("%d readers have %d KiB each, want %d", readers, cache, want)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
