package desk_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
)

// TestWhatManyLettersAskAtOneMomentIsOneRoundTripToPostgreSQL: each has its own
// answer, and one that cannot be asked keeps the others from nothing.
func TestWhatManyLettersAskAtOneMomentIsOneRoundTripToPostgreSQL(t *testing.T) {
	const many = 10
	r := newRig(t, dbtest.Open(t, dbtest.Postgres(t)))
	first, err := r.TicketOfNumber(r.ctx(), r.open("carl@customer.example", "Lamp"))
	must(t, err)
	for _, c := range []struct {
		words string
		odd   func() error
		trips int64
	}{
		{"somebody unknown", func() error {
			if _, err := r.KnownSender(r.ctx(), "nobody@customer.example"); okno.ReasonOf(err) != okno.NotFound {
				return fmt.Errorf("he is known: %w", err)
			}
			return nil
		}, 2},
		{"what cannot be asked", func() error {
			if _, err := r.LetterOfOurs(r.ctx(), "\x00"); err == nil {
				return errors.New("it was answered")
			}
			return nil
		}, 1 + many - 1}, // each of the others alone
	} {
		var trips atomic.Int64
		stop := db.WatchTrips(func(context.Context) {
			if trips.Add(1) == 1 {
				for desk.AlongWaiting(r.Desk) < many {
					runtime.Gosched()
				}
			}
		})
		var done sync.WaitGroup
		want := func() {
			if p, err := r.KnownSender(r.ctx(), "carl@customer.example"); err != nil || p.ID != first.Requester {
				t.Errorf("beside %s: %d, %v", c.words, p.ID, err)
			}
		}
		done.Go(want)
		for trips.Load() == 0 {
			runtime.Gosched()
		}
		done.Go(func() { // before the others: what comes before that which cannot be asked would be asked twice
			if err := c.odd(); err != nil {
				t.Errorf("%s: %v", c.words, err)
			}
		})
		for desk.AlongWaiting(r.Desk) == 0 {
			runtime.Gosched()
		}
		for range many - 1 {
			done.Go(want)
		}
		done.Wait()
		stop()
		if n := trips.Load(); n != c.trips {
			t.Errorf("beside %s: %d round trips, want %d", c.words, n, c.trips)
		}
	}
}

// TestFactsAreToldTogetherOrNotAtAll: one whose message has changed meanwhile
// refuses the change of all, which then are told one by one.
func TestFactsAreToldTogetherOrNotAtAll(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		m := r.page(r.ann, r.open("carl@customer.example", "Lamp")).Messages[0]
		fact := func(n int, version int64) desk.Telling {
			told, err := r.Telling(r.ctx(), []desk.Outgoing{{Told: version, Letter: okno.Letter{
				Kind: okno.LetterAnswer, Origin: fmt.Sprintf("%d:together", n), Ticket: m.Ticket, Message: m.ID, From: "support@desk.example",
				To: "carl@customer.example", MessageID: fmt.Sprintf("together-%d@desk.example", n), Bytes: []byte("letter"),
			}}}, nil, nil)
			must(t, err)
			return told
		}
		kept := func(n int) bool {
			ours, err := r.LetterOfOurs(r.ctx(), fmt.Sprintf("together-%d@desk.example", n))
			must(t, err)
			return ours
		}
		current, outdated := fact(1, m.Version), fact(2, m.Version+1)
		if err := r.TellAll(r.ctx(), []desk.Telling{current, outdated}); err == nil || okno.ReasonOf(err) == okno.Busy || kept(1) || kept(2) {
			t.Errorf("together: %v, kept are %v and %v", err, kept(1), kept(2))
		}
		must(t, r.TellAll(r.ctx(), []desk.Telling{current, fact(3, m.Version)}))
		if !kept(1) || !kept(3) {
			t.Error("what was told together is not kept")
		}
		if err := r.TellAll(r.ctx(), []desk.Telling{outdated}); okno.ReasonOf(err) != okno.Busy {
			t.Errorf("alone: %v", err)
		}
	})
}
