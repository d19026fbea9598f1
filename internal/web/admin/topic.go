package admin

import (
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

const (
	maxTopicName = 100  // characters
	maxPosition  = 9999 // of a help topic in its list
)

func (a *Admin) topics(q *web.Request) error {
	all, err := a.desk.AllTopics(q.Context(), q.Actor)
	if err != nil {
		return err
	}
	departments, err := a.desk.AllDepartments(q.Context(), q.Actor)
	if err != nil {
		return err
	}
	l := q.Locale
	v := listView{view: sectionView(q, "topics"), add: l.T("admin.topic.add"), emptyText: l.T("admin.topic.none")}
	v.table = table{name: v.Title, head: []string{l.T("admin.field.name"), l.T("words.department"), l.T("admin.field.position"), l.T("admin.field.state")}}
	for _, t := range all {
		v.rows = append(v.rows, []templ.Component{
			link("/admin/topics/"+string(t.Ref), t.Name(l.Lang())), text(departmentName(departments, t.Department)),
			text(strconv.Itoa(t.Position)), openState(l, t.Closed.IsZero()),
		})
	}
	return q.Render(listPage(v))
}

func departmentName(all []okno.Department, id okno.DepartmentID) string {
	i := slices.IndexFunc(all, func(d okno.Department) bool { return d.ID == id })
	if i < 0 {
		return ""
	}
	return all[i].Name
}

// topicOf is the help topic of the address; zero: a new one.
func (a *Admin) topicOf(q *web.Request) (okno.Topic, error) {
	all, err := a.desk.AllTopics(q.Context(), q.Actor)
	if err != nil || q.Path("ref") == "" {
		return okno.Topic{Position: 10 * (len(all) + 1)}, err
	}
	return byRef(all, func(t okno.Topic) okno.Ref { return t.Ref }, q.Path("ref"))
}

func (a *Admin) topicEditor() editor[okno.Topic] {
	return editor[okno.Topic]{"topics", a.topicOf, a.topicForm, a.keepTopic}
}

func (a *Admin) topic(q *web.Request) error { return a.topicEditor().show(q) }

func (a *Admin) saveTopic(q *web.Request) error { return a.topicEditor().save(q) }

func (a *Admin) topicForm(q *web.Request, t okno.Topic) (formView, error) {
	l := q.Locale
	departments, err := a.desk.AllDepartments(q.Context(), q.Actor)
	if err != nil {
		return formView{}, err
	}
	v := formView{view: subView(q, "topics", t.Name(l.Lang())), action: "/admin/topics/" + string(t.Ref), send: l.T("admin.save"), version: t.Version}
	for _, lang := range locale.Languages() {
		v.controls = append(v.controls, &control{Field: ui.Field{Name: nameField(lang.Code), Label: l.T("admin.topic.name", "Language", lang.Name), Value: t.Names[lang.Code], MaxLength: maxTopicName}})
	}
	where := &control{kind: choice, Field: ui.Field{Name: "department", Label: l.T("words.department"), Hint: l.T("admin.topic.department.hint"), Options: openDepartments(departments, t.Department), Value: departmentRef(departments, t.Department)}}
	team, err := a.teamControl(q, departments, t.Team)
	if err != nil {
		return v, err
	}
	agents, err := a.agentsControl(q, ui.Field{Name: "agent", Label: l.T("admin.topic.agents"), Hint: l.T("admin.topic.agents.hint")}, t.Agents)
	if err != nil {
		return v, err
	}
	v.controls = append(v.controls, where, team, agents, &control{Field: ui.Field{Name: "position", Label: l.T("admin.field.position"), Value: strconv.Itoa(t.Position), InputMode: "numeric", Hint: l.T("admin.topic.position.hint")}})
	if t.ID == 0 {
		v.Title, v.action, v.send = l.T("admin.topic.new"), "/admin/topics", l.T("admin.create")
		return v, nil
	}
	v.controls = append(v.controls, closing(l, t.Closed, l.T("admin.topic.closed.hint")))
	return v, nil
}

// teamControl is the choice of the team that shares a topic's requests. Each is
// named with its department, which must be the topic's.
func (a *Admin) teamControl(q *web.Request, departments []okno.Department, chosen okno.TeamID) (*control, error) {
	l := q.Locale
	c := &control{kind: choice, Field: ui.Field{Name: "team", Label: l.T("admin.topic.team"), Hint: l.T("admin.topic.team.hint"),
		Options: []ui.Option{{Label: l.T("admin.topic.noteam")}}}}
	all, err := a.desk.AllTeams(q.Context(), q.Actor)
	for _, t := range all {
		if t.Closed.IsZero() || t.ID == chosen {
			c.Options = append(c.Options, ui.Option{Value: string(t.Ref), Label: t.Name + " (" + departmentName(departments, t.Department) + ")"})
		}
		if t.ID == chosen {
			c.Value = string(t.Ref)
		}
	}
	return c, err
}

// teamTyped is the team chosen in a form; 0: none.
func (a *Admin) teamTyped(q *web.Request, ref string) (okno.TeamID, error) {
	all, err := a.desk.AllTeams(q.Context(), q.Actor)
	if err != nil || ref == "" {
		return 0, err
	}
	i := slices.IndexFunc(all, func(t okno.Team) bool { return string(t.Ref) == ref })
	if i < 0 {
		return 0, okno.Errors{{Reason: okno.Invalid, Key: "error.choice", Field: "team"}}
	}
	return all[i].ID, nil
}

// nameField is the control of a name in one language; the first is where a
// missing name is asked for.
func nameField(lang string) string {
	if lang == locale.Languages()[0].Code {
		return "name"
	}
	return "name_" + lang
}

func (a *Admin) keepTopic(q *web.Request, typed *web.Form) error {
	position := number(typed.Word("position"))
	if position < 0 || position > maxPosition {
		return okno.Errors{{Reason: okno.Invalid, Key: "admin.error.position", Field: "position", Args: []any{"Max", maxPosition}}}
	}
	names := map[string]string{}
	for _, lang := range locale.Languages() {
		names[lang.Code] = typed.Word(nameField(lang.Code))
		if len([]rune(names[lang.Code])) > maxTopicName {
			return okno.Errors{okno.TooLong(nameField(lang.Code), maxTopicName)}
		}
	}
	form := okno.Topic{Names: names, Position: int(position), Closed: closedAt(q, typed), Version: versionOf(typed)}
	var err error
	if form.Team, err = a.teamTyped(q, typed.Get("team")); err != nil {
		return err
	}
	if form.Agents, err = a.agentsTyped(q, typed.All("agent")); err != nil {
		return err
	}
	return a.desk.SaveTopic(q.Context(), q.Actor, okno.Ref(q.Path("ref")), form, okno.Ref(typed.Get("department")))
}
