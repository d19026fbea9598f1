package db

import (
	"testing"

	"github.com/ncruces/go-sqlite3/vfs"
)

// synced is a file that counts how often it was made durable.
type synced struct {
	wholeFile
	times int
}

func (s *synced) Sync(flags vfs.SyncFlag) error {
	s.times++
	return s.wholeFile.Sync(flags)
}

func TestWhatACheckpointCopiesIsMadeDurableByPieces(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	opened, _, err := vfs.Find(logVFS).(vfs.VFSFilename).OpenFilename(nil, vfs.OPEN_MAIN_DB|vfs.OPEN_READWRITE|vfs.OPEN_CREATE|vfs.OPEN_DELETEONCLOSE)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	file := opened.(*mainFile)
	disk := &synced{wholeFile: file.wholeFile}
	file.wholeFile = disk
	page := make([]byte, 4096)
	write := func(pieces int) {
		for at := range int64(pieces * mainLoose / len(page)) {
			if _, err := file.WriteAt(page, at*int64(len(page))); err != nil {
				t.Fatal(err)
			}
		}
	}
	if write(3); disk.times != 3 {
		t.Errorf("three pieces were made durable in %d", disk.times)
	}
	if _, err := file.WriteAt(page, 0); err != nil {
		t.Fatal(err)
	}
	if err := file.Sync(vfs.SYNC_NORMAL); err != nil { // SQLite's own, at the end
		t.Fatal(err)
	}
	if write(1); disk.times != 5 {
		t.Errorf("made durable %d times, want 5: what SQLite has made durable is not loose", disk.times)
	}
	if err := file.Sync(vfs.SYNC_NORMAL); err != nil {
		t.Fatal(err)
	}
	disk.times = 0
	// Behind a long reading there are gigabytes, and a piece of the usual length holds commits up.
	write((mainMuch + 2*mainLoose) / mainLoose)
	if least := mainMuch/mainLoose + mainLoose/mainPiece; disk.times < least {
		t.Errorf("a long checkpoint was made durable in %d pieces, want %d at least", disk.times, least)
	}
}
