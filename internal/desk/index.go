package desk

import (
	"context"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/index"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// The index of words follows the tickets a moment behind: a change leaves a
// record in its own transaction, and KeepIndexed works those off in batches.

// Bounds of the index.
const (
	indexBatch  = 64 // records worked off at once
	indexPause  = 150 * time.Millisecond
	indexTidied = 100 * time.Millisecond // that its parts are joined before the next pause
	indexRest   = 5 * time.Second        // after a failure
	indexWait   = 15 * time.Second       // that it gives way to people
	indexFew    = 16                     // records worked off at once while they still wait
	indexRests  = 3                      // times as long as those took is rested then
	indexLook   = time.Minute            // another process may have died over its records
)

// changesWords reports whether a fact may change what is found of a ticket.
func changesWords(k okno.EventKind) bool {
	switch k {
	case okno.StatusChanged, okno.AssigneeChanged, okno.CloseAsked, okno.LetterReturned,
		okno.TagAdded, okno.TagRemoved, okno.CallRequested, okno.CallChanged, okno.ClosingReminded, okno.ClosingStopped:
		return false
	}
	return true
}

// pend has a ticket indexed again once the change is there.
func (d *Desk) pend(tx store.Tx, t okno.TicketID) error {
	tx.OnCommit(d.wakeIndex)
	return tx.Pend(t, d.Now())
}

// savePerson keeps a changed person; his tickets are found by his new name.
func (d *Desk) savePerson(tx store.Tx, p *okno.Person) error {
	before, err := tx.Person(p.ID)
	if err != nil {
		return err
	}
	if before.Name != p.Name || before.Phone != p.Phone {
		tx.OnCommit(d.wakeIndex)
		if err := tx.PendPerson(p.ID, d.Now()); err != nil {
			return err
		}
	}
	return tx.SavePerson(p)
}

func (d *Desk) wakeIndex() {
	select {
	case d.unindexed <- struct{}{}:
	default:
	}
}

// KeepIndexed works off what is to be indexed until ctx ends. It gives way to
// people while busy says that many wait for answers; after 15 s it works off a
// few tickets at a time and rests three times as long as they took, until all is
// worked off. Several processes may do it at once.
func (d *Desk) KeepIndexed(ctx context.Context, busy func() bool) error {
	if err := d.pendLost(ctx); err != nil && ctx.Err() == nil {
		d.log.Error("the search index cannot be looked at", "error", err)
	}
	var since time.Time // that it gives way; zero: it does not
	next := time.NewTimer(0)
	defer next.Stop()
	soon := true // next comes soon
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-d.unindexed:
			if !soon {
				soon = true
				next.Reset(indexPause)
			}
			continue
		case <-next.C:
		}
		crowd := busy()
		if crowd && since.IsZero() {
			since = d.Now()
		}
		if crowd && d.Now().Sub(since) < indexWait {
			next.Reset(indexPause)
			continue
		}
		pause, whole, err := d.indexNext(ctx, crowd, busy)
		if ctx.Err() != nil {
			return nil
		}
		if whole {
			since = time.Time{}
		}
		if err != nil {
			d.log.Error("tickets could not be indexed", "error", err)
			pause = indexRest
		}
		soon = pause < indexRest
		next.Reset(pause)
	}
}

// indexNext is one step of KeepIndexed: a batch, a smaller one while a crowd
// waits, or what there is to do when all is indexed. It returns how long to
// pause, and whether all is.
func (d *Desk) indexNext(ctx context.Context, crowd bool, busy func() bool) (pause time.Duration, whole bool, err error) {
	most, rests := indexBatch, 0
	if crowd {
		most, rests = indexFew, indexRests
	}
	begun := time.Now()
	n, err := d.index(ctx, most)
	if err != nil || n > 0 {
		return time.Since(begun) * time.Duration(rests), false, err
	}
	more, err := d.renewForm(ctx)
	if err == nil && !more {
		whole = true
		more, err = d.tidyIndex(ctx, busy)
	}
	if more {
		return indexPause, whole, err
	}
	return indexLook, whole, err
}

// Index works off one batch of what is to be indexed; it returns how many
// tickets it saw to.
func (d *Desk) Index(ctx context.Context) (int, error) { return d.index(ctx, indexBatch) }

