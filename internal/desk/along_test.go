package desk_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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

// TestFactsOfOneTicketToldTogetherAreJoined: the first is told at once, though
// those beside it were asked for before there was its letter.
func TestFactsOfOneTicketToldTogetherAreJoined(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		lamp, door := r.page(r.ann, r.open("carl@customer.example", "Lamp")), r.page(r.ann, r.open("carl@customer.example", "Door"))
		var all []desk.Telling
		letter := func(p *desk.TicketPage, n int) string {
			return fmt.Sprintf("joined-%s-%d@desk.example", p.Ticket.Number, n)
		}
		for _, p := range []*desk.TicketPage{lamp, door} {
			for n := range 3 {
				told, err := r.Telling(r.ctx(), []desk.Outgoing{{Join: time.Minute, Letter: okno.Letter{
					Kind: okno.LetterCustomer, Origin: letter(p, n), Person: r.ann.Person, Ticket: p.Ticket.ID, Event: okno.EventID(n + 1),
					From: "support@desk.example", To: "ann@desk.example", MessageID: letter(p, n), Bytes: []byte("letter"),
				}}}, nil, nil)
				must(t, err)
				all = append(all, told)
			}
		}
		must(t, r.TellAll(r.ctx(), all))
		for _, p := range []*desk.TicketPage{lamp, door} {
			for n := range 3 {
				queued, err := r.LetterOfOurs(r.ctx(), letter(p, n))
				must(t, err)
				if queued != (n == 0) {
					t.Errorf("letter %d of #%s is queued: %v", n, p.Ticket.Number, queued)
				}
			}
			waiting, err := r.JoinedFacts(r.ctx(), desk.JoinJob{Person: r.ann.Person, Ticket: p.Ticket.ID}, desk.JoinedMost)
			must(t, err)
			if !slices.Equal(waiting, []okno.EventID{2, 3}) {
				t.Errorf("for #%s wait %v", p.Ticket.Number, waiting)
			}
		}
	})
}
