package oknotest_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk/seed"
	"github.com/oknodesk/okno/internal/oknotest"
)

// TestPagesAskPostgreSQLInFewRoundTrips counts how often each page waits for the
// server: a question that hangs on no other goes along with others
// (Desk.Together). A page that needs more than stands here asks one question
// after another; one that needs fewer is written down anew.
func TestPagesAskPostgreSQLInFewRoundTrips(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{DB: dbtest.Postgres(t)})
	made, err := seed.Fill(t.Context(), r.DB, r.Blob, seed.Options{Tickets: 120, Messages: 3, Seed: 5, Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	w := walker{t: t, r: r, made: made, in: map[string]string{}}
	var trips atomic.Int64
	t.Cleanup(db.WatchTrips(func(ctx context.Context) {
		if ctx.Value(http.ServerContextKey) != nil { // a page waits for it
			trips.Add(1)
		}
	}))
	for who, pages := range map[string]map[string]int64{
		oknotest.Ada: {
			"/desk?view=mine":      3,
			"/desk?view=open":      5,
			"/desk?view=calls":     3,
			"/desk?view=closed":    5,
			"/desk?q=printer":      6,
			"/desk?q=zymurgy":      4,
			"/desk/tickets/100050": 6,
			"/desk/notices":        5,
			"/desk/new":            3,
		},
		made.Agents[0]:    {"/desk?view=open": 5, "/desk?q=printer": 6, "/desk/tickets/100050/details": 6},
		made.Customers[0]: {"/": 3, "/tickets": 4, "/tickets?state=closed": 4, "/tickets?q=printer": 7, "/notices": 5, "/open": 6},
	} {
		_, b := w.enter(who, "")
		for page, want := range pages {
			w.get(b, page)
			trips.Store(0)
			w.get(b, page)
			if n := trips.Load(); n != want {
				t.Errorf("%s of %s: %d round trips, want %d", page, who, n, want)
			}
		}
		b.HTTP.CloseIdleConnections()
	}
}
