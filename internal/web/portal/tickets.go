package portal

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// ticketsView is one page of the reader's tickets.
type ticketsView struct {
	ui.Page
	rows         []ticketRow
	asked        desk.Mine // which tickets these are
	open, closed string    // how many there are; empty: not counted
	statuses     []ui.Option
	unread       int      // of these rows
	next         string   // where the next page begins; empty: this was the last
	partial      bool     // only so many of the tickets with the words were looked at
	misread      []string // filters that mean nothing
}

// ticketRow is a ticket in the list.
type ticketRow struct {
	desk.Row
	status    string
	requester string // empty: the reader himself, or whoever came by a link
}

// tickets lists what the reader sees: his own, those he takes part in, his
// company's, and those that access links have opened (spec R30).
func (p *Portal) tickets(q *web.Request) error {
	v := ticketsView{asked: desk.Mine{
		Closed: q.Query("state") == "closed", Kind: okno.StatusKind(q.Query("status")), Words: q.Query("q"), From: q.Query("from"),
	}}
	var list *desk.List
	err := q.Together(func() error {
		v.Page = living(q.Page(q.Locale.T("ui.mytickets")))
		return nil
	}, func() (err error) {
		list, err = p.desk.MyTickets(q.Context(), q.Actor, v.asked)
		return err
	}, func() error {
		if q.Fragment() {
			return nil
		}
		open, closed, err := p.desk.MyCounts(q.Context(), q.Actor)
		v.open, v.closed = counted(open), counted(closed)
		return err
	})
	if err != nil {
		return err
	}
	v.next, v.partial, v.misread = list.Next, list.Partial, list.Misread
	for _, r := range list.Rows {
		row := ticketRow{Row: r, status: statusName(q.Locale, r.Status)}
		if r.Unread > 0 {
			v.unread++
		}
		if q.Person.ID != 0 && q.Person.ID != r.Requester.ID {
			row.requester = r.Requester.Name
		}
		v.rows = append(v.rows, row)
	}
	if q.Fragment() && q.Query("part") == "unread" {
		return q.JSON(http.StatusOK, v.unread)
	}
	if q.Fragment() {
		return q.Render(ticketList(v))
	}
	if v.statuses, err = p.statusOptions(q); err != nil {
		return err
	}
	return q.Render(ticketsPage(v))
}

// counted is a number of tickets as it was counted: up to a bound.
func counted(n int) string {
	if n > desk.MineCounted {
		return strconv.Itoa(desk.MineCounted) + "+"
	}
	return strconv.Itoa(n)
}

// statusOptions are the kinds of status to choose from.
func (p *Portal) statusOptions(q *web.Request) ([]ui.Option, error) {
	statuses, err := p.desk.Statuses(q.Context())
	if err != nil {
		return nil, err
	}
	who := namer{q: q, statuses: statuses}
	options := []ui.Option{{Value: "", Label: q.Locale.T("portal.tickets.anystatus")}}
	for _, kind := range okno.StatusKinds {
		options = append(options, ui.Option{Value: string(kind), Label: who.status(kind)})
	}
	return options, nil
}

// narrowed reports whether only some of the tickets were asked for.
func (v ticketsView) narrowed() bool { return v.asked.Kind != "" || v.asked.Words != "" }

func (v ticketsView) searchField(l *locale.Locale) ui.Field {
	return ui.Field{Name: "q", Type: "search", Label: l.T("portal.tickets.search"), Value: v.asked.Words, MaxLength: desk.MaxWords}
}

func (v ticketsView) statusField(l *locale.Locale) ui.Field {
	return ui.Field{Name: "status", Label: l.T("portal.tickets.status"), Value: string(v.asked.Kind), Options: v.statuses}
}

// ticketPath is the address of a ticket's page.
func ticketPath(n okno.Number) string { return "/tickets/" + url.PathEscape(string(n)) }

// listPath is the address of a page of the list.
func listPath(asked desk.Mine) string {
	values := url.Values{}
	if asked.Closed {
		values.Set("state", "closed")
	}
	for name, value := range map[string]string{"status": string(asked.Kind), "q": asked.Words, "from": asked.From} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if len(values) == 0 {
		return "/tickets"
	}
	return "/tickets?" + values.Encode()
}

// onward is the address of the next page.
func (v ticketsView) onward() string {
	next := v.asked
	next.From = v.next
	return listPath(next)
}
