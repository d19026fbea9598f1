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
	Words  string          // searched in number and subject of all his tickets; "": not searched
	From   string          // where the page begins; "": at the top
}

// MaxWords is the longest text searched for, in bytes.
const MaxWords = 200

// Bounds of a search: so many tickets are read at once, and so many for one
// page. Whoever has more goes on with the next page.
const (
	searchChunk = 500
	searchReads = 4
)

// MyTickets is one page of the tickets the customer sees at the portal.
func (d *Desk) MyTickets(ctx context.Context, by okno.Actor, m Mine) (*List, error) {
	if by.Door != okno.DoorPortal {
		return nil, okno.ErrNotFound
	}
	l := store.CustomerListing{Kinds: m.kinds(), After: place(m.From), Limit: pageRows + 1}
	words := strings.Fields(strings.ToLower(cut(m.Words, MaxWords)))
	if len(words) == 0 {
		return d.list(ctx, by, func(tx store.Tx) ([]okno.Ticket, error) { return tx.CustomerList(by.Sees(), l) })
	}
	return d.searchMine(ctx, by, l, words)
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

// searchMine reads the customer's tickets, latest change first, and keeps
// those that fit until a page is full or enough have been read.
func (d *Desk) searchMine(ctx context.Context, by okno.Actor, l store.CustomerListing, words []string) (*List, error) {
	c, err := d.config(ctx)
	if err != nil {
		return nil, err
	}
	list := &List{}
	err = d.read(ctx, func(tx store.Tx) error {
		var fit []okno.Ticket
		next := ""
		at := l
		at.Limit = searchChunk
		for range searchReads {
			ts, err := tx.CustomerList(by.Sees(), at)
			if err != nil {
				return err
			}
			next = ""
			for _, t := range ts {
				next = placeText(store.After(t))
				if fits(&t, words) {
					fit = append(fit, t)
				}
				if len(fit) == pageRows {
					break
				}
			}
			if len(fit) == pageRows {
				break
			}
			if len(ts) < searchChunk {
				next = ""
				break
			}
			at.After = store.After(ts[len(ts)-1])
		}
		list.Next = next
		list.Rows, err = d.rows(tx, c, by, fit)
		return err
	})
	return list, err
}

// fits reports whether the ticket has that number, or every word in its
// subject. Words are lower case.
func fits(t *okno.Ticket, words []string) bool {
	if len(words) == 1 && okno.TypedNumber(words[0]) == t.Number {
		return true
	}
	subject := strings.ToLower(t.Subject)
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(subject, w) })
}

// MineCounted is how far MyCounts counts.
const MineCounted = 100

// MyCounts are how many open and closed tickets the customer sees, each up to
// one more than MineCounted.
func (d *Desk) MyCounts(ctx context.Context, by okno.Actor) (open, closed int, err error) {
	if by.Door != okno.DoorPortal {
		return 0, 0, okno.ErrNotFound
	}
	err = d.read(ctx, func(tx store.Tx) (err error) {
		if open, err = tx.CustomerCount(by.Sees(), store.CustomerListing{Kinds: Mine{}.kinds(), Limit: MineCounted + 1}); err != nil {
			return err
		}
		closed, err = tx.CustomerCount(by.Sees(), store.CustomerListing{Kinds: Mine{Closed: true}.kinds(), Limit: MineCounted + 1})
		return err
	})
	return open, closed, err
}
