package desk

import (
	"context"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/mail"
)

// LetterFilter is which of the letters that leave an administrator looks at;
// its zero value: all of them.
type LetterFilter struct {
	State   okno.LetterState
	Mailbox okno.Ref
	Address string // of the recipient, whole
}

// OutboxLetter is a letter with when it is tried next.
type OutboxLetter struct {
	okno.Letter
	Box  okno.Mailbox
	Next time.Time // zero: not again, or it is being sent now
}

// Outbox is a page of the letters that leave, newest first.
type Outbox struct {
	Letters []OutboxLetter
	More    bool
	// Counts are how many there are in each state that wants looking at, up to
	// CountedLetters, in the mailbox and to the address of the filter.
	Counts map[okno.LetterState]int
}

const (
	// CountedLetters is how far letters are counted.
	CountedLetters = 1000
	// retriedAtOnce is how many letters one press sends again.
	retriedAtOnce = 1000
	attemptsShown = 50
)

// countedStates are those that are few where all is well.
var countedStates = []okno.LetterState{okno.LetterQueued, okno.LetterDelayed, okno.LetterFailed, okno.LetterBounced}

// Outbox lists the letters that leave, before one of them ("": from the
// newest).
func (d *Desk) Outbox(ctx context.Context, by okno.Actor, f LetterFilter, before okno.Ref) (Outbox, error) {
	var q Outbox
	if !by.MayManage(okno.SeeLetters) {
		return q, okno.ErrForbidden
	}
	c, err := d.config(ctx)
	if err != nil {
		return q, err
	}
	filter, err := c.letterFilter(f)
	if err != nil {
		return q, err
	}
	err = d.read(ctx, func(tx store.Tx) error {
		var from okno.LetterID
		if before != "" {
			l, err := tx.LetterByRef(before)
			if err != nil {
				return err
			}
			from = l.ID
		}
		ls, err := tx.Outbox(filter, from, pageRows+1)
		if err != nil {
			return err
		}
		if q.More = len(ls) > pageRows; q.More {
			ls = ls[:pageRows]
		}
		if q.Letters, err = c.queued(tx, ls); err != nil {
			return err
		}
		q.Counts = map[okno.LetterState]int{}
		for _, state := range countedStates {
			filter.State = state
			if q.Counts[state], err = tx.CountLetters(filter, CountedLetters); err != nil {
				return err
			}
		}
		return nil
	})
	return q, err
}

// letterFilter is a filter as the store has it.
func (c *catalogue) letterFilter(f LetterFilter) (store.LetterFilter, error) {
	filter := store.LetterFilter{State: f.State}
	if f.Address != "" {
		filter.Folded = mail.Fold(f.Address)
	}
	if f.Mailbox != "" {
		if filter.Mailbox = pick(c.mailboxes, func(m store.Mailbox) bool { return m.Ref == f.Mailbox }).ID; filter.Mailbox == 0 {
			return filter, okno.ErrNotFound
		}
	}
	return filter, nil
}

// queued finds out when letters are tried next.
func (c *catalogue) queued(tx store.Tx, ls []store.Letter) ([]OutboxLetter, error) {
	keys := make([]string, len(ls))
	for i, l := range ls {
		keys[i] = id(l.ID)
	}
	due, err := jobs.Due(tx.Tx, PostJobKind, keys)
	all := make([]OutboxLetter, len(ls))
	for i, l := range ls {
		all[i] = OutboxLetter{Letter: l.Letter, Next: due[keys[i]], Box: pick(c.mailboxes, func(m store.Mailbox) bool { return m.ID == l.Mailbox }).Mailbox}
	}
	return all, err
}

// LetterAttempts are a letter with when it is tried next and what was said
// when it was not taken, the latest first.
func (d *Desk) LetterAttempts(ctx context.Context, by okno.Actor, ref okno.Ref) (l OutboxLetter, failed []okno.Attempt, err error) {
	if !by.MayManage(okno.SeeLetters) {
		return l, nil, okno.ErrForbidden
	}
	c, err := d.config(ctx)
	if err != nil {
		return l, nil, err
	}
	err = d.read(ctx, func(tx store.Tx) error {
		kept, err := tx.LetterByRef(ref)
		if err != nil {
			return err
		}
		all, err := c.queued(tx, []store.Letter{kept})
		if err != nil {
			return err
		}
		l = all[0]
		failed, err = tx.Attempts(kept.ID, attemptsShown)
		return err
	})
	return l, failed, err
}

