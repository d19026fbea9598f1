package db

import (
	"context"
	"errors"
	"log/slog"
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
	length  atomic.Int64
	wake    chan struct{}
	closing chan struct{}
	closed  chan struct{}
}

func startCheckpointer(ctx context.Context, path string, log *slog.Logger) (*checkpointer, error) {
	conn, err := openLite(ctx, path, false, readerCache)
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
		pages, _, err := c.conn.raw.WALCheckpoint("main", sqlite3.CHECKPOINT_PASSIVE)
		if err != nil && !errors.Is(err, sqlite3.BUSY) {
			c.log.Warn("checkpoint failed", "error", err)
			continue
		}
		c.length.Store(int64(pages))
	}
}

func (c *checkpointer) close() error {
	close(c.closing)
	<-c.closed
	return c.conn.close()
}
