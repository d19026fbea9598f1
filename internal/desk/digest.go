package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/mail"
)

// DigestMost is how many new tickets one letter counts.
const DigestMost = 1000

// Listing is a new ticket that is told an agent in a list, after a while.
type Listing struct {
	Person okno.PersonID
	Event  okno.EventID
	After  time.Duration
}

// Flooded are those of the people to whom new tickets are listed: some wait for
// that already, or okno.DigestFrom letters told of one each within a time.
func (d *Desk) Flooded(ctx context.Context, people []okno.Person, within time.Duration) (map[okno.PersonID]bool, error) {
	readers := make([]store.Reader, len(people))
	for i, p := range people {
		readers[i] = store.Reader{Person: p.ID, Folded: mail.Fold(p.Address)}
	}
	flooded := map[okno.PersonID]bool{}
	err := d.readAlong(ctx, func(tx store.Tx) error {
		clear(flooded)
		found, err := tx.Flooded(readers, okno.LetterOpened, d.Now().Add(-within), okno.DigestFrom)
		for _, p := range found {
			flooded[p] = true
		}
		return err
	})
	return flooded, err
}

// listLater has new tickets wait for their digests.
func (d *Desk) listLater(tx store.Tx, all []Listing) error {
	var waiting []store.Waiting
	duties := map[okno.PersonID]jobs.New{}
	for _, l := range all {
		j := JoinJob{Person: l.Person}
		waiting = append(waiting, store.Waiting{Joined: store.Joined(j), Event: l.Event})
		duties[l.Person] = j.job(d.Now().Add(l.After))
	}
	if err := tx.Join(waiting...); err != nil {
		return err
	}
	var ordered []jobs.New // or two changes could wait for one another
	for _, duty := range duties {
		ordered = append(ordered, duty)
	}
	slices.SortFunc(ordered, func(a, b jobs.New) int { return cmp.Compare(a.Key, b.Key) })
	return jobs.Put(tx.Tx, d.Now(), ordered...)
}
