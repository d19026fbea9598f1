// Package seed fills an installation with plausible tickets, many at once, to
// try and to measure it at size: Zipf's law for who asks and in which words,
// in Russian and English. It writes rows itself, past the desk's commands, and
// leaves what those would have left: history, counters and the search index
// too. The same seed makes the same content in either database.
package seed

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/blob"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk/internal/index"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/secret"
)

// Options are how much is made.
type Options struct {
	Tickets  int
	Messages int // of a ticket, on average; at least 1
	Seed     uint64
	More     bool // though there are tickets already
	Now      time.Time
	Progress func(tickets int) // called now and then; nil: nobody asks
}

// Bounds of Options.
const (
	MaxTickets  = 10_000_000
	MaxMessages = 100
)

// ErrNotEmpty: the installation has tickets already.
var ErrNotEmpty = errors.New("the installation has tickets already")

// batch is how many tickets are written in one transaction. While it is, nobody
// else writes: it is for an installation that nobody uses yet.
const batch = 512

// Result is who can come in to look at what was made.
type Result struct {
	Tickets, Messages int
	Agents            []string // logins; the last of them sees a small department only
	Customers         []string // logins, those with the most tickets first
}

// Fill makes the tickets. The installation must be set up; no password opens
// the accounts that are made until one is set by a reset link. Where ctx ends
// before, what was made by then is made usable. A program that is killed leaves
// an installation that had no tickets unfinished (db.UnfinishedError).
func Fill(ctx context.Context, d *db.DB, files blob.Store, o Options) (*Result, error) {
	if o.Tickets < 1 || o.Tickets > MaxTickets || o.Messages < 1 || o.Messages > MaxMessages {
		return nil, fmt.Errorf("from 1 to %d tickets of 1 to %d messages", MaxTickets, MaxMessages)
	}
	f := &filling{db: d, o: o}
	if err := f.scene(ctx, files); err != nil {
		return nil, err
	}
	indexes, err := f.takeIndexes(ctx)
	if err != nil {
		return nil, err
	}
	cut := f.fill(ctx)
	whole := context.WithoutCancel(ctx)
	if err := f.finish(whole); err != nil {
		return nil, errors.Join(cut, err)
	}
	return &f.result, errors.Join(cut, f.makeIndexes(whole, indexes))
}

// fill writes batches of tickets while the next ones are made.
func (f *filling) fill(ctx context.Context) error {
	batches := make(chan *made, 2)
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer close(batches)
		for first := 0; first < f.o.Tickets; first += batch {
			b := f.make(first, min(batch, f.o.Tickets-first))
			select {
			case batches <- b:
			case <-ctx.Done():
				return
			}
		}
	}()
	defer func() {
		cancel()
		for range batches { // until none is being made
		}
	}()
	for b := range batches {
		if err := f.write(ctx, b); err != nil {
			return err
		}
		f.result.Tickets += len(b.bulk.Tickets)
		f.result.Messages += len(b.bulk.Messages)
		if f.o.Progress != nil {
			f.o.Progress(f.result.Tickets)
		}
	}
	return ctx.Err()
}

// takeIndexes takes the indexes away from where the most rows come, unless there
// were tickets before: what is there already would have to be sorted again.
func (f *filling) takeIndexes(ctx context.Context) ([]db.Index, error) {
	if f.ids.Ticket > 0 {
		return nil, nil
	}
	if err := f.db.Begin(ctx, "a filling with sample tickets", f.o.Now); err != nil {
		return nil, err
	}
	return f.db.TakeIndexes(ctx, store.BulkIndexed())
}

// makeIndexes makes what takeIndexes took.
func (f *filling) makeIndexes(ctx context.Context, taken []db.Index) error {
	if taken == nil {
		return nil
	}
	if err := f.db.MakeIndexes(ctx, taken); err != nil {
		return err
	}
	return f.db.Finish(ctx)
}

// filling is one Fill under way.
type filling struct {
	db   *db.DB
	o    Options
	text *writer
	cast
	vocabulary index.Vocabulary
	result     Result
}

// made is a batch that is ready to be written.
type made struct {
	bulk  store.Bulk
	words []index.Words
	known map[string]int64
}

// write leaves the parts of the index of words to be joined by SQLite, 64 at once,
// and by finish: nobody waits meanwhile.
func (f *filling) write(ctx context.Context, b *made) error {
	return f.db.Write(ctx, func(tx *db.Tx) error {
		if err := (store.Tx{Tx: tx}).AddBulk(&b.bulk); err != nil {
			return err
		}
		for i, w := range b.words {
			if err := store.TicketWords.Put(tx, int64(b.bulk.Tickets[i].ID), w...); err != nil {
				return err
			}
		}
		return store.Tx{Tx: tx}.LearnWords(b.known)
	})
}

// finish joins the parts of the index of words, lets the database give ids and
// numbers behind those that were given here, and folds the counters.
func (f *filling) finish(ctx context.Context) error {
	if err := f.whole(ctx, store.TicketWords.Tidy); err != nil {
		return err
	}
	if err := f.db.Write(ctx, func(tx *db.Tx) error {
		if err := f.db.Continue(tx, store.BulkTables(), map[string]int64{"ticket_number": f.number}); err != nil {
			return err
		}
		s := store.Tx{Tx: tx}
		return s.AddBulk(&store.Bulk{Given: f.given})
	}); err != nil {
		return err
	}
	return f.whole(ctx, func(tx *db.Tx) (bool, error) { return store.Tx{Tx: tx}.FoldCounters() })
}

// whole takes a step, each time in a change of its own, until there is no more.
func (f *filling) whole(ctx context.Context, step func(*db.Tx) (more bool, err error)) error {
	for more := true; more; {
		if err := f.db.Write(ctx, func(tx *db.Tx) (err error) {
			more, err = step(tx)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// scene reads what the tickets stand on and makes who takes part in them.
func (f *filling) scene(ctx context.Context, files blob.Store) error {
	var attached []blob.Blob
	for i := range 4 {
		b, err := files.Put(ctx, strings.NewReader(fmt.Sprintf("An attachment of the sample, no. %d.\n", i)), 1<<10)
		if err != nil {
			return err
		}
		attached = append(attached, b)
	}
	password, err := secret.HashPassword(ctx, secret.GeneratePassword())
	if err != nil {
		return err
	}
	return f.db.Write(ctx, func(tx *db.Tx) error {
		s := store.Tx{Tx: tx}
		settings, err := s.Settings()
		if okno.ReasonOf(err) == okno.NotFound {
			return errors.New("the installation is not set up yet")
		}
		if err != nil {
			return err
		}
		if any, err := s.AnyTicket(); err != nil || any && !f.o.More {
			if err == nil {
				err = ErrNotEmpty
			}
			return err
		}
		last, err := f.db.Sequences(tx)
		if err != nil {
			return err
		}
		f.cast = cast{settings: settings, number: last["ticket_number"], attached: attached, password: password}
		if f.ids, err = s.LastIDs(); err != nil {
			return err
		}
		f.text = newWriter(rand.NewPCG(f.o.Seed, uint64(f.ids.Ticket))) // another time it makes others
		return f.people(s)
	})
}
