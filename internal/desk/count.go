package desk

import (
	"context"
	"slices"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// Bounds of what is counted ticket by ticket.
const (
	// countFar is how far the tickets of an agent's teams and the overdue ones
	// are counted.
	countFar = 1000
	// ViewCounted is how far a saved view is counted.
	ViewCounted = 100
)

// Counted is how many tickets there are, or More.
type Counted struct {
	N    int64
	More bool
}

// Counts are how many tickets each built-in view of the agent holds. Who is in
// no team has no ViewTeam.
func (d *Desk) Counts(ctx context.Context, by okno.Actor) (map[okno.ViewKind]int64, error) {
	if !by.Agent() {
		return nil, okno.ErrNotFound
	}
	c, err := d.config(ctx)
	if err != nil {
		return nil, err
	}
	teams := c.teamsFor(by)
	n := map[okno.ViewKind]int64{}
	err = d.read(ctx, func(tx store.Tx) (err error) {
		clear(n)
		var counts []store.Count
		if err := tx.Together(func(tx store.Tx) (err error) {
			counts, err = tx.Counts()
			return err
		}, func(tx store.Tx) (err error) {
			if len(teams) > 0 {
				n[okno.ViewTeam], err = tx.CountTeams(teams, alive, countFar)
			}
			return err
		}, func(tx store.Tx) (err error) {
			n[okno.ViewCalls], err = tx.CountCalls(by.Sees(), countCalls)
			return err
		}, func(tx store.Tx) (err error) {
			n[okno.ViewOverdue], err = tx.CountOverdue(by.Sees(), d.Now(), countFar)
			return err
		}); err != nil {
			return err
		}
		for _, view := range okno.Views {
			r := d.reading(tx, c, by, okno.OrderChanged, "")
			if _, err := d.conditions(r, c, by, view.View().Conditions, &List{}); err != nil {
				return err
			}
			if all, ok := r.counted(counts); ok {
				n[view] = all
			}
		}
		return nil
	})
	return n, err
}

// counted is how many tickets the reading finds by the counters alone; false:
// they do not tell.
func (r *reading) counted(counts []store.Count) (n int64, ok bool) {
	rest := r.narrow
	rest.Kinds, rest.Departments, rest.Assignees, rest.NotAssignees = nil, nil, nil, nil
	if len(r.words) > 0 || len(r.without) > 0 || !rest.Empty() {
		return 0, false
	}
	for _, c := range counts {
		if (r.scope.Everything() || slices.Contains(r.scope.Departments(), c.Department)) &&
			asked(r.narrow.Kinds, c.Kind) && asked(r.narrow.Departments, c.Department) &&
			asked(r.narrow.Assignees, c.Assignee) && !slices.Contains(r.narrow.NotAssignees, c.Assignee) {
			n += c.N
		}
	}
	return max(n, 0), true
}

// asked reports whether x is one of those that were asked for; none: all are.
func asked[T comparable](some []T, x T) bool { return len(some) == 0 || slices.Contains(some, x) }

// ViewCounts are how many tickets some views hold for the agent: by the
// counters where those tell, else counted up to ViewCounted within what is read
// at once.
func (d *Desk) ViewCounts(ctx context.Context, by okno.Actor, views []okno.View) ([]Counted, error) {
	if !keepsViews(by) {
		return nil, okno.ErrNotFound
	}
	if len(views) == 0 {
		return nil, nil
	}
	c, err := d.config(ctx)
	if err != nil {
		return nil, err
	}
	counted := make([]Counted, len(views))
	err = d.read(ctx, func(tx store.Tx) error {
		counts, err := tx.Counts()
		if err != nil {
			return err
		}
		for i, v := range views {
			if counted[i], err = d.countView(tx, c, by, v, counts); err != nil {
				return err
			}
		}
		return nil
	})
	return counted, err
}

func (d *Desk) countView(tx store.Tx, c *catalogue, by okno.Actor, v okno.View, counts []store.Count) (Counted, error) {
	r := d.reading(tx, c, by, v.Order, "")
	if ok, err := d.conditions(r, c, by, v.Conditions, &List{}); err != nil || !ok || r.narrow.None {
		return Counted{}, err
	}
	if n, ok := r.counted(counts); ok && r.order != okno.OrderDeadline {
		return Counted{N: n}, nil
	}
	r.times = countOnce
	ts, more, err := r.page(ViewCounted)
	return Counted{N: int64(len(ts)), More: more}, err
}
