package db

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	lanes       = 6                // connections that changes are made on at once
	pgGroupSize = 32               // PostgreSQL keeps up to 64 savepoints of a transaction at hand
	changeTime  = 30 * time.Second // a change begun ends within this
)

// pgWriter makes changes on several connections. On each, changes that wait
// become savepoints of one transaction, as on SQLite, and share its commit.
//
// A change that stands behind others in such a group holds their locks too. So
// it waits for no lock of anybody else's for long: it lets go, those before it
// are committed, and it is made alone. Groups therefore cannot hold one another
// up, here or in another process.
type pgWriter struct {
	p         *postgres
	groupTime time.Duration
	queue     chan *change
	life      context.Context // ends with Close
	end       context.CancelFunc
	running   sync.WaitGroup
	stopped   chan struct{}
}

func startPgWriter(p *postgres) *pgWriter {
	w := &pgWriter{p: p, groupTime: groupTime, queue: make(chan *change, maxQueued), stopped: make(chan struct{})}
	w.life, w.end = context.WithCancel(context.Background())
	for range min(lanes, int(p.pool.Config().MaxConns)) {
		w.running.Go(w.lane)
	}
	return w
}

// write returns the last transaction that fn was given, if any, once the change
// is answered.
func (w *pgWriter) write(ctx context.Context, fn func(*Tx) error) (*Tx, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c := newChange()
	select {
	case <-w.life.Done():
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	case w.queue <- c:
	}
	err := c.follow(ctx, w.stopped, fn)
	if c.state.Load() != taken {
		return nil, err
	}
	return c.last.tx, err
}

func (w *pgWriter) lane() {
	for {
		select {
		case <-w.life.Done():
			return
		case c := <-w.queue:
			for _, left := range w.group(c, pgGroupSize) {
				w.group(left, 1)
			}
		}
	}
}

// group makes first, and what else waits, up to so many changes, in one
// transaction. Whoever is left is to be made alone.
func (w *pgWriter) group(first *change, most int) (left []*change) {
	conn, err := w.connect(first)
	if conn == nil {
		if err != nil {
			first.answer <- err
		}
		return nil
	}
	defer conn.Release()
	g := &pgGroup{w: w, on: newPgSession(conn.Conn(), &w.p.texts, "begin")}
	begun := time.Now()
	for c := first; c != nil; {
		g.all = append(g.all, c)
		if !g.try(c) || len(g.all) >= most || time.Since(begun) >= w.groupTime {
			break
		}
		c = w.waiting()
	}
	return g.finish()
}

// connect gets a connection for a change that may still leave the queue until
// there is one. Without one, err is the answer; nil: it has left.
func (w *pgWriter) connect(first *change) (*pgxpool.Conn, error) {
	conn, err := w.p.pool.Acquire(w.life)
	if first.state.Load() != taken && !first.claim() {
		if err == nil {
			conn.Release()
		}
		return nil, nil
	}
	if w.life.Err() != nil && err != nil {
		return nil, ErrClosed
	}
	if err != nil {
		return nil, &notBegunError{err}
	}
	return conn, nil
}

// waiting returns the next change of the queue; nil: there is none.
func (w *pgWriter) waiting() *change {
	for {
		select {
		case c := <-w.queue:
			if c.claim() {
				return c
			}
		default:
			return nil
		}
	}
}

func (w *pgWriter) close() {
	w.end()
	w.running.Wait()
	close(w.stopped)
}

// pgGroup is one transaction of one or several changes.
type pgGroup struct {
	w      *pgWriter
	on     *pgSession
	all    []*change // in their order
	alone  *change   // the last of them, which let go of its locks
	broken bool      // it cannot be committed; none of it was
}

// try runs one change behind those that the group has. It returns false when
// the group can take no more.
func (g *pgGroup) try(c *change) bool {
	first := len(g.all) == 1
	g.on.others = 0
	if !first {
		if len(g.all) == 2 {
			g.on.say("set local lock_timeout = '20ms'")
		}
		g.on.say("savepoint change")
		g.on.others = len(g.on.pending)
	}
	ctx, cancel := context.WithTimeout(context.Background(), changeTime)
	defer cancel()
	c.turn <- &Tx{ctx: ctx, on: g.on}
	c.last = <-c.ended
	if c.last.err == nil {
		return true
	}
	g.broken = first || g.on.foreign != nil || g.on.conn.IsClosed()
	if g.broken {
		return false
	}
	// What is pending of the change goes with it; others' words were sent with its first.
	if g.on.others > 0 {
		g.on.pending = g.on.pending[:g.on.others]
		return true
	}
	g.on.pending = nil
	if err := g.on.now("rollback to savepoint change"); err != nil {
		g.broken = true
		return false
	}
	if letGo(c.last) {
		g.alone = c
		return false
	}
	return true
}

// finish commits and answers. It returns those to be made alone: who let go, or
// all where what one of them did broke the group.
func (g *pgGroup) finish() (left []*change) {
	var lost error // of the commit, when nobody knows what became of it
	if !g.broken {
		lost = g.commit()
	}
	if err := g.on.undo(); err != nil {
		g.w.p.log.Warn("a group of changes did not end", "error", err)
	}
	last := len(g.all) - 1
	for i, c := range g.all {
		switch {
		case c == g.alone:
			left = append(left, c)
			continue
		case g.broken && last > 0 && !(i == last && g.on.foreign == nil) && !c.panicked() && !errors.Is(c.last.err, errGone):
			left = append(left, c)
			continue
		case c.last.err == nil && lost != nil:
			c.last.err = lost
		case c.last.err == nil:
			g.w.p.voice.pending.add(c.last.tx.said...)
		}
		c.answer <- c.last.err
	}
	return left
}

// commit sends what is pending with the commit. Only what the server refused
// by a plain word was surely not kept.
func (g *pgGroup) commit() error {
	if !g.on.begun && len(g.on.pending) == 1 {
		return nil // nothing was asked of the server but to begin
	}
	g.on.say("commit")
	ctx, cancel := context.WithTimeout(context.Background(), changeTime)
	defer cancel()
	tag, err := g.on.flush(ctx)
	if err == nil && tag.String() == "ROLLBACK" {
		err = pgx.ErrTxCommitRollback
	}
	if err == nil {
		g.w.p.counted.commits.Add(1)
		return nil
	}
	if refused(err) && len(g.all) > 1 {
		g.broken = true
		g.on.foreign = err // it may be anybody's
	}
	return err
}

// refused tells whether a commit that failed surely kept nothing.
func refused(err error) bool {
	var pg *pgconn.PgError
	var unsent pgx.ErrPreprocessingBatch
	return !IsAway(err) && (errors.As(err, &pg) || errors.As(err, &unsent) || errors.Is(err, pgx.ErrTxCommitRollback))
}

// letGo tells whether a change met with others' locks.
func letGo(a attempt) bool {
	locked := func(err error) bool {
		var pg *pgconn.PgError
		return errors.As(err, &pg) && pg.Code == "55P03" || again(err)
	}
	return locked(a.err) || locked(a.tx.failed)
}
