package db

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/ncruces/go-sqlite3"
)

// A group is bounded so that the first change in it is answered soon.
const (
	maxQueued    = 1024
	groupSize    = 128
	groupTime    = 20 * time.Millisecond
	gatherTime   = time.Millisecond // that a group waits for more where many change at once
	slowChange   = time.Second      // a change this long is worth a line in the log
	restartPages = 8192             // of log (32 MB): time to start it anew
	restartLeft  = 1024             // of them not copied yet: all changes wait while these are
	restartPause = time.Second
	restartWait  = 50 * time.Millisecond // for readings to end

	carefulGroups = 64 // that can undo one change alone, after one was refused among others
)

// writer is the one goroutine that writes to an SQLite file. Changes that wait
// together share one transaction: one fsync, then all are answered. A savepoint
// for each would have SQLite copy every page that it writes to, though hardly a
// change is refused: where one is, the group is made anew with savepoints, as are
// the next ones. No caller's context ever reaches a statement here, because an
// interrupted one would undo its neighbours.
type writer struct {
	path   string
	log    *slog.Logger
	hub    *hub
	tidier *checkpointer

	groupTime time.Duration
	conn      *liteSession
	file      *logFile // that conn writes to
	crowded   bool     // the last group held several changes
	careful   int      // groups to come in which each change is a savepoint
	restarted time.Time
	readings  atomic.Int32 // long ones under way: the log cannot be started anew before they end

	last    atomic.Pointer[flush] // the latest
	flushes chan *flush           // one at most: the next is committed when it is done

	counted counted
	queue   chan *change
	closing chan struct{}
	stopped chan struct{} // nothing more is committed
	flushed chan struct{} // and all of it answered
	lost    chan struct{} // ErrLost
}

func startWriter(conn *liteSession, path string, h *hub, tidier *checkpointer, log *slog.Logger) (*writer, error) {
	file, err := logOf(conn)
	if err != nil {
		return nil, err
	}
	w := &writer{path: path, log: log, hub: h, tidier: tidier, conn: conn, file: file, groupTime: groupTime,
		flushes: make(chan *flush, 1), queue: make(chan *change, maxQueued), closing: make(chan struct{}),
		stopped: make(chan struct{}), flushed: make(chan struct{}), lost: make(chan struct{})}
	none := newFlush()
	none.end(nil)
	w.last.Store(none)
	go w.loop()
	go w.flushing()
	return w, nil
}

