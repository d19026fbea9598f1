package notify_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

// flood opens n tickets, each of its own requester, and returns them with what
// letters were queued.
func (r *rig) flood(lang, subject string, n int) (tickets []desk.Opened, letters []sent) {
	r.t.Helper()
	for range n {
		r.people++
		tickets = append(tickets, r.byForm(lang, fmt.Sprintf("carl%d@customer.example", r.people), fmt.Sprintf("%s %d", subject, r.people), "It is dark."))
		letters = append(letters, r.letters()...)
	}
	return tickets, letters
}

func TestManyNewTicketsAreListed(t *testing.T) {
	for lang, subject := range map[string]string{"en": "Lamp", "ru": "Лампа"} {
		t.Run(lang, func(t *testing.T) {
			each(t, lang, func(t *testing.T, r *rig) {
				r.joinWithin(2)
				_, letters := r.flood(lang, subject, okno.DigestFrom)
				if ann := among(letters, "ann@desk.example"); ann != okno.DigestFrom {
					t.Errorf("Ann has %d letters of %d tickets", ann, okno.DigestFrom)
				}
				tickets, letters := r.flood(lang, subject, 5)
				if n := among(letters, "ann@desk.example"); n != 0 || count(letters, okno.LetterConfirmation) != 5 {
					t.Errorf("of the next ones Ann has %d letters; all are %s", n, list(letters))
				}
				must(t, r.Take(r.ctx(), r.bob, tickets[1].Number, 0))
				one := to(t, r.later(2*time.Minute), "ann@desk.example")
				if one.Kind != okno.LetterDigest || strings.Contains(one.read.Text, string(tickets[1].Number)) || !strings.Contains(one.read.Text, string(tickets[4].Number)) {
					t.Errorf("a %s letter says %q", one.Kind, one.read.Text)
				}
				if len(one.read.ReplyTo) != 0 || one.Ticket != 0 {
					t.Errorf("an answer to the list would go to %v, ticket %d", one.read.ReplyTo, one.Ticket)
				}
				compare(t, filepath.Join("testdata", lang+"-digest-agent.txt"), "Subject: "+one.read.Subject+"\nFrom: "+one.read.From[0].Name+"\nAuto-Submitted: "+one.read.Header.Get("Auto-Submitted")+"\n\n"+one.read.Text)
				compare(t, filepath.Join("testdata", lang+"-digest-agent.html"), one.read.HTML)
				if rest := r.later(time.Hour); len(rest) > 0 {
					t.Errorf("something is told again: %s", list(rest))
				}
				_, letters = r.flood(lang, subject, 1)
				if to(t, letters, "ann@desk.example").Kind != okno.LetterOpened {
					t.Errorf("when the flood is over there are %s", list(letters))
				}
			})
		})
	}
}

// Whatever comes until the list goes is on it, though the letters of before are
// old by then.
func TestALongListCountsWhatItDoesNotName(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		r.joinWithin(2)
		r.flood("en", "Lamp", okno.DigestFrom)
		r.pass(time.Minute)
		first, _ := r.flood("en", "Lamp", 1)
		r.pass(90 * time.Second)
		tickets, _ := r.flood("en", "Lamp", 52)
		tickets = append(first, tickets...)
		one := to(t, r.later(30*time.Second), "ann@desk.example")
		if one.read.Subject != "53 new tickets" || !strings.Contains(one.read.Text, string(tickets[49].Number)) || strings.Contains(one.read.Text, string(tickets[50].Number)) || !strings.Contains(one.read.Text, "And 3 more.") {
			t.Errorf("%q says %q", one.read.Subject, one.read.Text)
		}
	})
}

func TestALoneTicketThatWaitedForAListIsALetter(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		r.joinWithin(2)
		r.flood("en", "Lamp", okno.DigestFrom)
		tickets, _ := r.flood("en", "Lamp", 1)
		one := to(t, r.later(2*time.Minute), "ann@desk.example")
		if _, ticket, _, ok := r.ReplyAddresses().Parse(one.read.ReplyTo[0].Addr); one.Kind != okno.LetterOpened || !ok || ticket != int64(tickets[0].Ticket) {
			t.Errorf("a %s letter, answered at %v", one.Kind, one.read.ReplyTo)
		}
	})
}

func TestWhoeverWantsEachNewTicketByItselfHasNoList(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		r.joinWithin(2)
		must(t, r.JoinNotices(r.ctx(), okno.Actor{Person: r.ann.Person, Door: okno.DoorWorkspace, Grants: r.ann.Grants}, false))
		_, letters := r.flood("en", "Lamp", okno.DigestFrom+2)
		if ann, bob := among(letters, "ann@desk.example"), among(letters, "bob@desk.example"); ann != okno.DigestFrom+2 || bob != okno.DigestFrom {
			t.Errorf("Ann has %d letters, Bob %d", ann, bob)
		}
	})
}
