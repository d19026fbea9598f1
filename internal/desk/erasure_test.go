package desk_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/jobs"
)

// erase works off the duty to erase a person as it stands.
func (r *rig) erase(ctx context.Context, p okno.PersonID) error {
	payload, err := json.Marshal(desk.EraseJob{Person: p})
	must(r.t, err)
	return r.Erase(ctx, jobs.Job{Kind: desk.EraseJobKind, V: 1, Payload: payload})
}

// keyOf is in which words an error refuses.
func keyOf(err error) string {
	var many okno.Errors
	var one *okno.Error
	switch {
	case errors.As(err, &many):
		return many[0].Key
	case errors.As(err, &one):
		return one.Key
	}
	return fmt.Sprint(err)
}

func TestWhoCannotBeErasedIsRefusedWithTheReason(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.open("carl@customer.example", "Lamp")
		must(t, done(r.AddCompany(t.Context(), r.admin, "the company", desk.CompanyForm{Number: "1", Name: "Customer", AdminName: "Hal", AdminAddress: "hal@other.example"})))
		for address, want := range map[string]string{
			"ann@desk.example": "error.erase.agent", "ada@desk.example": "error.erase.oneself", "hal@other.example": "error.erase.lastadmin",
			"carl@customer.example": "error.erase.word",
		} {
			p := r.person(address)
			typed := address
			if want == "error.erase.word" {
				typed = "hal@other.example"
			}
			if got := keyOf(r.ErasePerson(t.Context(), r.admin, p.Ref, typed, p.Version)); got != want {
				t.Errorf("%s: %s, want %s", address, got, want)
			}
			card, err := r.PersonCard(t.Context(), r.admin, p.Ref)
			must(t, err)
			if stands := p.Erased.IsZero() && p.Address == address; !stands {
				t.Errorf("refused, %s is erased", address)
			}
			if want != "error.erase.word" && keyOf(card.Refusal) != want {
				t.Errorf("%s: beforehand %v is said", address, card.Refusal)
			}
		}
		p := r.person("carl@customer.example")
		if err := r.ErasePerson(t.Context(), r.admin, p.Ref, p.Address, p.Version+1); okno.ReasonOf(err) != okno.Conflict {
			t.Errorf("over another's change: %v", err)
		}
	})
}

func TestAFormerAgentIsErasedAndWhatHeAnsweredStays(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("carl@customer.example", "Lamp")
		must(t, done(r.AddMessage(t.Context(), r.ann, n, desk.Words{Key: "an answer", Text: "Which lamp?", Channel: okno.ChannelWeb})))
		agent, err := r.Agent(t.Context(), r.admin, r.person("ann@desk.example").Ref)
		must(t, err)
		must(t, r.SaveAgent(t.Context(), r.admin, agent.Ref, desk.AgentForm{Name: "Ann", Role: agent.Grants[0].Role.Ref, Disabled: true, Version: agent.Version}))
		p := r.person("ann@desk.example")
		must(t, r.ErasePerson(t.Context(), r.admin, p.Ref, "ann@desk.example", p.Version))
		r.clock = r.clock.Add(desk.SecondLook)
		if err := r.erase(t.Context(), p.ID); err == nil {
			t.Error("there is no second look")
		}
		must(t, r.erase(t.Context(), p.ID))
		page, err := r.Ticket(t.Context(), r.admin, n, 0)
		must(t, err)
		last := page.Messages[len(page.Messages)-1]
		if who := page.Person(p.ID); last.Text != "Which lamp?" || who.Name != "" || who.Erased.IsZero() || !who.Agent {
			t.Errorf("the answer is %q by %+v", last.Text, who)
		}
		all, err := r.Agents(t.Context(), r.admin)
		must(t, err)
		for _, a := range all {
			if a.ID == p.ID {
				t.Error("she is still among the agents")
			}
		}
	})
}