// index is Index with a bound of its own for the batch.
func (d *Desk) index(ctx context.Context, most int) (int, error) {
	var pending []store.Pending
	var texts []store.TicketText
	if err := d.read(ctx, func(tx store.Tx) (err error) {
		if pending, err = tx.PendingTickets(most); err != nil || len(pending) == 0 {
			return err
		}
		ids := make([]okno.TicketID, len(pending))
		for i, p := range pending {
			ids[i] = p.Ticket
		}
		texts, err = tx.TicketTexts(ids)
		return err
	}); err != nil || len(pending) == 0 {
		return 0, err
	}
	words := make([]index.Words, len(texts))
	for i := range texts {
		words[i] = index.Of(&texts[i])
	}
	learned := d.vocabulary.Learn(words)
	err := d.write(ctx, func(tx store.Tx) error {
		mine, err := tx.Indexed(pending)
		if err != nil {
			return err
		}
		if !mine {
			return okno.Refuse(okno.Conflict, "error.stale") // undoes it: whoever came between has read what is newer
		}
		for i, p := range pending {
			if err := store.TicketWords.Put(tx.Tx, int64(p.Ticket), words[i]...); err != nil {
				return err
			}
		}
		if err := tx.LearnWords(learned); err != nil {
			return err
		}
		_, err = store.TicketWords.Tidy(tx.Tx)
		return err
	})
	if okno.ReasonOf(err) == okno.Conflict {
		err = nil
	}
	return len(pending), err
}

// tidyIndex joins the index's parts for a moment, in small changes, while few
// people wait and no backup is made (it would have to be read through a log of
// all that is joined); it reports whether there is more to be joined.
func (d *Desk) tidyIndex(ctx context.Context, busy func() bool) (more bool, err error) {
	if d.db.Pinned() {
		return false, nil
	}
	more = true
	for begun := time.Now(); more && err == nil && time.Since(begun) < indexTidied && !busy(); {
		err = d.write(ctx, func(tx store.Tx) (err error) {
			more, err = store.TicketWords.Tidy(tx.Tx)
			return err
		})
	}
	return more, err
}

// IndexAll works off all that is to be indexed now.
func (d *Desk) IndexAll(ctx context.Context) error {
	for {
		if n, err := d.Index(ctx); err != nil || n == 0 {
			return err
		}
	}
}

// pendBatch bounds the tickets that one transaction has indexed again.
const pendBatch = 5_000

// Reindex has every ticket indexed again, in the background.
func (d *Desk) Reindex(ctx context.Context, by okno.Actor) error {
	if !by.MayManage(okno.ManageSettings) {
		return okno.ErrForbidden
	}
	return d.pendAll(ctx)
}

func (d *Desk) pendAll(ctx context.Context) error {
	for last := okno.TicketID(0); ; {
		next := last
		if err := d.write(ctx, func(tx store.Tx) (err error) {
			tx.OnCommit(d.wakeIndex)
			next, err = tx.PendAfter(last, pendBatch, d.Now())
			return err
		}); err != nil || next == 0 {
			return err
		}
		last = next
	}
}

// pendLost has every ticket indexed when the index is empty though there are
// tickets: their rows came from another database.
func (d *Desk) pendLost(ctx context.Context) error {
	lost := false
	if err := d.read(ctx, func(tx store.Tx) (err error) {
		lost, err = tx.AnyUnindexed()
		return err
	}); err != nil || !lost {
		return err
	}
	d.log.Info("the search index is made anew")
	return d.pendAll(ctx)
}

// lagCounted is how far the changes that wait for the index are counted.
const lagCounted = 10_000

// IndexLag is how many changes wait to be indexed, up to 10,000, and how long
// the oldest has.
func (d *Desk) IndexLag(ctx context.Context) (changes int, oldest time.Duration, err error) {
	err = d.read(ctx, func(tx store.Tx) error {
		n, since, err := tx.Unindexed(lagCounted)
		if changes = n; !since.IsZero() {
			oldest = max(0, d.Now().Sub(since))
		}
		return err
	})
	return changes, oldest, err
}
