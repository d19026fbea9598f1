package admin

import (
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// maxPhone is the longest phone number, in bytes.
const maxPhone = 40

func (a *Admin) agents(q *web.Request) error {
	all, err := a.desk.Agents(q.Context(), q.Actor)
	if err != nil {
		return err
	}
	l := q.Locale
	v := listView{view: sectionView(q, "agents"), add: l.T("admin.agent.add")}
	v.table = table{name: v.Title, head: []string{l.T("admin.agent.name"), l.T("admin.field.email"), l.T("words.role"), l.T("words.department"), l.T("admin.field.state")}}
	for _, p := range all {
		v.rows = append(v.rows, []templ.Component{
			link("/admin/agents/"+string(p.Ref), p.Short()), text(p.Address), text(rolesOf(l, p)), text(departmentsOf(l, p)), agentState(l, p, q.Now),
		})
	}
	return q.Render(listPage(v))
}

// roleName is a role's name; built-in ones are named by the catalogue.
func roleName(l *locale.Locale, r okno.Role) string {
	if r.BuiltIn != "" {
		return l.T("admin.role." + r.BuiltIn)
	}
	return r.Name
}

func rolesOf(l *locale.Locale, p desk.Agent) string {
	var names []string
	for _, g := range p.Grants {
		if name := roleName(l, g.Role); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

func departmentsOf(l *locale.Locale, p desk.Agent) string {
	var names []string
	for _, g := range p.Grants {
		if g.Department.ID == 0 {
			return l.T("admin.agent.everywhere")
		}
		names = append(names, g.Department.Name)
	}
	return strings.Join(names, ", ")
}

func agentState(l *locale.Locale, p desk.Agent, now time.Time) templ.Component {
	switch {
	case !p.Disabled.IsZero():
		return state(off, l.T("admin.agent.disabled"))
	case p.Invited:
		return state(slow, l.T("admin.agent.invited"))
	case p.AwayAt(now):
		return state(slow, l.T("admin.agent.away"))
	}
	return state(good, l.T("admin.agent.active"))
}

// agentOf is the agent of the address; zero: a new one.
func (a *Admin) agentOf(q *web.Request) (desk.Agent, error) {
	if q.Path("ref") == "" {
		return desk.Agent{}, nil
	}
	return a.desk.Agent(q.Context(), q.Actor, okno.Ref(q.Path("ref")))
}

func (a *Admin) agent(q *web.Request) error {
	p, err := a.agentOf(q)
	if err != nil {
		return err
	}
	v, err := a.agentForm(q, p)
	if err != nil {
		return err
	}
	return q.Render(formPage(v))
}

// agentForm asks for a new agent, who is invited, or changes one.
func (a *Admin) agentForm(q *web.Request, p desk.Agent) (formView, error) {
	l := q.Locale
	roles, err := a.desk.Roles(q.Context(), q.Actor)
	if err != nil {
		return formView{}, err
	}
	departments, err := a.desk.AllDepartments(q.Context(), q.Actor)
	if err != nil {
		return formView{}, err
	}
	isNew := p.ID == 0
	role := &control{kind: choice, Field: ui.Field{Name: "role", Label: l.T("words.role"), Hint: l.T("admin.agent.role.hint")}}
	for _, r := range roles {
		role.Options = append(role.Options, ui.Option{Value: string(r.Ref), Label: roleName(l, r)})
	}
	where := &control{kind: several, Field: ui.Field{Name: "department", Label: l.T("admin.agent.departments"), Hint: l.T("admin.agent.departments.hint")}}
	for _, g := range p.Grants {
		role.Value = string(g.Role.Ref)
		if g.Department.ID != 0 {
			where.chosen = append(where.chosen, string(g.Department.Ref))
		}
	}
	for _, d := range departments {
		if d.Closed.IsZero() || slices.Contains(where.chosen, string(d.Ref)) {
			where.Options = append(where.Options, ui.Option{Value: string(d.Ref), Label: d.Name})
		}
	}
	v := formView{view: subView(q, "agents", p.Short()), action: "/admin/agents/" + string(p.Ref), send: l.T("admin.save"), version: p.Version}
	v.controls = []*control{
		{Field: ui.Field{Name: "name", Label: l.T("admin.agent.name"), Value: p.Name, Required: true, MaxLength: okno.MaxName, Autocomplete: "off"}},
		{Field: ui.Field{Name: "email", Label: l.T("admin.field.email"), Type: "email", Value: p.Address, Required: isNew, Disabled: !isNew, MaxLength: okno.MaxAddress, Autocomplete: "off"}},
		{Field: ui.Field{Name: "phone", Label: l.T("admin.field.phone"), Type: "tel", Value: p.Phone, MaxLength: maxPhone, Autocomplete: "off"}},
		role, where,
	}
	if isNew {
		v.Title, v.lead, v.action = l.T("admin.agent.new"), l.T("admin.agent.new.lead"), "/admin/agents"
		v.send, v.key = l.T("admin.agent.invite"), q.Key()
		return v, nil
	}
	v.controls = append(v.controls, &control{kind: tick, ticked: !p.Disabled.IsZero(),
		Field: ui.Field{Name: "disabled", Label: l.T("admin.agent.disable"), Hint: l.T("admin.agent.disable.hint")}})
	if p.Invited {
		v.beside = invitation(l, "/admin/agents/"+string(p.Ref)+"/invitation")
	}
	return v, nil
}

func (a *Admin) saveAgent(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	form := desk.AgentForm{
		Name: typed.Word("name"), Address: typed.Word("email"), Phone: typed.Word("phone"), Role: okno.Ref(typed.Get("role")),
		Disabled: typed.Has("disabled"), Version: versionOf(typed),
	}
	if form.Departments, err = a.workplaces(q, typed, form.Role); err != nil {
		return err
	}
	words := q.Locale.T("admin.saved")
	switch {
	case len(form.Phone) > maxPhone:
		err = okno.Errors{okno.TooLong("phone", maxPhone)}
	case q.Path("ref") == "":
		err, words = a.desk.AddAgent(q.Context(), q.Actor, q.Key(), form), q.Locale.T("admin.agent.invited.now", "Address", form.Address)
	default:
		err = a.desk.SaveAgent(q.Context(), q.Actor, okno.Ref(q.Path("ref")), form)
	}
	if err == nil {
		return done(q, words, "/admin/agents")
	}
	p, missing := a.agentOf(q)
	if missing != nil {
		return missing
	}
	v, missing := a.agentForm(q, p)
	if missing != nil {
		return missing
	}
	return v.again(q, err, typed)
}

// workplaces are the departments ticked for a role; none means all. Who manages
// the installation does so everywhere, whatever is ticked.
func (a *Admin) workplaces(q *web.Request, typed *web.Form, role okno.Ref) ([]okno.Ref, error) {
	roles, err := a.desk.Roles(q.Context(), q.Actor)
	if err != nil {
		return nil, err
	}
	for _, r := range roles {
		if r.Ref == role && slices.Contains(r.Permissions, okno.ManageSettings.Name) {
			return nil, nil
		}
	}
	var departments []okno.Ref
	for _, ref := range typed.All("department") {
		departments = append(departments, okno.Ref(ref))
	}
	return departments, nil
}

func (a *Admin) inviteAgain(q *web.Request) error {
	p, err := a.agentOf(q)
	if err != nil {
		return err
	}
	if err := a.desk.InviteAgain(q.Context(), q.Actor, p.Ref); err != nil {
		return err
	}
	return done(q, q.Locale.T("admin.agent.invited.now", "Address", p.Address), "/admin/agents")
}