func (w *writer) write(ctx context.Context, fn func(*Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c := newChange()
	select {
	case <-w.closing:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	case w.queue <- c:
		return c.follow(ctx, w.stopped, fn)
	}
}

func (w *writer) loop() {
	defer close(w.stopped)
	for {
		select {
		case <-w.closing:
			return
		case c := <-w.queue:
			if c.claim() {
				w.group(c)
				w.tidy()
			}
		}
	}
}

// group runs first and what else waits in one transaction. Where one is refused
// it is made anew; when it cannot be kept whole, each is tried again alone; only
// afterwards is anyone answered.
func (w *writer) group(first *change) {
	begun := time.Now()
	if err := w.begin(); err != nil {
		first.answer <- err
		if !errors.Is(err, sqlite3.BUSY) && !errors.Is(err, ErrLost) {
			w.renew(err)
		}
		return
	}
	batch := []*change{first}
	whole := w.try(first) || w.again(batch)
	for whole && len(batch) < groupSize && time.Since(begun) < w.groupTime {
		c := w.waiting(begun)
		if c == nil {
			break
		}
		batch = append(batch, c)
		whole = w.try(c) || w.again(batch)
	}
	w.crowded = len(batch) > 1
	var f *flush
	if whole {
		var err error
		f, err = w.commit(batch)
		whole = err == nil
	}
	if !whole {
		w.alone(batch)
	}
	w.careful = max(0, w.careful-1)
	if f != nil {
		w.flushes <- f // whoever takes it answers them
		return
	}
	for _, c := range batch {
		w.answer(c)
	}
}

// again makes a group anew whose last change was refused, so that nothing of that
// one is kept; false: that is not all that is wrong.
func (w *writer) again(batch []*change) bool {
	last := batch[len(batch)-1]
	if w.careful > 0 || last.last.err == nil || errors.Is(last.last.err, errGone) || w.broken(last) {
		return false
	}
	if w.conn.run("ROLLBACK") != nil || w.conn.run("BEGIN IMMEDIATE") != nil {
		return false
	}
	if len(batch) == 1 {
		return true // nobody else's was undone
	}
	w.careful = carefulGroups
	for _, c := range batch {
		c.last = attempt{}
		if !w.try(c) {
			return false
		}
	}
	return true
}

// waiting returns the next change in the queue. While the disk is at work it
// waits for one, since no commit is possible, and where many change at once a little
// longer, since a commit costs more than that; nil: there is none.
func (w *writer) waiting(begun time.Time) *change {
	for {
		select {
		case c := <-w.queue:
			if c.claim() {
				return c
			}
			continue
		default:
		}
		select {
		case c := <-w.queue:
			if c.claim() {
				return c
			}
			continue
		case <-w.last.Load().done:
		}
		left := gatherTime - time.Since(begun)
		if !w.crowded || left <= 0 {
			return nil
		}
		pause := time.NewTimer(left)
		select {
		case c := <-w.queue:
			pause.Stop()
			if c.claim() {
				return c
			}
		case <-pause.C:
			return nil
		}
	}
}

// try runs one change in the open transaction. It returns false when that can no
// longer be trusted or, where the change is no savepoint, when it was refused.
func (w *writer) try(c *change) bool {
	careful := w.careful > 0
	if careful {
		if err := w.conn.run("SAVEPOINT change"); err != nil {
			c.last = attempt{err: err}
			return false
		}
	}
	if rehearsing.Load() && !w.rehearse(c) {
		return false
	}
	start := time.Now()
	c.turn <- &Tx{ctx: context.Background(), on: w.conn}
	c.last = <-c.ended
	if took := time.Since(start); took > slowChange {
		w.log.Warn("a change held up all others", "took", took)
	}
	if w.broken(c) {
		return false
	}
	if !careful {
		return c.last.err == nil
	}
	if c.last.err != nil {
		if err := w.conn.run("ROLLBACK TO change"); err != nil {
			return false
		}
	}
	return w.conn.run("RELEASE change") == nil
}

// broken reports whether a change's last run ended its transaction, or may have.
func (w *writer) broken(c *change) bool {
	return c.panicked() || fatal(c.last.err) || w.conn.raw.GetAutocommit()
}

// alone runs each change of a broken group again in a transaction of its own.
// What panicked is not run again, and what ended its goroutine cannot be.
func (w *writer) alone(batch []*change) {
	w.undo(batch)
	for _, c := range batch {
		if c.panicked() || errors.Is(c.last.err, errGone) {
			continue
		}
		c.last = attempt{}
		if err := w.begin(); err != nil {
			c.last.err = err
			continue
		}
		whole := w.try(c)
		if whole {
			f, err := w.commit(nil)
			if f != nil {
				w.flushes <- f
				err = w.settled()
			}
			if whole = err == nil; !whole {
				c.last.err = errors.Join(c.last.err, fmt.Errorf("commit: %w", err))
			}
		}
		if !whole {
			if c.last.err == nil {
				c.last.err = errors.New("the database undid the transaction")
			}
			w.undo([]*change{c})
		}
	}
}

// undo rolls back; after a panic, or when that fails, it takes a new connection.
func (w *writer) undo(batch []*change) {
	var err error
	if !w.conn.raw.GetAutocommit() {
		err = w.conn.run("ROLLBACK")
	}
	for _, c := range batch {
		if c.panicked() {
			err = errors.Join(err, c.last.err)
		}
	}
	if err != nil {
		w.renew(err)
	}
}

// renew replaces a connection whose state is not known.
func (w *writer) renew(because error) {
	w.log.Warn("the writer takes a new connection", "because", because)
	fresh, err := openLite(context.Background(), w.path, false, writerCache)
	if err != nil {
		w.log.Error("the writer keeps its old connection", "error", err)
		return
	}
	file, err := logOf(fresh)
	if err = errors.Join(err, w.settled()); err != nil {
		w.log.Error("the writer keeps its old connection", "error", errors.Join(err, fresh.close()))
		return
	}
	if err := w.conn.close(); err != nil {
		w.log.Warn("the writer's old connection did not close", "error", err)
	}
	w.conn, w.file = fresh, file
}

func (w *writer) answer(c *change) {
	w.counted.changes.Add(1)
	if c.last.err == nil {
		w.hub.pending.add(c.last.tx.said...)
		w.tidier.grew()
	}
	c.answer <- c.last.err
}

// tidy starts the log anew when it is long: the checkpointer copies it but
// cannot start it anew while changes keep coming. What is not copied yet would
// be copied here, with all changes waiting: behind a backup those are gigabytes.
func (w *writer) tidy() {
	if err := w.file.shorten(); err != nil {
		w.log.Warn("the database's log was not shortened", "error", err)
	}
	if w.readings.Load() > 0 || w.tidier.pages() < restartPages || !w.tidier.nearlyDone() || time.Since(w.restarted) < restartPause {
		return
	}
	w.restarted = time.Now()
	err := errors.Join(w.conn.raw.BusyTimeout(restartWait), w.restart(), w.conn.raw.BusyTimeout(busyTimeout))
	if err != nil {
		w.log.Warn("the database's log was not started anew", "error", err)
	}
}

func (w *writer) restart() error {
	_, _, err := w.conn.raw.WALCheckpoint("main", sqlite3.CHECKPOINT_RESTART)
	if errors.Is(err, sqlite3.BUSY) { // a long reading is under way; next time
		return nil
	}
	return err
}

func (w *writer) close() error {
	close(w.closing)
	<-w.stopped
	close(w.flushes)
	<-w.flushed
	return w.conn.close()
}

// fatal tells whether err is about the file or the connection, not the statement.
func fatal(err error) bool {
	for _, code := range []sqlite3.ErrorCode{sqlite3.FULL, sqlite3.IOERR, sqlite3.NOMEM, sqlite3.CORRUPT,
		sqlite3.INTERRUPT, sqlite3.NOTADB, sqlite3.CANTOPEN, sqlite3.PROTOCOL, sqlite3.READONLY, sqlite3.BUSY} {
		if errors.Is(err, code) {
			return true
		}
	}
	return false
}
