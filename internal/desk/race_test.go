package desk_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/oknodesk/okno"
)

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
