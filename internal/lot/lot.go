// Package lot does at once what several want at one moment: one question, or one
// change, instead of one for each.
package lot

import (
	"context"
	"sync"
	"time"

	"github.com/oknodesk/okno"
)

// doTime bounds what is done for several at once.
const doTime = 30 * time.Second

// Lots do at once what several want at one moment: whoever comes while it
// is under way is of the next lot. There are no more of them than workers.
type Lots[W any] struct {
	do func(ctx context.Context, all []W) error // for all of them, or none

	mu   sync.Mutex
	next *lot[W] // nil: nobody waits
	busy bool
}

// New has do do it, for all or for none; where that fails it is done for each
// alone. do's context is of its own, and bounded by 30 s.
func New[W any](do func(ctx context.Context, all []W) error) *Lots[W] { return &Lots[W]{do: do} }

// lot are those for whom it is done at once.
type lot[W any] struct {
	all  []W
	errs []error // by place in all; valid once done is closed
	done chan struct{}
}

// Join waits until it is done for w too, or until ctx ends; then it is done
// nevertheless.
func (t *Lots[W]) Join(ctx context.Context, w W) error {
	t.mu.Lock()
	if t.next == nil {
		t.next = &lot[W]{done: make(chan struct{})}
	}
	mine, place := t.next, len(t.next.all)
	mine.all = append(mine.all, w)
	if !t.busy {
		t.busy = true
		go t.serve()
	}
	t.mu.Unlock()
	select {
	case <-mine.done:
		return mine.errs[place]
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Waiting is how many wait for the next lot.
func (t *Lots[W]) Waiting() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.next == nil {
		return 0
	}
	return len(t.next.all)
}

func (t *Lots[W]) serve() {
	for {
		t.mu.Lock()
		l := t.next
		t.next, t.busy = nil, l != nil
		t.mu.Unlock()
		if l == nil {
			return
		}
		l.errs = t.each(l.all)
		close(l.done)
	}
}

// each does it for all, and where one of them stands in the way for each alone.
func (t *Lots[W]) each(all []W) []error {
	errs := make([]error, len(all))
	err := t.once(all)
	for i := range all {
		if errs[i] = err; err != nil && len(all) > 1 && okno.ReasonOf(err) != okno.Busy {
			errs[i] = t.once(all[i : i+1])
		}
	}
	return errs
}

func (t *Lots[W]) once(all []W) error {
	ctx, cancel := context.WithTimeout(context.Background(), doTime)
	defer cancel()
	return t.do(ctx, all)
}