// RetryLetter has a letter that was delayed or given up sent now.
func (d *Desk) RetryLetter(ctx context.Context, by okno.Actor, ref okno.Ref) error {
	return d.manage(ctx, by, okno.SeeLetters, func(tx store.Tx) (int64, okno.Event, error) {
		l, err := tx.LetterByRef(ref)
		if err != nil {
			return 0, okno.Event{}, err
		}
		sealed, blob, err := tx.SealedLetter(l.ID)
		if err != nil {
			return 0, okno.Event{}, err
		}
		if len(sealed) == 0 && blob == "" {
			return 0, okno.Event{}, okno.Refuse(okno.Conflict, "error.letter.gone")
		}
		return int64(l.ID), okno.NewEvent(okno.LetterRetried, okno.EventData{Letter: l.ID}), d.sendNow(tx, &l)
	})
}

// sendNow puts a letter at the head of the outbox. One that is being sent at
// this moment is left to that.
func (d *Desk) sendNow(tx store.Tx, l *store.Letter) error {
	free, err := jobs.Withdraw(tx.Tx, PostJobKind, id(l.ID))
	if err != nil || !free {
		return err
	}
	l.State = okno.LetterQueued
	if err := tx.SaveDelivery(&l.Letter); err != nil {
		return err
	}
	return jobs.Put(tx.Tx, d.Now(), jobs.New{Kind: PostJobKind, V: 1, Payload: PostJob{Letter: l.ID}, Key: id(l.ID)})
}

// RetryLetters has all letters of a filter that were delayed or given up sent
// now, a thousand at most; it returns how many.
func (d *Desk) RetryLetters(ctx context.Context, by okno.Actor, f LetterFilter) (n int, err error) {
	c, err := d.config(ctx)
	if err != nil {
		return 0, err
	}
	err = d.manage(ctx, by, okno.SeeLetters, func(tx store.Tx) (int64, okno.Event, error) {
		n = 0
		for _, state := range []okno.LetterState{okno.LetterFailed, okno.LetterDelayed} {
			f.State = state
			filter, err := c.letterFilter(f)
			if err != nil {
				return 0, okno.Event{}, err
			}
			ls, err := tx.Outbox(filter, 0, retriedAtOnce-n)
			if err != nil {
				return 0, okno.Event{}, err
			}
			for _, l := range ls {
				sealed, blob, err := tx.SealedLetter(l.ID)
				if err != nil {
					return 0, okno.Event{}, err
				}
				if len(sealed) == 0 && blob == "" {
					continue
				}
				if err := d.sendNow(tx, &l); err != nil {
					return 0, okno.Event{}, err
				}
				n++
			}
		}
		return 0, okno.NewEvent(okno.LetterRetried, okno.EventData{Reason: "all"}), nil
	})
	return n, err
}

// CancelLetter takes a letter out of the outbox for good. One that is being sent
// at this moment, or has left, is a Conflict.
func (d *Desk) CancelLetter(ctx context.Context, by okno.Actor, ref okno.Ref) error {
	return d.manage(ctx, by, okno.SeeLetters, func(tx store.Tx) (int64, okno.Event, error) {
		l, err := tx.LetterByRef(ref)
		if err != nil {
			return 0, okno.Event{}, err
		}
		free, err := jobs.Withdraw(tx.Tx, PostJobKind, id(l.ID))
		if err != nil {
			return 0, okno.Event{}, err
		}
		switch l.State {
		case okno.LetterQueued, okno.LetterDelayed, okno.LetterFailed:
		default:
			free = false
		}
		if !free {
			return 0, okno.Event{}, okno.Refuse(okno.Conflict, "error.letter.left")
		}
		l.State = okno.LetterCancelled
		return int64(l.ID), okno.NewEvent(okno.LetterWithdrawn, okno.EventData{Letter: l.ID}), tx.SaveDelivery(&l.Letter)
	})
}