func TestAnErasedAddressStaysOutOfAnswersThatWait(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n, other := r.open("carl@customer.example", "Lamp"), r.open("carl@customer.example", "Chair")
		r.open("pat@customer.example", "Door")
		copies := []string{"Pat@Customer.example", "quinn@customer.example"}
		r.holdAnswer(n, desk.Words{Text: "Try another bulb.", Participants: copies})
		r.holdAnswer(other, desk.Words{Text: "Try another chair.", Participants: copies})
		h := r.page(r.ann, other).Held[0]
		must(t, r.UndoAnswer(r.ctx(), r.ann, other, h.Ref))
		p := r.person("pat@customer.example")
		r.clock = r.clock.Add(time.Minute)
		must(t, r.ErasePerson(r.ctx(), r.admin, p.Ref, p.Address, p.Version))
		if r.erase(r.ctx(), p.ID) == nil {
			t.Error("there is no second look")
		}
		if cc := r.page(r.ann, n).Held[0].CC; !slices.Equal(cc, copies[1:]) {
			t.Errorf("an answer that waits goes to %q", cc)
		}
		if cc := r.page(r.ann, other).Drafts[okno.Public].CC; !slices.Equal(cc, copies[1:]) {
			t.Errorf("a draft goes to %q", cc)
		}
	})
}

func TestAnAnswerThatIsGivenWhileAnErasureBeginsDoesNotKeepTheAddress(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("carl@customer.example", "Lamp")
		r.open("pat@customer.example", "Door")
		r.holdAnswer(n, desk.Words{Text: "Try another bulb.", Participants: []string{"pat@customer.example"}})
		h, p := r.page(r.ann, n).Held[0], r.person("pat@customer.example")
		r.clock = r.clock.Add(time.Minute)
		begin := func() { must(t, r.ErasePerson(r.ctx(), r.admin, p.Ref, p.Address, p.Version)) }
		if r.db.Dialect() == db.SQLite { // has one change at a time
			begin()
		} else {
			r.asked = func() { // the answer was read and is not taken away yet
				r.asked = nil
				begin()
			}
		}
		must(t, r.giveHeld(h.ID))
		page := r.page(r.ann, n)
		if len(page.Messages) != 2 || len(page.Ticket.Participants) != 0 {
			t.Errorf("the answer makes %v take part, who are %v", page.Ticket.Participants, page.People)
		}
	})
}

// TestAnErasureThatIsInterruptedGoesOn stops it after every few steps, as a
// process that ends does.
func TestAnErasureThatIsInterruptedGoesOn(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("carl@customer.example", "Lamp")
		carl := okno.Actor{Person: r.person("carl@customer.example").ID, Door: okno.DoorPortal}
		for i := range 250 { // more than one transaction erases
			must(t, done(r.AddMessage(t.Context(), carl, n, desk.Words{Key: fmt.Sprint("message ", i), Text: "Still dark.", Channel: okno.ChannelWeb})))
		}
		p := r.person("carl@customer.example")
		must(t, r.ErasePerson(t.Context(), r.admin, p.Ref, p.Address, p.Version))
		r.clock = r.clock.Add(desk.SecondLook)
		interrupted := 0
		for steps := 1; ; steps++ {
			ctx, stop := context.WithCancel(t.Context())
			var asked int
			r.asked = func() {
				if asked++; asked > steps {
					stop()
				}
			}
			err := r.erase(ctx, p.ID)
			stop()
			r.asked = nil
			if err == nil {
				break
			}
			interrupted++
		}
		page, err := r.Ticket(t.Context(), r.admin, n, 0)
		must(t, err)
		for _, m := range page.Messages {
			if m.Text != "" || m.Deleted.IsZero() {
				t.Fatalf("a message says %q", m.Text)
			}
		}
		if page.Ticket.Subject != "" || page.Ticket.LastWord != "" || interrupted < 3 {
			t.Errorf("subject %q, last word %q after %d interruptions", page.Ticket.Subject, page.Ticket.LastWord, interrupted)
		}
		erased := 0
		for _, e := range page.Events {
			if e.Kind == okno.TicketErased {
				erased++
			}
		}
		if erased == 0 {
			t.Error("the history does not say it")
		}
	})
}
