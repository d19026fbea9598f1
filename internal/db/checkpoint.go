package db

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"sync/atomic"
	"time"

	"github.com/ncruces/go-sqlite3"
)

const checkpointEvery = 100 * time.Millisecond

// checkpointer copies the write-ahead log into the file on a connection of its
// own, so that no change waits for it.
type checkpointer struct {
	conn    *liteSession
	log     *slog.Logger
	length  atomic.Int64 // of the log, in pages
	left    atomic.Int64 // of them not copied yet; very many while it copies
	wake    chan struct{}
	closing chan struct{}
	closed  chan struct{}
}

func startCheckpointer(ctx context.Context, path string, log *slog.Logger) (*checkpointer, error) {
	conn, err := openLite(ctx, path, false, sideCache)
	if err != nil {
		return nil, err
	}
	c := &checkpointer{conn: conn, log: log, wake: make(chan struct{}, 1),
		closing: make(chan struct{}), closed: make(chan struct{})}
	go c.run()
	return c, nil
}

// grew says that something was committed.
func (c *checkpointer) grew() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// nearlyDone reports whether little of the log was left at the last checkpoint,
// and none is under way.
func (c *checkpointer) nearlyDone() bool { return c.left.Load() <= restartLeft }

// pages returns how many pages the log had at the last checkpoint.
func (c *checkpointer) pages() int64 { return c.length.Load() }

func (c *checkpointer) run() {
	defer close(c.closed)
	for {
		select {
		case <-c.closing:
			return
		case <-c.wake:
		}
		select {
		case <-c.closing:
			return
		case <-time.After(checkpointEvery):
		}
		c.left.Store(math.MaxInt64)
		pages, copied, err := c.conn.raw.WALCheckpoint("main", sqlite3.CHECKPOINT_PASSIVE)
		if err != nil {
			if !errors.Is(err, sqlite3.BUSY) { // the writer is about to start the log anew
				c.log.Warn("checkpoint failed", "error", err)
			}
			continue
		}
		c.length.Store(int64(pages))
		c.left.Store(int64(pages - copied))
	}
}

func (c *checkpointer) close() error {
	close(c.closing)
	<-c.closed
	return c.conn.close()
}
