package db

import (
	"context"
	"errors"
	"time"

	"github.com/ncruces/go-sqlite3"
)

// CopyLog copies all of SQLite's log into the file, so that the next change
// starts it anew.
func CopyLog(ctx context.Context, d *DB) error {
	conn, err := openLite(ctx, d.engine.(*sqlite).path, false, readerCache)
	if err != nil {
		return err
	}
	for err = sqlite3.BUSY; errors.Is(err, sqlite3.BUSY) && ctx.Err() == nil; { // the checkpointer is at it
		_, _, err = conn.raw.WALCheckpoint("main", sqlite3.CHECKPOINT_FULL)
	}
	return errors.Join(err, conn.close())
}

// Waiting returns how many changes wait for a writer's turn.
func Waiting(d *DB) int {
	switch e := d.engine.(type) {
	case *sqlite:
		return len(e.writer.queue)
	case *postgres:
		return len(e.writer.queue)
	}
	return 0
}

// LongGroups has a group go on taking changes however long it lasts. It is for
// a database that nothing was written to yet.
func LongGroups(d *DB) {
	switch e := d.engine.(type) {
	case *sqlite:
		e.writer.groupTime = time.Hour
	case *postgres:
		e.writer.groupTime = time.Hour
	}
}

// LogLeft is how much of SQLite's log the last checkpoint left, in pages.
func LogLeft(d *DB) int64 { return d.engine.(*sqlite).tidier.left.Load() }

// RestingReaders is how many of SQLite's reading connections are open and not
// in use, and the memory that each may fill with pages, in KiB.
func RestingReaders(d *DB) (open, cache int) {
	s := d.engine.(*sqlite)
	s.atRest.Lock()
	defer s.atRest.Unlock()
	return len(s.idle), s.cache
}

// RestartPages is how long that log grows before it is started anew, in pages.
const RestartPages = restartPages

// LogKept is how much of its file is kept then, in bytes.
const LogKept = walKept

// BlocksAsked is how many blocks each question asks for until so many ids are
// found, where a block has as many as has says.
func BlocksAsked(highest int64, limit int, has func(block int64) int) (asked []int64) {
	look := lookout{next: highest}
	some := blocks{from: highest - firstBlocks + 1, to: highest}
	for found := 0; ; some = look.plan(limit - found) {
		near, far := 0, 0
		for b := some.from; b <= some.to; b++ {
			near += has(b)
		}
		for _, b := range some.far {
			far += has(b)
		}
		asked, found = append(asked, some.count()), found+near
		look.saw(some, near, min(far, manyIDs))
		if look.next < 0 || found >= limit {
			return asked
		}
	}
}
