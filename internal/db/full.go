package db

import (
	"errors"
	"log/slog"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/vfs"
)

// IsFull tells whether err says that the database's disk has no room: nothing
// was kept, and another try does not help before somebody has made some.
func IsFull(err error) bool {
	var pg *pgconn.PgError
	return errors.Is(err, sqlite3.FULL) || errors.As(err, &pg) && pg.Code == "53100" // PostgreSQL, appendix A
}

// noRoom names a full disk to SQLite, which otherwise hears of any failure of
// the disk alike.
func noRoom(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return vfs.SystemError(err, sqlite3.FULL)
	}
	return err
}

// fullSaidEvery is how often the log says that the disk is full, while it is.
const fullSaidEvery = time.Minute

// fullness has the log say that changes are refused for want of room.
type fullness struct {
	log  *slog.Logger
	said atomic.Int64 // when, in Unix seconds
}

func (f *fullness) heed(err error) {
	if !IsFull(err) {
		return
	}
	now, last := time.Now().Unix(), f.said.Load()
	if now-last >= int64(fullSaidEvery/time.Second) && f.said.CompareAndSwap(last, now) {
		f.log.Error("the database's disk is full: nothing can be kept before there is room", "error", err)
	}
}
