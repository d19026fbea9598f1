package intake_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/intake"
)

// threadLetter is the nth letter of one of Carl's threads: it answers all
// before it.
func threadLetter(thread, n int) string {
	name := func(i int) string { return fmt.Sprintf("<%d.%d@customer.example>", thread, i) }
	fields := []string{"From: carl@customer.example", "To: " + support, fmt.Sprintf("Date: Fri, 20 Nov 2026 08:%02d:00 +0000", n), "Message-ID: " + name(n)}
	subject := fmt.Sprintf("Subject: Thread %d", thread)
	if n > 0 {
		var before []string
		for i := range n {
			before = append(before, name(i))
		}
		fields = append(fields, "References: "+strings.Join(before, " "), "In-Reply-To: "+name(n-1))
		subject = fmt.Sprintf("Subject: Re: Thread %d", thread)
	}
	return letter(append(fields, subject, "", fmt.Sprintf("Words %d.", n))...)
}

// words are what a ticket's messages say, in the order of the page.
func (r *rig) words(id okno.TicketID) []string {
	r.t.Helper()
	ms := slices.Clone(r.page(id).Messages)
	slices.SortStableFunc(ms, func(a, b okno.Message) int { return a.At.Compare(b.At) })
	var words []string
	for _, m := range ms {
		words = append(words, m.Text)
	}
	return words
}

func TestAThreadReadInAnyOrderIsOneTicketInTheOrderItWasWritten(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		orders := [][]int{{1, 0}, {2, 1, 0}, {2, 0, 1}, {1, 2, 0}, {3, 0, 2, 1}, {3, 2, 1, 0}, {0, 2, 1, 3}}
		for thread, order := range orders {
			for _, n := range order {
				r.clock.move(time.Minute)
				r.arrive(support, threadLetter(thread, n))
			}
			k := r.last()
			words := r.words(k.Ticket)
			written := slices.Clone(words)
			slices.Sort(written)
			if len(words) != len(order) || r.tickets() != thread+1 {
				t.Errorf("read as %v: %d tickets, the last with %q", order, r.tickets(), words)
			}
			if order[0] == len(order)-1 && slices.IsSortedFunc(order, func(a, b int) int { return b - a }) && !slices.Equal(words, written) {
				t.Errorf("read as %v it stands as %q", order, words)
			}
		}
	})
}

func TestLettersOfManyThreadsAtOnceStayWithTheirOwn(t *testing.T) {
	const threads, letters = 8, 4
	each(t, func(t *testing.T, r *rig) {
		var all []string
		for thread := range threads {
			for n := range letters {
				all = append(all, threadLetter(thread, n))
			}
		}
		rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		var sent sync.WaitGroup
		for _, raw := range all {
			sent.Go(func() {
				if err := r.receiver.Keep(r.ctx(), intake.Arrival{EnvelopeFrom: "carl@customer.example", EnvelopeTo: support, Source: "smtp", Raw: []byte(raw)}); err != nil {
					t.Error(err)
				}
			})
		}
		sent.Wait()
		for range 2 * letters { // whoever waits for a parent looks again
			r.settle()
			r.clock.move(parentPause)
			r.runner.Wake()
		}
		r.settle()
		tickets := map[okno.TicketID]int{}
		for _, k := range r.kept() {
			if k.State != okno.KeptJoined {
				t.Errorf("a letter ended as %s: %+v", k.State, k.Trace)
			}
			tickets[k.Ticket]++
		}
		for id := range tickets {
			words := r.words(id)
			slices.Sort(words)
			if !slices.Equal(words, []string{"Words 0.", "Words 1.", "Words 2.", "Words 3."}) {
				t.Errorf("a ticket says %q", words)
			}
		}
		if len(tickets) != threads {
			t.Errorf("%d threads became %d tickets", threads, len(tickets))
		}
	})
}

func TestOnlyWhoTakesPartIsJoinedWithAnAnswerThatWasFaster(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		// Mallory was sent a copy and is faster than the letter itself.
		first := r.arrive(support, letter("From: mallory@evil.example", "In-Reply-To: <secret@customer.example>", "Message-ID: <fast@evil.example>", "Subject: Re: Secret", "", "I want to read it."))
		k := r.arrive(support, letter("From: carl@customer.example", "Message-ID: <secret@customer.example>", "Subject: Secret", "", "The password is swordfish."))
		if k.Ticket == first.Ticket || k.Ticket == 0 {
			t.Errorf("Carl's letter went to ticket %d, Mallory's is %d: %+v", k.Ticket, first.Ticket, k.Trace)
		}
		again := r.arrive(support, letter("From: carl@customer.example", "In-Reply-To: <secret@customer.example>", "Message-ID: <more@customer.example>", "Subject: Re: Secret", "", "More."))
		if again.Ticket != k.Ticket {
			t.Errorf("Carl's next letter went to ticket %d: %+v", again.Ticket, again.Trace)
		}
		two := r.arrive(support, letter("From: dora@customer.example", "In-Reply-To: <news@elsewhere.example>", "Message-ID: <d@customer.example>", "Subject: Re: News", "", "Stop."))
		one := r.arrive(support, letter("From: carl@customer.example", "In-Reply-To: <news@elsewhere.example>", "Message-ID: <c@customer.example>", "Subject: Re: News", "", "More of it."))
		if one.Ticket == two.Ticket {
			t.Error("two who answer the same newsletter were put into one ticket")
		}
	})
}

func TestTwoThatOpenTheSameThreadAtOnceAreTold(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		carl, err := r.Sender(r.ctx(), "Carl", "carl@customer.example", "en")
		must(t, err)
		const racers = 6
		errs := make([]error, racers)
		var raced sync.WaitGroup
		for i := range racers {
			raced.Go(func() {
				own := fmt.Sprintf("%d@customer.example", i)
				_, errs[i] = r.OpenTicket(r.ctx(), okno.Actor{Person: carl.ID, Door: okno.DoorMail, Claim: okno.Claimed}, desk.Opening{
					Key: own, Channel: okno.ChannelMail, Subject: "Raced", Text: "x", Letter: &desk.LetterWords{MessageID: own, Claims: []string{own, "parent@customer.example"}},
				})
			})
		}
		raced.Wait()
		opened := 0
		for _, err := range errs {
			if err == nil {
				opened++
			} else if !errors.Is(err, desk.ErrThreadTaken) {
				t.Error(err)
			}
		}
		if opened != 1 || r.tickets() != 1 {
			t.Errorf("%d of %d opened a ticket, there are %d", opened, racers, r.tickets())
		}
	})
}
