package post

import (
	"context"
	"runtime"

	"github.com/oknodesk/okno"
)

// Loopback judges whether a connection without protection stays on this machine.
var Loopback = loopback

// Pass has a letter go the way of a mailbox, as far as the relay; an error is
// that it has to come again.
func (p *Post) Pass(ctx context.Context, box okno.MailboxID, l okno.LetterID) error {
	w, err := p.way(ctx, box)
	if err != nil {
		return err
	}
	if err := w.enter(ctx, l, p.desk.Now()); err != nil {
		return err
	}
	w.left(nil, p.desk.Now())
	return nil
}

// Together does something for several numbers at once.
type Together struct{ t together[int] }

// NewTogether has do do it.
func NewTogether(do func(context.Context, []int) error) *Together {
	return &Together{together[int]{do: do}}
}

// Join waits until it is done for n.
func (w *Together) Join(ctx context.Context, n int) error { return w.t.join(ctx, n) }

// AwaitWaiting returns once so many wait for the next lot.
func (w *Together) AwaitWaiting(n int) {
	for {
		w.t.mu.Lock()
		waiting := 0
		if w.t.next != nil {
			waiting = len(w.t.next.all)
		}
		w.t.mu.Unlock()
		if waiting >= n {
			return
		}
		runtime.Gosched()
	}
}
