package dbtest

import (
	"os"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/ncruces/go-sqlite3/vfs"

	"github.com/oknodesk/okno/internal/db"
)

// Disk is what SQLite's files stand on that are opened while a test runs.
type Disk struct {
	vfs.VFSFilename
	failing atomic.Bool
}

// NewDisk is a disk that works until it is told to Fail.
func NewDisk(t testing.TB) *Disk {
	d := &Disk{VFSFilename: vfs.Find("").(vfs.VFSFilename)}
	t.Cleanup(db.OnDisk(d))
	return d
}

// Fail has the disk take what is written to a log and make none of it durable.
func (d *Disk) Fail() { d.failing.Store(true) }

// OpenFilename implements vfs.VFSFilename.
func (d *Disk) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	f, got, err := d.VFSFilename.OpenFilename(name, flags)
	if err == nil && flags&vfs.OPEN_WAL != 0 {
		f = &failingLog{f.(logFile), d}
	}
	return f, got, err
}

// logFile is what is used of a log.
type logFile interface {
	vfs.File
	Chmod(mode os.FileMode) error
}

type failingLog struct {
	logFile
	disk *Disk
}

func (f *failingLog) Sync(flags vfs.SyncFlag) error {
	if f.disk.failing.Load() {
		return syscall.EIO
	}
	return f.logFile.Sync(flags)
}
