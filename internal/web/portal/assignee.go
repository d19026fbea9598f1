package portal

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// assigneeView is the choice of an assignee in the form of a new ticket (spec
// R48).
type assigneeView struct {
	ui.Page
	field     ui.Field
	now       []okno.Person // offered for the company and the topic that are chosen
	otherwise []okno.Person // for others; chosen where the choice cannot be fetched anew
}

// assignees is the choice as it is for a company and a topic; typed is who was
// chosen already.
func (p *Portal) assignees(q *web.Request, company, topic, typed string) (assigneeView, error) {
	l := q.Locale
	v := assigneeView{Page: q.Page(""), field: ui.Field{Name: "assignee", Label: l.T("words.assignee"), Hint: l.T("portal.open.assignee.hint"), Value: typed}}
	var err error
	v.now, v.otherwise, err = p.desk.OfferedAssignees(q.Context(), q.Actor, okno.Ref(company), okno.Ref(topic))
	return v, err
}

// assigneesTyped is the choice in a form as it was typed; typed is nil at first.
func (p *Portal) assigneesTyped(q *web.Request, typed *web.Form) (assigneeView, error) {
	if typed == nil {
		return p.assignees(q, "", "", "")
	}
	return p.assignees(q, typed.Get("company"), typed.Get("topic"), typed.Get("assignee"))
}

// offers reports whether there is a choice as things are.
func (v assigneeView) offers() bool { return len(v.now) > 0 || v.field.Error != "" }

// chosen reports whether one of those offered now is chosen already.
func (v assigneeView) chosen() bool {
	for _, p := range v.now {
		if string(p.Ref) == v.field.Value {
			return true
		}
	}
	return false
}

// askAssignees is the choice anew, after another company or topic was chosen.
func (p *Portal) askAssignees(q *web.Request) error {
	v, err := p.assignees(q, q.Query("company"), q.Query("topic"), q.Query("assignee"))
	if err != nil {
		return err
	}
	v.otherwise = nil // who fetches it can fetch it again
	return q.Render(assigneeField(v))
}
