package desk

import (
	"cmp"
	"math"
	"slices"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// reading is one question to the tickets on its way, page by page in an order.
// Each ticket that an index names is looked at anew: the index of words is a
// moment behind.
type reading struct {
	desk        *Desk
	tx          store.Tx
	scope       okno.Scope
	departments []okno.DepartmentID // all there are
	words       []store.Term
	without     []store.Term // none of them
	narrow      store.Narrow
	order       okno.Order
	after       store.Place
	times       int  // chunks of one page
	sift        bool // the words of each ticket are to be looked at, too
	partial     bool // only so many tickets were looked at; after goes on behind them
	marked      bool // a page shows the words where they stand

	// The tickets' latest texts, which go along with those of a page where none is
	// looked at in vain; nil: they are still to be asked.
	latest func() (map[okno.TicketID][]string, error)
}

// Bounds of a reading.
const (
	readChunk = 400  // tickets looked at together
	readTimes = 10   // such chunks of one page
	countOnce = 2    // such chunks of a count
	readFew   = 2000 // so many with the words or the tag are all read, and put in order
)

// page is the next tickets, at most want; more says that there may be others
// behind after.
func (r *reading) page(want int) (ts []okno.Ticket, more bool, err error) {
	if r.narrow.None || r.scope.Side() == "" {
		return nil, false, nil
	}
	if r.narrow.Past > 0 {
		r.order = okno.OrderDeadline // they are few, and by it they are found
	}
	next, whole, err := r.source()
	if err != nil || next == nil {
		return nil, false, err
	}
	chunk := min(4*want+1, readChunk)
	if whole {
		chunk = want + 1
	}
	along := whole && r.marked
	for range r.times {
		places, err := next(chunk)
		if err != nil {
			return nil, false, err
		}
		some, err := r.look(places, along)
		if err != nil {
			return nil, false, err
		}
		if ts = append(ts, some...); len(ts) > want {
			ts = ts[:want]
			r.after = store.PlaceOf(r.order, &ts[want-1])
			return ts, true, nil
		}
		if len(places) < chunk {
			return ts, false, nil
		}
		r.after, chunk = places[len(places)-1], readChunk
		along, r.latest = false, nil
	}
	r.partial = true
	return ts, true, nil
}

// look reads the tickets of some places that are as asked, in their order;
// along: their latest texts with them.
func (r *reading) look(places []store.Place, along bool) ([]okno.Ticket, error) {
	ids := make([]int64, len(places))
	for i, p := range places {
		ids[i] = int64(p.ID)
	}
	if r.sift {
		var err error
		if ids, err = store.TicketWords.Among(r.tx.Tx, r.words, ids); err != nil {
			return nil, err
		}
	}
	for _, t := range r.without {
		has, err := store.TicketWords.Among(r.tx.Tx, []store.Term{t}, ids)
		if err != nil {
			return nil, err
		}
		ids = slices.DeleteFunc(ids, func(id int64) bool { return slices.Contains(has, id) })
	}
	if along {
		r.latest = r.askLatest(places)
	}
	ts, err := r.tx.TicketsAmong(r.scope, ids, r.narrow)
	r.sort(ts)
	return ts, err
}

func (r *reading) askLatest(places []store.Place) func() (map[okno.TicketID][]string, error) {
	ids := make([]okno.TicketID, len(places))
	for i, p := range places {
		ids[i] = p.ID
	}
	return r.tx.AskLatestText(ids, r.scope.Side())
}

// asksNothing reports whether every ticket is as asked.
func (r *reading) asksNothing() bool {
	return len(r.words) == 0 && len(r.without) == 0 && r.narrow.Empty()
}

func (r *reading) sort(ts []okno.Ticket) {
	slices.SortFunc(ts, func(a, b okno.Ticket) int {
		if store.PlaceOf(r.order, &a).Before(store.PlaceOf(r.order, &b), r.order) {
			return -1
		}
		return 1
	})
}

// source gives places after r.after, the next first; nil: there are none. whole
// says that a listing answers the question alone, so that none is looked at in
// vain.
func (r *reading) source() (next func(limit int) ([]store.Place, error), whole bool, err error) {
	if r.order == okno.OrderNewest && (len(r.words) > 0 || r.scope.Side() != okno.SideAgent) {
		return r.found, r.narrow.Empty() && len(r.without) == 0, nil
	}
	if len(r.words) > 0 || len(r.narrow.Tags) > 0 {
		few, all, err := r.few()
		if err != nil {
			return nil, false, err
		}
		if all {
			return r.listed(few), false, nil
		}
		// Words that very many have are soon met in any order.
		r.sift = len(r.words) > 0
	}
	l, whole := r.listing()
	if r.order == okno.OrderNewest && !l.Fits() {
		return r.below, false, nil
	}
	return func(limit int) ([]store.Place, error) {
		l.After, l.Limit = r.after, limit
		return r.tx.Places(l)
	}, whole && !r.sift && len(r.without) == 0, nil
}

// found are tickets that have the words, the last opened first.
func (r *reading) found(limit int) ([]store.Place, error) {
	below := int64(math.MaxInt64)
	if r.after.ID != 0 {
		below = int64(r.after.ID)
	}
	whole := true
	if !r.scope.Everything() { // who sees all asks for the words alone, however far the index has come
		var err error
		if whole, err = r.desk.indexWhole(r.tx); err != nil {
			return nil, err
		}
	}
	questions := ways(r.scope, r.words, whole)
	switch {
	case len(questions) == 0:
		return nil, nil
	case len(questions[0]) == 0:
		return r.below(limit)
	}
	found := make([][]int64, len(questions))
	parts := make([]func(store.Tx) error, len(questions))
	for i, terms := range questions {
		parts[i] = func(tx store.Tx) (err error) {
			found[i], err = store.TicketWords.Find(tx.Tx, terms, below, limit)
			return err
		}
	}
	if err := r.tx.Together(parts...); err != nil {
		return nil, err
	}
	all := slices.Concat(found...)
	if len(questions) > 1 {
		slices.SortFunc(all, func(a, b int64) int { return cmp.Compare(b, a) })
		all = slices.Compact(all)
	}
	return placesOf(all[:min(len(all), limit)], nil)
}

// below are all tickets, the last opened first.
func (r *reading) below(limit int) ([]store.Place, error) {
	below := okno.TicketID(math.MaxInt64)
	if r.after.ID != 0 {
		below = r.after.ID
	}
	return placesOf(r.tx.TicketsBelow(below, limit))
}

func placesOf(ids []int64, err error) ([]store.Place, error) {
	places := make([]store.Place, len(ids))
	for i, id := range ids {
		places[i].ID = okno.TicketID(id)
	}
	return places, err
}

// few are the places of all tickets that have the words, or the tags, and are
// as asked; false: they are too many to be put in order.
func (r *reading) few() (places []store.Place, all bool, err error) {
	var ids []int64
	if len(r.words) > 0 {
		top := *r
		top.after = store.Place{}
		found, err := top.found(readFew + 1)
		if err != nil {
			return nil, false, err
		}
		for _, p := range found {
			ids = append(ids, int64(p.ID))
		}
	} else if ids, err = r.tx.Tagged(r.narrow.Tags[0], readFew+1); err != nil {
		return nil, false, err
	}
	if len(ids) > readFew {
		return nil, false, nil
	}
	var ts []okno.Ticket
	for some := range slices.Chunk(ids, readChunk) {
		looked, err := r.tx.TicketsAmong(r.scope, some, r.narrow)
		if err != nil {
			return nil, false, err
		}
		ts = append(ts, looked...)
	}
	r.sort(ts)
	for _, t := range ts {
		if r.order != okno.OrderDeadline || !t.Deadline.IsZero() {
			places = append(places, store.PlaceOf(r.order, &t))
		}
	}
	return places, true, nil
}

// listed gives the places of a list that is in order.
func (r *reading) listed(places []store.Place) func(limit int) ([]store.Place, error) {
	return func(limit int) ([]store.Place, error) {
		rest := places
		if r.after != (store.Place{}) {
			rest = rest[len(rest)-countAfter(rest, r.after, r.order):]
		}
		return rest[:min(limit, len(rest))], nil
	}
}

func countAfter(places []store.Place, after store.Place, order okno.Order) int {
	n := 0
	for _, p := range places {
		if after.Before(p, order) {
			n++
		}
	}
	return n
}

// listing is what a list that is read from indexes alone can ask of the
// question, and whether that is all.
func (r *reading) listing() (l store.Listing, whole bool) {
	n := r.narrow
	l = store.Listing{Kinds: n.Kinds, Departments: n.Departments, Order: r.order, Past: n.Past}
	if len(l.Kinds) == 0 {
		l.Kinds = okno.StatusKinds
	}
	if r.scope.Everything() {
		if l.Everywhere = len(l.Departments) == 0; l.Everywhere {
			l.Departments = r.departments
		}
	} else if l.Departments = r.scope.Departments(); len(n.Departments) > 0 {
		l.Departments = slices.DeleteFunc(slices.Clone(l.Departments), func(d okno.DepartmentID) bool { return !slices.Contains(n.Departments, d) })
	}
	n.Past = 0
	switch nobody := slices.Contains(n.Assignees, 0); {
	case len(n.Teams) > 0 && r.order != okno.OrderDeadline:
		l.Teams, n.Teams = n.Teams, nil
	case len(n.Assignees) > 0 && !nobody:
		l.Assignees, n.Assignees = n.Assignees, nil
	case nobody && len(n.Assignees) == 1 && (r.order == okno.OrderChanged || r.order == okno.OrderStale):
		l.Nobodys, n.Assignees, n.Departments = true, nil, nil
	default:
		n.Departments = nil
	}
	if r.order != okno.OrderDeadline {
		n.Kinds = nil
	}
	return l, n.Empty()
}
