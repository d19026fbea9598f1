package admin

import (
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

func (a *Admin) teams(q *web.Request) error {
	all, err := a.desk.AllTeams(q.Context(), q.Actor)
	if err != nil {
		return err
	}
	departments, err := a.desk.AllDepartments(q.Context(), q.Actor)
	if err != nil {
		return err
	}
	l := q.Locale
	v := listView{view: sectionView(q, "teams"), add: l.T("admin.team.add"), emptyText: l.T("admin.team.none")}
	v.table = table{name: v.Title, head: []string{l.T("admin.field.name"), l.T("words.department"), l.T("admin.team.size"), l.T("admin.field.state")}}
	for _, t := range all {
		v.rows = append(v.rows, []templ.Component{
			link("/admin/teams/"+string(t.Ref), t.Name), text(departmentName(departments, t.Department)),
			text(strconv.Itoa(len(t.Members))), openState(l, t.Closed.IsZero()),
		})
	}
	return q.Render(listPage(v))
}

// teamOf is the team of the address; zero: a new one.
func (a *Admin) teamOf(q *web.Request) (okno.Team, error) {
	all, err := a.desk.AllTeams(q.Context(), q.Actor)
	if err != nil || q.Path("ref") == "" {
		return okno.Team{}, err
	}
	return byRef(all, func(t okno.Team) okno.Ref { return t.Ref }, q.Path("ref"))
}

func (a *Admin) teamEditor() editor[okno.Team] {
	return editor[okno.Team]{"teams", a.teamOf, a.teamForm, a.keepTeam}
}

func (a *Admin) team(q *web.Request) error { return a.teamEditor().show(q) }

func (a *Admin) saveTeam(q *web.Request) error { return a.teamEditor().save(q) }

func (a *Admin) teamForm(q *web.Request, t okno.Team) (formView, error) {
	l := q.Locale
	departments, err := a.desk.AllDepartments(q.Context(), q.Actor)
	if err != nil {
		return formView{}, err
	}
	members, err := a.agentsControl(q, ui.Field{Name: "member", Label: l.T("admin.team.members"), Hint: l.T("admin.team.members.hint")}, t.Members)
	if err != nil {
		return formView{}, err
	}
	v := formView{view: subView(q, "teams", t.Name), action: "/admin/teams/" + string(t.Ref), send: l.T("admin.save"), version: t.Version}
	where := &control{kind: choice, Field: ui.Field{
		Name: "department", Label: l.T("words.department"), Hint: l.T("admin.team.department.hint"), Disabled: t.ID != 0,
		Options: openDepartments(departments, t.Department), Value: departmentRef(departments, t.Department),
	}}
	v.controls = []*control{
		{Field: ui.Field{Name: "name", Label: l.T("admin.field.name"), Value: t.Name, Required: true, MaxLength: okno.MaxName, Autocomplete: "off"}},
		where, members,
	}
	if t.ID == 0 {
		v.Title, v.action, v.send = l.T("admin.team.new"), "/admin/teams", l.T("admin.create")
		return v, nil
	}
	v.controls = append(v.controls, closing(l, t.Closed, l.T("admin.team.closed.hint")))
	return v, nil
}

func departmentRef(all []okno.Department, id okno.DepartmentID) string {
	i := slices.IndexFunc(all, func(d okno.Department) bool { return d.ID == id })
	if i < 0 {
		return ""
	}
	return string(all[i].Ref)
}

// agentsControl is a choice of any of the agents.
func (a *Admin) agentsControl(q *web.Request, f ui.Field, chosen []okno.PersonID) (*control, error) {
	agents, err := a.desk.AgentChoices(q.Context(), q.Actor)
	c := &control{kind: several, Field: f}
	for _, p := range agents {
		c.Options = append(c.Options, ui.Option{Value: string(p.Ref), Label: p.Short()})
		if slices.Contains(chosen, p.ID) {
			c.chosen = append(c.chosen, string(p.Ref))
		}
	}
	return c, err
}

// agentsTyped are the agents ticked in a form.
func (a *Admin) agentsTyped(q *web.Request, refs []string) ([]okno.PersonID, error) {
	agents, err := a.desk.AgentChoices(q.Context(), q.Actor)
	var ids []okno.PersonID
	for _, p := range agents {
		if slices.Contains(refs, string(p.Ref)) {
			ids = append(ids, p.ID)
		}
	}
	return ids, err
}

func (a *Admin) keepTeam(q *web.Request, typed *web.Form) error {
	departments, err := a.desk.AllDepartments(q.Context(), q.Actor)
	if err != nil {
		return err
	}
	form := okno.Team{Name: typed.Word("name"), Closed: closedAt(q, typed), Version: versionOf(typed)}
	for _, d := range departments {
		if string(d.Ref) == typed.Get("department") {
			form.Department = d.ID
		}
	}
	if form.Members, err = a.agentsTyped(q, typed.All("member")); err != nil {
		return err
	}
	return a.desk.SaveTeam(q.Context(), q.Actor, okno.Ref(q.Path("ref")), form)
}
