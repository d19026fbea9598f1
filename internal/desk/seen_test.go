package desk_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

// say is another message in a ticket, a minute later.
func (r *rig) say(by okno.Actor, n okno.Number, text string) desk.Written {
	r.t.Helper()
	r.clock = r.clock.Add(time.Minute)
	w, err := r.AddMessage(r.ctx(), by, n, desk.Words{Key: "say " + text + string(n), Text: text, Channel: okno.ChannelWeb})
	must(r.t, err)
	return w
}

func TestUnreadMessagesAreCountedAtBothSides(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n, carl, _, _ := r.told()
		unread := func(by okno.Actor) int {
			t.Helper()
			var list *desk.List
			var err error
			if by.Agent() {
				list, err = r.View(t.Context(), by, okno.ViewOpen, "")
			} else {
				list, err = r.MyTickets(t.Context(), by, desk.Mine{})
			}
			must(t, err)
			return list.Rows[0].Unread
		}
		counts := func(what string, customers, agents int) {
			t.Helper()
			if c, a := unread(carl), unread(r.ann); c != customers || a != agents {
				t.Errorf("%s: %d new to the customer, %d to the agent, want %d and %d", what, c, a, customers, agents)
			}
		}
		counts("answered", 1, 0)
		r.say(r.ann, n, "Or a new lamp.")
		r.say(r.admin, n, "Or a candle.")
		_, err := r.AddNote(t.Context(), r.ann, n, desk.Words{Key: "note", Text: "Between us.", Channel: okno.ChannelWeb})
		must(t, err)
		counts("three answers and a note", 3, 0)
		page := r.page(carl, n)
		must(t, r.MarkSeen(t.Context(), carl, n, page.Messages[1].Ref))
		counts("the first is seen", 2, 0)
		must(t, r.MarkSeen(t.Context(), carl, n, ""))
		must(t, r.MarkSeen(t.Context(), carl, n, page.Messages[1].Ref)) // it never goes back
		counts("all are seen", 0, 0)
		must(t, r.SetStatus(t.Context(), r.ann, n, okno.StatusWaiting, okno.Hold{}, 0))
		counts("a status is no message", 0, 0)
		guest := okno.Actor{Door: okno.DoorPortal, Guest: map[okno.TicketID]okno.PersonID{page.Ticket.ID: carl.Person}}
		r.say(guest, n, "It works.")
		r.say(guest, n, "No, it does not.")
		counts("he wrote twice", 0, 2)
		w := r.say(r.admin, n, "Oh.")
		if list, err := r.MyTickets(t.Context(), guest, desk.Mine{}); err != nil || list.Rows[0].Unread != 1 {
			t.Errorf("come by a link: %+v %v", list, err)
		}
		must(t, r.DeleteMessage(t.Context(), r.admin, n, w.Ref))
		counts("what is deleted is not new", 0, 2)
	})
}

func TestAgentsSeeWhatTheCustomerHasSeenAndWhenFirst(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n, carl, _, answer := r.told()
		sights := func() string {
			said := ""
			p := r.page(r.ann, n)
			for i := range p.Messages {
				for _, s := range p.SightsOf(&p.Messages[i]) {
					said += fmt.Sprintf("%d at %s ", i, s.At.Format(time.TimeOnly))
				}
			}
			return said
		}
		if got := sights(); got != "" {
			t.Errorf("before he looked: %q", got)
		}
		r.clock = r.clock.Add(time.Hour)
		must(t, r.MarkSeen(t.Context(), carl, n, answer))
		first := fmt.Sprintf("1 at %s ", r.clock.Format(time.TimeOnly))
		if got := sights(); got != first {
			t.Errorf("%q, want %q", got, first)
		}
		r.clock = r.clock.Add(time.Hour)
		must(t, r.MarkSeen(t.Context(), carl, n, ""))
		r.say(carl, n, "Thank you.")
		if got := sights(); got != first {
			t.Errorf("after he came again and wrote: %q, want %q", got, first)
		}
		r.say(r.ann, n, "You are welcome.")
		if got := sights(); got != first {
			t.Errorf("after another answer: %q, want %q", got, first)
		}
		must(t, r.MarkSeen(t.Context(), carl, n, ""))
		if got, want := sights(), fmt.Sprintf("3 at %s ", r.clock.Format(time.TimeOnly)); got != want {
			t.Errorf("after he saw it: %q, want %q", got, want)
		}
		if p := r.page(carl, n); len(p.Sights) != 0 {
			t.Errorf("the customer learns who saw what: %+v", p.Sights)
		}
	})
}

func TestWhatIsNewSinceTheLastVisit(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n, carl, _, _ := r.told()
		if p := r.page(carl, n); p.New() != nil || p.News() != 0 {
			t.Error("all is new to who was never here, and nothing is said to be")
		}
		must(t, r.MarkSeen(t.Context(), carl, n, ""))
		r.say(carl, n, "One more thing.")
		if p := r.page(carl, n); p.New() != nil {
			t.Errorf("one's own is new: %+v", p.New())
		}
		r.say(r.ann, n, "Yes?")
		r.say(r.ann, n, "I am listening.")
		if p := r.page(carl, n); p.New() == nil || p.New().Text != "Yes?" || p.News() != 2 {
			t.Errorf("new: %+v, %d", p.New(), p.News())
		}
	})
}
