package desk

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/secret"
)

// Bounds of what is shown of calls.
const (
	pageCalls  = 20
	countCalls = 100 // counted no further
)

// CallForm is how a customer asks to be phoned.
type CallForm struct {
	Key                string // submission key
	Phone, When, About string // the phone number is for this call only
}

// AskCall asks for a call about the ticket, for its requester or his company's
// administrator (spec R54, R55). While one is open a second is a Conflict, and
// so is one about a closed ticket. Who asks is not silent: an announced closing
// is off.
func (d *Desk) AskCall(ctx context.Context, by okno.Actor, number okno.Number, form CallForm) error {
	c := okno.Call{Phone: form.Phone, When: form.When, About: form.About}
	wrong := c.Check()
	ref := okno.Ref(secret.NewRef())
	err := d.once(ctx, form.Key, func(tx store.Tx) (string, error) {
		return string(ref), d.changeIn(tx, by, okno.AskCall, number, func(tx store.Tx, t *okno.Ticket) ([]okno.Event, error) {
			if wrong != nil {
				return nil, wrong
			}
			if t.Kind == okno.StatusClosed {
				return nil, okno.Refuse(okno.Conflict, "error.call.closed")
			}
			if open, err := tx.OpenCalls([]okno.TicketID{t.ID}); err != nil {
				return nil, err
			} else if len(open) > 0 {
				return nil, okno.Refuse(okno.Conflict, "error.call.open")
			}
			c.Ref, c.Ticket, c.State, c.Asker, c.Asked, c.Changed = ref, t.ID, okno.CallAsked, by.For(t), d.Now(), d.Now()
			t.Closing = okno.Closing{}
			if err := tx.AddCall(&c); err != nil {
				return nil, err
			}
			return []okno.Event{okno.NewEvent(okno.CallRequested, okno.EventData{Call: c.ID, Side: by.Side()})}, nil
		})
	}, func(string) error { return nil })
	if db.IsUnique(err, "") {
		return okno.Refuse(okno.Conflict, "error.call.open")
	}
	return err
}

// CancelCall takes a customer's request back; an agent does so by HandleCall.
func (d *Desk) CancelCall(ctx context.Context, by okno.Actor, number okno.Number, ref okno.Ref) error {
	return d.change(ctx, by, okno.AskCall, number, func(tx store.Tx, t *okno.Ticket) ([]okno.Event, error) {
		c, err := tx.Call(t.ID, ref)
		if err != nil {
			return nil, err
		}
		if !c.State.Open() {
			return nil, okno.Refuse(okno.Conflict, "error.call.over")
		}
		return d.moveCall(tx, by, c, okno.CallCancelled)
	})
}

// HandleCall says how a call stands: that an agent will phone, or how it went,
// with a note for agents. An empty state, or the one it has, changes the note
// alone. A version that is not the latest is a Conflict.
func (d *Desk) HandleCall(ctx context.Context, by okno.Actor, number okno.Number, ref okno.Ref, to okno.CallState, note string, version int64) error {
	note = strings.TrimSpace(note)
	return d.change(ctx, by, okno.HandleCall, number, func(tx store.Tx, t *okno.Ticket) ([]okno.Event, error) {
		c, err := tx.Call(t.ID, ref)
		if err != nil {
			return nil, err
		}
		if utf8.RuneCountInString(note) > okno.MaxCallNote {
			return nil, okno.Errors{okno.TooLong("note", okno.MaxCallNote)}
		}
		if version != 0 && version != c.Version {
			return nil, okno.Refuse(okno.Conflict, "error.stale")
		}
		noted := note != c.Note
		c.Note = note
		switch {
		case to != "" && to != c.State:
			if !slices.Contains(okno.CallMovesFrom(c.State), to) {
				return nil, okno.Refuse(okno.Conflict, "error.call.over")
			}
			c.Taker = by.Person
			return d.moveCall(tx, by, c, to)
		case !noted:
			return nil, nil
		}
		return []okno.Event{okno.NewEvent(okno.CallNoted, okno.EventData{Call: c.ID})}, tx.SaveCall(&c)
	})
}

func (d *Desk) moveCall(tx store.Tx, by okno.Actor, c okno.Call, to okno.CallState) ([]okno.Event, error) {
	from := c.State
	c.State, c.Changed = to, d.Now()
	fact := okno.NewEvent(okno.CallChanged, okno.EventData{Call: c.ID, Person: c.Asker, From: string(from), To: string(to), Side: by.Side()})
	return []okno.Event{fact}, tx.SaveCall(&c)
}

// readCalls puts a ticket's calls on its page. A customer reads no notes, and
// who takes part only reads how the calls stand.
func (d *Desk) readCalls(tx store.Tx, p *TicketPage, side okno.Side) (err error) {
	p.Calls, err = tx.CallsOf(p.Ticket.ID, pageCalls)
	if side == okno.SideAgent {
		return err
	}
	for i := range p.Calls {
		c := &p.Calls[i]
		c.Note = ""
		if !p.May(okno.AskCall) {
			c.Phone, c.When, c.About = "", "", ""
		}
	}
	return err
}

// OpenCall is the call that somebody waits for, or nil.
func (p *TicketPage) OpenCall() *okno.Call {
	for i := range p.Calls {
		if p.Calls[i].State.Open() && p.Ticket.Kind != okno.StatusClosed {
			return &p.Calls[i]
		}
	}
	return nil
}

// markCalls gives rows of a list their open calls.
func markCalls(tx store.Tx, rows []Row) error {
	ids := make([]okno.TicketID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	open, err := tx.OpenCalls(ids)
	for i := range rows {
		if c, ok := open[rows[i].ID]; ok && rows[i].Kind != okno.StatusClosed {
			rows[i].Call = CallMark{State: c.State, Asked: c.Asked}
		}
	}
	return err
}

// CallMark is what a list says of an open call; the zero mark: there is none.
type CallMark struct {
	State okno.CallState
	Asked time.Time
}

// callView is one page of the tickets that wait for a call.
func (d *Desk) callView(ctx context.Context, by okno.Actor, from string) (*List, error) {
	more := false
	list, err := d.list(ctx, by, func(tx store.Tx) ([]okno.Ticket, error) {
		ts, err := tx.CallList(by.Sees(), place(from), pageRows+1)
		if more = len(ts) > pageRows; more {
			ts = ts[:pageRows]
		}
		return ts, err
	})
	if err != nil || !more {
		return list, err
	}
	last := list.Rows[pageRows-1]
	list.Next = placeText(store.CallPlace(okno.Call{Asked: last.Call.Asked, Ticket: last.ID}))
	return list, nil
}
