package desk

import (
	"context"
	"slices"
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// Sought is what an agent looks for anywhere.
type Sought struct {
	Text   string        // as typed, up to MaxWords bytes; "": what he had open last
	Recent []okno.Number // tickets that he had open, the last first; up to MaxRecent
}

// Anything is what was found, of each kind a few.
type Anything struct {
	Tickets []Row // those he had open first, then the last opened
	Names
	// Known are people whose address begins so, for whoever manages people.
	Known []okno.Person
}

// MaxRecent is how many tickets that an agent had open count.
const MaxRecent = 8

// Bounds of Anything.
const (
	paletteTickets = 6
	paletteLooked  = 12 // tickets found by their words, among which those he had open come first
	paletteNumbers = 30 // tickets whose number begins so
	paletteKnown   = 3
	addressBegun   = 3 // characters of an address
)

// Palette looks for a text among the tickets, the people and the companies that
// an agent sees.
func (d *Desk) Palette(ctx context.Context, by okno.Actor, s Sought) (*Anything, error) {
	if !keepsViews(by) {
		return nil, okno.ErrNotFound
	}
	s.Recent = s.Recent[:min(len(s.Recent), MaxRecent)]
	if s.Text = strings.TrimSpace(cut(s.Text, MaxWords)); s.Text == "" {
		rows, err := d.recent(ctx, by, s.Recent)
		return &Anything{Tickets: rows}, err
	}
	found := &Anything{}
	var err error
	if found.Tickets, err = d.ticketsNumbered(ctx, by, okno.TypedNumber(s.Text)); err != nil {
		return nil, err
	}
	if len(found.Tickets) == 0 {
		if found.Tickets, err = d.ticketsSaying(ctx, by, s); err != nil {
			return nil, err
		}
		names, err := d.Names(ctx, by, s.Text, NameOfRequester, NameOfCompany, NameOfAgent)
		if err != nil {
			return nil, err
		}
		found.Names = *names
	}
	if by.MayManage(okno.ManagePeople) && len(s.Text) >= addressBegun {
		known, _, err := d.People(ctx, by, s.Text, "")
		if err != nil {
			return nil, err
		}
		found.Known = known[:min(len(known), paletteKnown)]
	}
	return found, nil
}

// recent are the tickets of those numbers that the agent still sees, in this
// order.
func (d *Desk) recent(ctx context.Context, by okno.Actor, numbers []okno.Number) ([]Row, error) {
	list, err := d.list(ctx, by, func(tx store.Tx) ([]okno.Ticket, error) { return tx.TicketsNumbered(by.Sees(), numbers) })
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list.Rows, func(a, b Row) int { return slices.Index(numbers, a.Number) - slices.Index(numbers, b.Number) })
	return list.Rows, nil
}

// ticketsNumbered are tickets whose number is so, or begins so.
func (d *Desk) ticketsNumbered(ctx context.Context, by okno.Actor, number okno.Number) ([]Row, error) {
	if number == "" {
		return nil, nil
	}
	list, err := d.list(ctx, by, func(tx store.Tx) ([]okno.Ticket, error) {
		ts, err := tx.TicketsNumbered(by.Sees(), []okno.Number{number})
		if err != nil || len(ts) > 0 || strings.Trim(string(number), "0123456789") != "" {
			return ts, err
		}
		ts, err = tx.NumbersBeginning(by.Sees(), string(number), paletteNumbers)
		ts = slices.DeleteFunc(ts, func(t okno.Ticket) bool { return !strings.HasPrefix(string(t.Number), string(number)) })
		return ts[:min(len(ts), paletteTickets)], err
	})
	if err != nil {
		return nil, err
	}
	return list.Rows, nil
}

// ticketsSaying are tickets with the words, those that the agent had open
// first.
func (d *Desk) ticketsSaying(ctx context.Context, by okno.Actor, s Sought) ([]Row, error) {
	found, err := d.Search(ctx, by, Asked{Text: s.Text, Rows: paletteLooked})
	if err != nil {
		return nil, err
	}
	rows := found.Rows
	slices.SortStableFunc(rows, func(a, b Row) int { return s.place(a.Number) - s.place(b.Number) })
	return rows[:min(len(rows), paletteTickets)], nil
}

// place is where a ticket stands among those the agent had open; behind them
// all when it does not.
func (s Sought) place(n okno.Number) int {
	if at := slices.Index(s.Recent, n); at >= 0 {
		return at
	}
	return MaxRecent
}
