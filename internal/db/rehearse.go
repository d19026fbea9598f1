package db

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/ncruces/go-sqlite3/vfs"
)

// rehearsing has every change on SQLite be run and undone before it counts.
var rehearsing atomic.Bool

// Rehearse has every change that an SQLite database of this process makes be run
// twice, the first time for nothing, until stop. It is for tests: a change may be
// made anew because of its neighbours, so it must do nothing but in its
// transaction.
func Rehearse() (stop func()) {
	rehearsing.Store(true)
	return func() { rehearsing.Store(false) }
}

// OnDisk has SQLite's files that are opened from now on stand on another disk,
// until restore. It is for tests of what disks do.
func OnDisk(disk vfs.VFSFilename) (restore func()) {
	vfs.Register(logVFS, gathering{disk})
	return func() { vfs.Register(logVFS, gathering{vfs.Find("").(vfs.VFSFilename)}) }
}

// rehearse runs a change for nothing; false: its transaction can no longer be
// trusted.
func (w *writer) rehearse(c *change) bool {
	if err := w.conn.run("SAVEPOINT rehearsal"); err != nil {
		c.last = attempt{err: err}
		return false
	}
	c.turn <- &Tx{ctx: context.Background(), on: w.conn}
	if c.last = <-c.ended; w.broken(c) || errors.Is(c.last.err, errGone) {
		return false
	}
	if err := errors.Join(w.conn.run("ROLLBACK TO rehearsal"), w.conn.run("RELEASE rehearsal")); err != nil {
		c.last = attempt{err: err}
		return false
	}
	c.last = attempt{}
	return true
}
