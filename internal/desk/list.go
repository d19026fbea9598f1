package desk

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"slices"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/search"
)

// Row is a ticket in a list.
type Row struct {
	okno.Ticket
	Status     okno.Status
	Department okno.Department
	Requester  okno.Person
	Assignee   okno.Person // zero: no agent
	Team       okno.Team   // zero: no team
	Company    okno.Company
	Into       okno.Number // of the ticket that it went into, if the asker sees that one; else ""
	Unread     int         // messages that are new to the asker, counted up to UnreadCounted
	Call       CallMark
	Tags       []okno.Tag // for agents
	Excerpt    *Excerpt   // nil: no words were looked for
}

// List is one page of a list of tickets.
type List struct {
	Rows []Row
	Next string // where the next page begins; "": this was the last
	// Partial: only so many of the tickets that may fit were looked at; Next goes
	// on behind them.
	Partial bool
	// Misread is what was asked that means nothing; then nothing is found.
	Misread []string
}

// How many tickets a page of a list holds: of a view, which an agent's page
// shows beside a ticket and goes on with as he scrolls, and of any other.
const (
	viewRows = 25
	pageRows = 50
)

// alive are the kinds of status in which somebody owes the ticket something.
var alive = slices.DeleteFunc(slices.Clone(okno.StatusKinds), func(k okno.StatusKind) bool { return !k.Alive() })

// View is one page of a built-in view of the agent's tickets, from a place
// ("": from the top).
func (d *Desk) View(ctx context.Context, by okno.Actor, view okno.ViewKind, from string) (*List, error) {
	if !by.Agent() || !slices.Contains(okno.Views, view) {
		return nil, okno.ErrNotFound
	}
	if view == okno.ViewCalls {
		return d.callView(ctx, by, from) // in the order in which they were asked for
	}
	return d.viewed(ctx, by, view.View(), from, viewRows)
}

// viewed is one page of what a view finds, of at most so many rows.
func (d *Desk) viewed(ctx context.Context, by okno.Actor, v okno.View, from string, rows int) (*List, error) {
	c, err := d.config(ctx)
	if err != nil {
		return nil, err
	}
	list := &List{}
	err = d.read(ctx, func(tx store.Tx) error {
		*list = List{}
		r := d.reading(tx, c, by, v.Order, from)
		if ok, err := d.conditions(r, c, by, v.Conditions, list); err != nil || !ok {
			return err
		}
		return d.readPage(r, c, by, search.Question{}, rows, list)
	})
	return list, err
}

// reading begins to read tickets in an order, from a place.
func (d *Desk) reading(tx store.Tx, c *catalogue, by okno.Actor, order okno.Order, from string) *reading {
	r := &reading{desk: d, tx: tx, scope: by.Sees(), order: order, after: place(from), times: readTimes}
	for _, dep := range c.departments {
		r.departments = append(r.departments, dep.ID)
	}
	return r
}

// readPage puts the next rows of a reading into a list, and shows where the
// question's words stand.
func (d *Desk) readPage(r *reading, c *catalogue, by okno.Actor, q search.Question, rows int, list *List) error {
	r.marked = len(q.Phrases) > 0
	ts, more, err := r.page(rows)
	if err != nil {
		return err
	}
	if list.Partial = r.partial; more {
		list.Next = placeText(r.after)
	}
	list.Rows = bareRows(c, ts)
	return r.tx.Together(
		func(tx store.Tx) error { return fillRows(tx, c, by, list.Rows) },
		func(tx store.Tx) error { return r.excerpts(tx, q, list.Rows) },
	)
}

func (d *Desk) list(ctx context.Context, by okno.Actor, read func(store.Tx) ([]okno.Ticket, error)) (*List, error) {
	c, err := d.config(ctx)
	if err != nil {
		return nil, err
	}
	list := &List{}
	err = d.read(ctx, func(tx store.Tx) error {
		ts, err := read(tx)
		if err != nil {
			return err
		}
		if len(ts) > pageRows {
			ts = ts[:pageRows]
			list.Next = placeText(store.PlaceOf(okno.OrderChanged, &ts[pageRows-1]))
		}
		list.Rows = bareRows(c, ts)
		return fillRows(tx, c, by, list.Rows)
	})
	return list, err
}

