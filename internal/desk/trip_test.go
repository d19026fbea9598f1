package desk_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

// TestATicketIsOpenedInFewRoundTripsToPostgreSQL: what needs no answer, or
// not yet, goes along with what does. Nothing else asks meanwhile.
func TestATicketIsOpenedInFewRoundTripsToPostgreSQL(t *testing.T) {
	r := newRig(t, dbtest.Open(t, dbtest.Postgres(t)))
	r.open("first@customer.example", "What is read once")
	var trips atomic.Int64
	t.Cleanup(db.WatchTrips(func(context.Context) { trips.Add(1) }))
	for _, c := range []struct {
		who, address string
		want         int64
	}{
		{"a stranger", "carl@customer.example", 3},
		{"somebody known", "carl@customer.example", 4},
	} {
		trips.Store(0)
		r.open(c.address, "Lamp")
		if n := trips.Load(); n != c.want {
			t.Errorf("for %s: %d round trips, want %d", c.who, n, c.want)
		}
	}
}
