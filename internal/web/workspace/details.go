package workspace

import (
	"strconv"
	"strings"

	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// assignee is whose work the ticket is: an agent's, else a team's or the
// department's, shown as such.
func (v *ticketView) assignee() string {
	if name := v.who.person(v.Ticket.Assignee); name != "" {
		return name
	}
	if v.Team.ID != 0 {
		return v.who.l.T("assignee.team", "Team", v.Team.Name)
	}
	return v.departmentsWork()
}

// departmentsWork is what the assignee of a ticket is called that is no agent's
// and no team's.
func (v *ticketView) departmentsWork() string {
	return v.who.l.T("assignee.department", "Department", v.Department.Name)
}

// participants are the names of those who take part beside the requester.
func (v *ticketView) participants() string {
	var names []string
	for _, id := range v.Ticket.Participants {
		names = append(names, v.who.person(id))
	}
	return strings.Join(names, ", ")
}

// files are the attachments of all messages shown.
func (v *ticketView) files() []ui.File {
	var files []ui.File
	for i := range v.Messages {
		m := &v.Messages[i]
		for _, f := range m.Files {
			if m.Deleted.IsZero() && !web.ShownWithin(m, f) {
				files = append(files, web.Tile(f))
			}
		}
	}
	return files
}

// dialled is a phone number without what is only there to be read.
func dialled(phone string) string {
	return strings.Map(func(r rune) rune {
		if r == '+' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, phone)
}

// menu is the id of a menu of choices. It is another one once the ticket has
// changed, so that a morph takes the menu away that the choice was made in.
func (v *ticketView) menu(of string) string {
	return "choose-" + of + "-" + strconv.FormatInt(v.Ticket.Version, 10)
}
