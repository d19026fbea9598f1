package desk

import (
	"context"
	"slices"
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// Mine is which of his tickets a customer wants to see.
type Mine struct {
	Closed bool            // the closed ones; else those that are not
	Kind   okno.StatusKind // only these; "": all
	Words  string          // searched in all his tickets, as Search does; "": not searched
	From   string          // where the page begins; "": at the top
}

// MyTickets is one page of the tickets the customer sees at the portal.
func (d *Desk) MyTickets(ctx context.Context, by okno.Actor, m Mine) (*List, error) {
	if by.Door != okno.DoorPortal {
		return nil, okno.ErrNotFound
	}
	if strings.TrimSpace(m.Words) != "" {
		found, err := d.Search(ctx, by, Asked{Text: m.Words, Kinds: m.kinds(), From: m.From})
		if err != nil {
			return nil, err
		}
		return &found.List, nil
	}
	l := store.CustomerListing{Kinds: m.kinds(), After: place(m.From), Limit: pageRows + 1}
	return d.list(ctx, by, func(tx store.Tx) ([]okno.Ticket, error) { return tx.CustomerList(by.Sees(), l) })
}

func (m Mine) kinds() []okno.StatusKind {
	switch {
	case slices.Contains(okno.StatusKinds, m.Kind):
		return []okno.StatusKind{m.Kind}
	case strings.TrimSpace(m.Words) != "":
		return nil
	case m.Closed:
		return []okno.StatusKind{okno.StatusClosed}
	}
	return unclosed
}

// unclosed are the kinds of status whose tickets a customer has open: what is
// done still waits for his word.
var unclosed = slices.DeleteFunc(slices.Clone(okno.StatusKinds), func(k okno.StatusKind) bool { return k == okno.StatusClosed })

// MineCounted is how far MyCounts counts.
const MineCounted = 100

// MyCounts are how many open and closed tickets the customer sees, each up to
// one more than MineCounted.
func (d *Desk) MyCounts(ctx context.Context, by okno.Actor) (open, closed int, err error) {
	if by.Door != okno.DoorPortal {
		return 0, 0, okno.ErrNotFound
	}
	err = d.read(ctx, func(tx store.Tx) (err error) {
		return tx.Together(func(tx store.Tx) (err error) {
			open, err = tx.CustomerCount(by.Sees(), store.CustomerListing{Kinds: Mine{}.kinds(), Limit: MineCounted + 1})
			return err
		}, func(tx store.Tx) (err error) {
			closed, err = tx.CustomerCount(by.Sees(), store.CustomerListing{Kinds: Mine{Closed: true}.kinds(), Limit: MineCounted + 1})
			return err
		})
	})
	return open, closed, err
}
