package db

import (
	"errors"
	"testing"

	"github.com/ncruces/go-sqlite3/vfs"
)

// freed is a log's file that knows what was freed of it at a time.
type freed struct {
	vfs.File
	pieces []int64
}

func (f *freed) Truncate(size int64) error {
	before, err := f.Size()
	f.pieces = append(f.pieces, before-size)
	return errors.Join(err, f.File.Truncate(size))
}

func TestALongLogIsFreedByPiecesBetweenCommits(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	opened, _, err := vfs.Find("").(vfs.VFSFilename).OpenFilename(nil, vfs.OPEN_TEMP_JOURNAL|vfs.OPEN_READWRITE|vfs.OPEN_CREATE|vfs.OPEN_DELETEONCLOSE)
	if err != nil {
		t.Fatal(err)
	}
	disk := &freed{File: opened}
	log := &logFile{File: disk}
	defer log.Close()
	page := make([]byte, 4096)
	write := func(at int64) {
		t.Helper()
		if _, err := log.WriteAt(page, at); err != nil {
			t.Fatal(err)
		}
	}
	begunAnew := func(keep int64) { // in a commit, as SQLite shortens a log
		t.Helper()
		write(0)
		log.later = true
		if err := log.Truncate(keep); err != nil {
			t.Fatal(err)
		}
		log.later = false
		if len(disk.pieces) > 0 {
			t.Errorf("a commit freed %d", disk.pieces)
		}
	}
	shorten := func(times int, left int64) {
		t.Helper()
		disk.pieces = nil
		for range times {
			if err := log.shorten(); err != nil {
				t.Fatal(err)
			}
		}
		size, err := log.Size()
		if err != nil || size != left {
			t.Errorf("it has %d bytes, want %d, error %v", size, left, err)
		}
		for _, piece := range disk.pieces {
			if piece > logPiece {
				t.Errorf("%d bytes were freed at once", piece)
			}
		}
	}
	const long, keep = 5*logPiece + 4096, logPiece
	write(long - 4096)
	shorten(2, long) // nobody asked for it
	disk.pieces = nil
	begunAnew(keep)
	shorten(2, long-2*logPiece)
	write(2 * logPiece) // a change since
	shorten(5, 2*logPiece+4096)
	if write(long - 4096); log.long {
		t.Error("it is shortened still, though it was done")
	}
	disk.pieces = nil
	begunAnew(keep)
	shorten(9, keep)
	if err := log.Truncate(0); err != nil { // no commit: at once
		t.Fatal(err)
	}
	shorten(2, 0)
}
