package db

import (
	"context"
	"errors"
	"runtime/debug"
	"sync/atomic"
)

// The states of a change: a caller may take it back only while it is queued.
const (
	queued int32 = iota
	taken
	dropped
)

// errGone says that a callback left by runtime.Goexit, as t.FailNow does.
var errGone = errors.New("the callback ended its goroutine")

// change is one Write on its way through the writer. Its callback runs on its
// caller's goroutine, in turns the writer gives it.
type change struct {
	state  atomic.Int32
	turn   chan *Tx     // writer → caller: run the callback now
	ended  chan attempt // caller → writer: it ran
	answer chan error   // writer → caller: committed, or why not

	last attempt // the writer's own
}

// attempt is what became of one run of a change's callback.
type attempt struct {
	tx  *Tx
	err error
}

func newChange() *change {
	return &change{turn: make(chan *Tx, 1), ended: make(chan attempt, 1), answer: make(chan error, 1)}
}

func (c *change) claim() bool { return c.state.CompareAndSwap(queued, taken) }
func (c *change) drop() bool  { return c.state.CompareAndSwap(queued, dropped) }

// panicked tells whether the last run ended in a panic: it is not run again.
func (c *change) panicked() bool {
	var p *PanicError
	return errors.As(c.last.err, &p)
}

// follow waits on the caller's goroutine until the change is answered, running
// fn whenever its turn comes.
func (c *change) follow(ctx context.Context, stopped <-chan struct{}, fn func(*Tx) error) error {
	var committed *Tx
	given := ctx.Done()
	for {
		select {
		case tx := <-c.turn:
			committed = tx
			c.run(tx, fn)
		case err := <-c.answer:
			if err != nil {
				return err
			}
			for _, f := range committed.onCommit {
				f()
			}
			return nil
		case <-given:
			if c.drop() {
				return ctx.Err()
			}
			given = nil // begun: it will be answered
		case <-stopped:
			if c.drop() {
				return ErrClosed
			}
			stopped = nil
		}
	}
}

// run hands the outcome to the writer even if fn panics or ends the goroutine.
func (c *change) run(tx *Tx, fn func(*Tx) error) {
	err := errGone
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
		c.ended <- attempt{tx, tx.end(err)}
	}()
	err = fn(tx)
}
