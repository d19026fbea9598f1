package post

import (
	"context"
	"sync"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/jobs"
)

// doTime bounds what is done for several at once.
const doTime = 30 * time.Second

// together does at once what several want at one moment: whoever comes while it
// is under way is of the next lot. There are no more of them than workers.
type together[W any] struct {
	do func(ctx context.Context, all []W) error // for all of them, or none

	mu   sync.Mutex
	next *lot[W] // nil: nobody waits
	busy bool
}

// lot are those for whom it is done at once.
type lot[W any] struct {
	all  []W
	errs []error // by place in all; valid once done is closed
	done chan struct{}
}

// join waits until it is done for w too, or until ctx ends; then it is done
// nevertheless.
func (t *together[W]) join(ctx context.Context, w W) error {
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

func (t *together[W]) serve() {
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
func (t *together[W]) each(all []W) []error {
	errs := make([]error, len(all))
	err := t.once(all)
	for i := range all {
		if errs[i] = err; err != nil && len(all) > 1 && okno.ReasonOf(err) != okno.Busy {
			errs[i] = t.once(all[i : i+1])
		}
	}
	return errs
}

func (t *together[W]) once(all []W) error {
	ctx, cancel := context.WithTimeout(context.Background(), doTime)
	defer cancel()
	return t.do(ctx, all)
}

// asked is one letter that is to be read, and where it is put.
type asked struct {
	id  okno.LetterID
	got *desk.SealedLetter
}

// letters reads letters in sets.
func (p *Post) letters(ctx context.Context, all []asked) error {
	ids := make([]okno.LetterID, len(all))
	for i, a := range all {
		ids[i] = a.id
	}
	read, err := p.desk.SealedLetters(ctx, ids)
	for _, a := range all {
		*a.got = read[a.id]
	}
	return err
}

// letter is one letter to send, read with those that others want just now;
// okno.ErrNotFound: it was taken back.
func (p *Post) letter(ctx context.Context, id okno.LetterID) (okno.Letter, error) {
	got := new(desk.SealedLetter)
	if err := p.reading.join(ctx, asked{id, got}); err != nil {
		return okno.Letter{}, err
	}
	return p.desk.Unseal(ctx, *got)
}

// taken keeps that the relay took a letter, in one change with what it took at
// this moment of others. That is not given up when the program is to stop.
func (p *Post) taken(ctx context.Context, l okno.Letter, duty jobs.Job) error {
	return p.keeping.join(context.WithoutCancel(ctx), desk.Delivery{Letter: l, Duty: duty})
}
