package workspace

import (
	"context"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web/ui"
)

// statusName is a status as an agent reads it: the installation's own name for
// it, else the product's.
func statusName(l *locale.Locale, s okno.Status) string {
	if name := s.Name(l.Lang()); name != "" {
		return name
	}
	return l.T("status." + string(s.Kind))
}

// channelName is the way a request or a message came.
func channelName(l *locale.Locale, c okno.Channel) string {
	switch c {
	case okno.ChannelMail:
		return l.T("channel.email")
	case okno.ChannelPhone:
		return l.T("channel.phone")
	}
	return l.T("channel.web")
}

func channelIcon(c okno.Channel) string {
	switch c {
	case okno.ChannelMail:
		return "mail"
	case okno.ChannelPhone:
		return "phone"
	}
	return "world"
}

// namer says who and what a ticket's facts are about.
type namer struct {
	l           *locale.Locale
	page        *desk.TicketPage
	statuses    []okno.Status
	departments []okno.Department // the open ones
}

func (w *Workspace) namer(ctx context.Context, l *locale.Locale, page *desk.TicketPage) (n namer, err error) {
	n.l, n.page = l, page
	if n.statuses, err = w.desk.Statuses(ctx); err != nil {
		return n, err
	}
	n.departments, err = w.desk.Departments(ctx)
	return n, err
}

// person is what a person is called; "": nobody.
func (n namer) person(id okno.PersonID) string {
	if id == 0 {
		return ""
	}
	p := n.page.Person(id)
	switch {
	case !p.Erased.IsZero():
		return ui.Erased(n.l, p.Agent)
	case p.Short() != "":
		return p.Short()
	}
	return n.l.T("workspace.nameless")
}

// status is the name of the first status of a kind.
func (n namer) status(kind okno.StatusKind) string {
	for _, s := range n.statuses {
		if s.Kind == kind {
			return statusName(n.l, s)
		}
	}
	return statusName(n.l, okno.Status{Kind: kind})
}

// department is a department's name; one that was closed since is not named.
func (n namer) department(id okno.DepartmentID) string {
	for _, d := range n.departments {
		if d.ID == id {
			return d.Name
		}
	}
	if id == n.page.Department.ID {
		return n.page.Department.Name
	}
	return n.l.T("workspace.department.closed")
}

func (n namer) team(id okno.TeamID) string { return n.page.Teams[id].Name }

func (n namer) ticket(id okno.TicketID) string { return string(n.page.Numbers[id]) }

func (n namer) tag(id okno.TagID) string { return n.page.TagNames[id] }

// fact says an event in words; one of a ticket that was merged into this names
// it.
func (n namer) fact(e okno.Event) string {
	what := ui.Describe(e, n.l, ui.Names{Person: n.person, Status: n.status, Department: n.department, Team: n.team, Ticket: n.ticket, Tag: n.tag})
	if e.Ticket != 0 && e.Ticket != n.page.Ticket.ID {
		return n.l.T("event.of", "Ticket", n.ticket(e.Ticket), "What", what)
	}
	return what
}
