package db

import (
	"errors"
	"fmt"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/vfs"
)

// ErrLost says that the disk failed to make changes durable: whether those in
// hand were kept is not known, and this process takes and tells no more. A second
// try would prove nothing, since a system may forget what it could not write. The
// next process begins with what the log has.
var ErrLost = errors.New("the disk failed to make changes durable; the program must be started again")

// flush is a commit of the writer's on its way to the disk. Readings see it
// before it is durable, and return no sooner than that.
type flush struct {
	batch []*change
	log   *logFile
	done  chan struct{} // closed when it is durable or lost
	err   error         // ErrLost, or nil; to be read when done is closed
}

func newFlush() *flush { return &flush{done: make(chan struct{})} }

func (f *flush) end(err error) {
	f.err = err
	close(f.done)
}

// logOf returns the log that a connection writes to, durable as it is now: a
// process that was killed may have left it otherwise.
func logOf(conn *liteSession) (*logFile, error) {
	if err := errors.Join(conn.run("BEGIN IMMEDIATE"), conn.run("ROLLBACK")); err != nil {
		return nil, err
	}
	file, err := conn.raw.FileControl("main", sqlite3.FCNTL_JOURNAL_POINTER)
	if err != nil {
		return nil, err
	}
	log, ok := file.(*logFile)
	if !ok {
		return nil, fmt.Errorf("the log is a %T", file)
	}
	return log, log.Sync(vfs.SYNC_NORMAL)
}

// durable waits until the commit, and so each before it, is durable.
func (f *flush) durable() error {
	<-f.done
	return f.err
}

// settled waits until all that anybody can have seen by now is durable.
func (w *writer) settled() error { return w.last.Load().durable() }

func (w *writer) begin() error {
	select {
	case <-w.lost:
		return w.settled()
	default:
	}
	if err := w.conn.run("BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	return nil
}

// commit ends the transaction that batch was made in, once the one before is
// durable. It returns nil where there is nothing to be made durable; else the
// flush is to be handed on.
func (w *writer) commit(batch []*change) (*flush, error) {
	if err := w.settled(); err != nil {
		return nil, err
	}
	f := newFlush()
	f.batch, f.log = batch, w.file
	w.last.Store(f) // before anybody can see what it has
	w.file.later = true
	err := w.conn.run("COMMIT")
	w.file.later = false
	due := w.file.due
	w.file.due = false
	if err == nil {
		w.counted.commits.Add(1)
	}
	if err != nil || !due {
		f.end(nil)
		return nil, err
	}
	return f, nil
}

// flushing makes one commit after the other durable and answers its changes,
// while the writer is at the next.
func (w *writer) flushing() {
	defer close(w.flushed)
	for f := range w.flushes {
		err := f.log.File.Sync(vfs.SYNC_NORMAL)
		if err != nil {
			err = fmt.Errorf("%w: %w", ErrLost, err)
			w.log.Error("changes were lost", "error", err)
			close(w.lost)
		}
		f.end(err)
		for _, c := range f.batch {
			if err != nil {
				c.last.err = err
			}
			w.answer(c)
		}
	}
}
