package db_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ncruces/go-sqlite3/vfs"

	"github.com/oknodesk/okno/internal/db"
)

// disk is what a test has SQLite's files stand on: it can fail, be slow, and
// remembers what was written and what was made durable.
type disk struct {
	vfs.VFSFilename

	// Where they are set, they are asked before the log is written, and before what was written to it is made durable.
	writing, syncing func() error

	mu    sync.Mutex
	steps []step

	leave func() // has files opened from now on stand on the real disk again
}

// step is what happened to a file, or what somebody was told.
type step struct {
	file    string // its extension
	data    []byte // written
	at      int64  // where; of a truncated file its size
	cut     bool   // truncated
	durable int    // so many of the steps before it are durable from now on, as far as they are of its file
	told    string
}

func newDisk(t *testing.T) *disk {
	d := &disk{VFSFilename: vfs.Find("").(vfs.VFSFilename)}
	d.leave = db.OnDisk(d)
	t.Cleanup(d.leave)
	return d
}

func (d *disk) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	f, got, err := d.VFSFilename.OpenFilename(name, flags)
	if err != nil {
		return f, got, err
	}
	switch {
	case flags&vfs.OPEN_WAL != 0:
		return &diskLog{logFile: f.(logFile), disk: d}, got, nil
	case flags&vfs.OPEN_MAIN_DB != 0:
		return &diskMain{f.(mainFile), d}, got, nil
	}
	return f, got, nil
}

func (d *disk) note(s step) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.steps = append(d.steps, s)
}

func (d *disk) tell(name string) { d.note(step{told: name}) }

// sync makes durable what was written before it began.
func (d *disk) sync(file string, flags vfs.SyncFlag, sync func(vfs.SyncFlag) error) error {
	d.mu.Lock()
	before := len(d.steps)
	d.mu.Unlock()
	if err := sync(flags); err != nil {
		return err
	}
	d.note(step{file: file, durable: before})
	return nil
}

// logFile is what is used of a log.
type logFile interface {
	vfs.File
	Chmod(mode os.FileMode) error
}

type diskLog struct {
	logFile
	disk  *disk
	wrote atomic.Bool // since it was made durable
}

func (f *diskLog) WriteAt(p []byte, at int64) (int, error) {
	if f.disk.writing != nil {
		if err := f.disk.writing(); err != nil {
			return 0, err
		}
	}
	f.wrote.Store(true)
	f.disk.note(step{file: "-wal", data: slices.Clone(p), at: at})
	return f.logFile.WriteAt(p, at)
}

func (f *diskLog) Truncate(size int64) error {
	f.disk.note(step{file: "-wal", cut: true, at: size})
	return f.logFile.Truncate(size)
}

func (f *diskLog) Sync(flags vfs.SyncFlag) error {
	if f.wrote.Swap(false) && f.disk.syncing != nil {
		if err := f.disk.syncing(); err != nil {
			return err
		}
	}
	return f.disk.sync("-wal", flags, f.logFile.Sync)
}

// mainFile is what SQLite uses of a database's file.
type mainFile interface {
	vfs.File
	vfs.FileLockState
	vfs.FilePersistWAL
	vfs.FilePowersafeOverwrite
	vfs.FileSizeHint
	vfs.FileHasMoved
	vfs.FileSharedMemory
}

type diskMain struct {
	mainFile
	disk *disk
}

func (f *diskMain) WriteAt(p []byte, at int64) (int, error) {
	f.disk.note(step{data: slices.Clone(p), at: at})
	return f.mainFile.WriteAt(p, at)
}

func (f *diskMain) Truncate(size int64) error {
	f.disk.note(step{cut: true, at: size})
	return f.mainFile.Truncate(size)
}

func (f *diskMain) Sync(flags vfs.SyncFlag) error {
	return f.disk.sync("", flags, f.mainFile.Sync)
}

// cut writes to a new file what a power cut after so many steps may leave: what
// was not durable is there, is not, or is torn. It returns the database's url and
// whom was told what by then.
func (d *disk) cut(t *testing.T, steps int, chance *rand.Rand) (url string, told []string) {
	path := filepath.Join(t.TempDir(), "okno.db")
	for _, file := range []string{"", "-wal"} {
		var content []byte
		durable := 0
		for _, s := range d.steps[:steps] {
			if s.file == file && s.told == "" {
				durable = max(durable, s.durable)
			}
		}
		for i, s := range d.steps[:steps] {
			if s.file != file || s.told != "" || s.durable > 0 {
				continue
			}
			switch {
			case s.cut:
				content = slices.Clone(content[:min(len(content), int(s.at))])
			case i < durable:
				content = put(content, s.data, int(s.at))
			default:
				content = land(content, s.data, int(s.at), chance)
			}
		}
		if err := os.WriteFile(path+file, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range d.steps[:steps] {
		if s.told != "" {
			told = append(told, s.told)
		}
	}
	return "sqlite:" + path, told
}

// land puts what was written and never made durable into content as a power cut
// may: all of it, nothing, what is behind some point, or any of its blocks.
func land(content, data []byte, at int, chance *rand.Rand) []byte {
	const block = 4096
	fate, from := chance.IntN(4), at+chance.IntN(len(data))
	for len(data) > 0 {
		n := min(len(data), block-at%block)
		if fate == 0 || fate == 1 && at >= from || fate == 2 && chance.IntN(2) == 0 {
			content = put(content, data[:n], at)
		}
		data, at = data[n:], at+n
	}
	return content
}

func put(content, data []byte, at int) []byte {
	content = append(content, make([]byte, max(0, at+len(data)-len(content)))...)
	copy(content[at:], data)
	return content
}