func bareRows(c *catalogue, ts []okno.Ticket) []Row {
	rows := make([]Row, len(ts))
	for i, t := range ts {
		rows[i] = Row{Ticket: t, Status: c.status(t.Status), Department: c.department(t.Department), Team: c.team(t.Team)}
	}
	return rows
}

// fillRows joins to each ticket what a list says of it.
func fillRows(tx store.Tx, c *catalogue, by okno.Actor, rows []Row) error {
	wanted := map[okno.PersonID]bool{}
	var companyIDs []okno.CompanyID
	ids := make([]okno.TicketID, len(rows))
	for i, t := range rows {
		ids[i] = t.ID
		wanted[t.Ticket.Requester], wanted[t.Ticket.Assignee] = true, true
		if t.Ticket.Company != 0 && !slices.Contains(companyIDs, t.Ticket.Company) {
			companyIDs = append(companyIDs, t.Ticket.Company)
		}
	}
	return tx.Together(func(tx store.Tx) error {
		people, err := peopleOf(tx, wanted)
		for i, t := range rows {
			rows[i].Requester, rows[i].Assignee = people[t.Ticket.Requester], people[t.Ticket.Assignee]
		}
		return err
	}, func(tx store.Tx) error {
		companies, err := tx.Companies(companyIDs)
		for i, t := range rows {
			rows[i].Company = pick(companies, func(company okno.Company) bool { return company.ID == t.Ticket.Company })
		}
		return err
	}, func(tx store.Tx) error {
		fresh, err := unread(tx, by, rows)
		for i, t := range rows {
			rows[i].Unread = fresh[t.ID]
		}
		return err
	}, func(tx store.Tx) error {
		tags, err := tagsFor(tx, by, ids)
		for i, t := range rows {
			rows[i].Tags = c.tagsOf(tags[t.ID])
		}
		return err
	}, func(tx store.Tx) error { return markMerged(tx, by, rows) }, func(tx store.Tx) error { return markCalls(tx, rows) })
}

// markMerged puts on each row that went into another ticket where it leads.
func markMerged(tx store.Tx, by okno.Actor, rows []Row) error {
	var ids []int64
	for _, r := range rows {
		if r.Merged != 0 {
			ids = append(ids, int64(r.Merged))
		}
	}
	seen, err := tx.TicketsAmong(by.Sees(), ids, store.Narrow{})
	for _, t := range seen {
		for i := range rows {
			if rows[i].Merged == t.ID {
				rows[i].Into = t.Number
			}
		}
	}
	return err
}

// FoldCounters joins the appended changes of the counters once there are many;
// an idle desk writes nothing.
func (d *Desk) FoldCounters(ctx context.Context) error {
	many := false
	err := d.read(ctx, func(tx store.Tx) (err error) {
		many, err = tx.CountersUnfolded()
		return err
	})
	for err == nil && many {
		err = d.write(ctx, func(tx store.Tx) (err error) {
			many, err = tx.FoldCounters()
			return err
		})
	}
	return err
}

// countersTold is how many wrong counters the log tells of.
const countersTold = 20

// CheckCounters compares the counters with the tickets. What differs is put
// right and logged: somebody has changed rows by hand, or the program is wrong.
func (d *Desk) CheckCounters(ctx context.Context) error {
	var wrong []string
	if err := d.readAll(ctx, func(tx store.Tx) (err error) {
		wrong, err = tx.WrongCounters(countersTold)
		return err
	}); err != nil || len(wrong) == 0 {
		return err
	}
	d.log.Error("counters of tickets were wrong; they are put right", "counters", wrong)
	return d.write(ctx, store.Tx.MendCounters)
}

// place reads where a page begins; what is no place is the top.
func place(s string) store.Place {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) != 16 {
		return store.Place{}
	}
	return store.Place{Key: int64(binary.BigEndian.Uint64(b)), ID: okno.TicketID(binary.BigEndian.Uint64(b[8:]))}
}

func placeText(p store.Place) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], uint64(p.Key))
	binary.BigEndian.PutUint64(b[8:], uint64(p.ID))
	return base64.RawURLEncoding.EncodeToString(b[:])
}
