package portal

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// statusName is a status as its customer reads it: the installation's own name
// for it, else the product's.
func statusName(l *locale.Locale, s okno.Status) string {
	if name := s.Name(l.Lang()); name != "" {
		return name
	}
	if s.Kind == okno.StatusWaiting {
		return l.T("status.waiting.customer")
	}
	return l.T("status." + string(s.Kind))
}

// namer says who and what the facts of a ticket's page are about.
type namer struct {
	q        *web.Request
	page     *desk.TicketPage
	statuses []okno.Status
}

// person is what the reader may call someone; a participant who gave no name
// is not called by his address.
func (n namer) person(id okno.PersonID) string {
	switch p := n.page.Person(id); {
	case id == 0:
		return ""
	case !p.Erased.IsZero():
		return ui.Erased(n.q.Locale, p.Agent)
	case id == n.page.By.For(&n.page.Ticket):
		return p.Short()
	case p.Name != "":
		return p.Name
	case p.Agent:
		return n.supplier()
	case id == n.page.Ticket.Requester:
		return n.q.Locale.T("words.requester")
	}
	return n.q.Locale.T("words.participant")
}

// supplier is the company behind the desk (spec R53).
func (n namer) supplier() string {
	if n.q.Settings.Company != "" {
		return n.q.Settings.Company
	}
	return n.q.Settings.Product
}

// status is the name of the first status of a kind.
func (n namer) status(kind okno.StatusKind) string {
	for _, s := range n.statuses {
		if s.Kind == kind {
			return statusName(n.q.Locale, s)
		}
	}
	return statusName(n.q.Locale, okno.Status{Kind: kind})
}

// names are for ui.Describe. Customers hear nothing of departments.
func (n namer) names() ui.Names {
	return ui.Names{
		Person: n.person, Status: n.status, Department: func(okno.DepartmentID) string { return "" },
		Team:   func(id okno.TeamID) string { return n.page.Teams[id].Name },
		Ticket: func(id okno.TicketID) string { return string(n.page.Numbers[id]) },
	}
}
