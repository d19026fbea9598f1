package desk_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

// Whoever only adds words is not told that others did so at the same moment.
func TestMessagesAtOneMomentAreAllTaken(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		number := r.open("carl@customer.example", "Printer")
		var wait sync.WaitGroup
		errs := make([]error, 12)
		for i := range errs {
			wait.Go(func() {
				w := desk.Words{Key: fmt.Sprintf("submission-key-%08d", i), Text: fmt.Sprint("message ", i), Channel: okno.ChannelWeb}
				_, errs[i] = r.AddMessage(t.Context(), r.ann, number, w)
			})
		}
		wait.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		p, err := r.Ticket(t.Context(), r.ann, number, 0)
		if err != nil || len(p.Messages) != 1+len(errs) {
			t.Errorf("there are %d messages (%v), want %d", len(p.Messages), err, 1+len(errs))
		}
	})
}

func TestTwoFirstLettersOfOnePersonMakeOnePerson(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for round := range 5 {
			address := fmt.Sprintf("racer%d@customer.example", round)
			var wait sync.WaitGroup
			people := make([]okno.Person, 16)
			errs := make([]error, len(people))
			for i := range people {
				wait.Go(func() { people[i], errs[i] = r.Sender(t.Context(), "Racer", address, "en") })
			}
			wait.Wait()
			for i, p := range people {
				if errs[i] != nil || p.ID != people[0].ID {
					t.Fatalf("sender %d is %d (%v), the first %d", i, p.ID, errs[i], people[0].ID)
				}
			}
		}
	})
}

func TestFormsOfOneNewPersonAtOneMomentMakeOnePerson(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		var wait sync.WaitGroup
		opened := make([]desk.Opened, 16)
		errs := make([]error, len(opened))
		for i := range opened {
			wait.Go(func() {
				opened[i], errs[i] = r.OpenTicket(t.Context(), okno.Actor{Door: okno.DoorPortal}, desk.Opening{
					Key: fmt.Sprintf("submission-key-%08d", i), Name: "Racer", Address: "racer@customer.example",
					Channel: okno.ChannelWeb, Subject: fmt.Sprint("Printer ", i), Text: "It is red.", Lang: "en",
				})
			})
		}
		wait.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		requesters, numbers := map[okno.PersonID]bool{}, map[okno.Number]bool{}
		for _, o := range opened {
			p, err := r.Ticket(t.Context(), r.ann, o.Number, 0)
			must(t, err)
			requesters[p.Ticket.Requester], numbers[o.Number] = true, true
			if len(p.Messages) != 1 || p.Messages[0].Author != p.Ticket.Requester {
				t.Errorf("ticket %s: %+v", o.Number, p.Messages)
			}
		}
		if len(requesters) != 1 || len(numbers) != len(opened) {
			t.Errorf("%d persons, %d numbers", len(requesters), len(numbers))
		}
	})
}
