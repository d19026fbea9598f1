package portal

import (
	"net/url"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// ticketsView is one page of the reader's tickets.
type ticketsView struct {
	ui.Page
	rows   []ticketRow
	closed bool   // the tab of closed tickets
	next   string // where the next page begins; empty: this was the last
	later  bool   // this is not the first page
}

// ticketRow is a ticket in the list.
type ticketRow struct {
	desk.Row
	status    string
	requester string // empty: the reader himself, or whoever came by a link
}

// tickets lists what the reader sees: his own, those he takes part in, his
// company's, and those that access links have opened.
func (p *Portal) tickets(q *web.Request) error {
	closed := q.Query("state") == "closed"
	list, err := p.desk.MyTickets(q.Context(), q.Actor, closed, q.Query("from"))
	if err != nil {
		return err
	}
	v := ticketsView{
		Page: living(q.Page(q.Locale.T("ui.mytickets"))), closed: closed, next: list.Next, later: q.Query("from") != "",
	}
	for _, r := range list.Rows {
		row := ticketRow{Row: r, status: statusName(q.Locale, r.Status)}
		row.Unread = r.Unread && q.Person.ID != 0 // what a guest has seen is not kept
		if q.Person.ID != 0 && q.Person.ID != r.Requester.ID {
			row.requester = r.Requester.Name
		}
		v.rows = append(v.rows, row)
	}
	if q.Fragment() {
		return q.Render(ticketList(v))
	}
	return q.Render(ticketsPage(v))
}

// ticketPath is the address of a ticket's page.
func ticketPath(n okno.Number) string { return "/tickets/" + url.PathEscape(string(n)) }

// listPath is the address of a page of the list.
func listPath(closed bool, from string) string {
	values := url.Values{}
	if closed {
		values.Set("state", "closed")
	}
	if from != "" {
		values.Set("from", from)
	}
	if len(values) == 0 {
		return "/tickets"
	}
	return "/tickets?" + values.Encode()
}
