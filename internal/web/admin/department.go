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

// maxSignature is the longest signature, in characters.
const maxSignature = 2000

func (a *Admin) departments(q *web.Request) error {
	all, err := a.desk.AllDepartments(q.Context(), q.Actor)
	if err != nil {
		return err
	}
	l := q.Locale
	v := listView{view: sectionView(q, "departments"), add: l.T("admin.department.add")}
	v.table = table{name: v.Title, head: []string{l.T("admin.field.name"), l.T("admin.field.signature"), l.T("admin.field.state")}}
	for _, d := range all {
		v.rows = append(v.rows, []templ.Component{
			link("/admin/departments/"+string(d.Ref), d.Name), text(yesNo(l, d.Signature != "")), openState(l, d.Closed.IsZero()),
		})
	}
	return q.Render(listPage(v))
}

// openState is the state of what is in use or was closed.
func openState(l *locale.Locale, open bool) templ.Component {
	if open {
		return state(good, l.T("admin.open"))
	}
	return state(off, l.T("admin.closed"))
}

// departmentOf is the department of the address; zero: a new one.
func (a *Admin) departmentOf(q *web.Request) (okno.Department, error) {
	all, err := a.desk.AllDepartments(q.Context(), q.Actor)
	if err != nil || q.Path("ref") == "" {
		return okno.Department{}, err
	}
	i := slices.IndexFunc(all, func(d okno.Department) bool { return string(d.Ref) == q.Path("ref") })
	if i < 0 {
		return okno.Department{}, okno.ErrNotFound
	}
	return all[i], nil
}

func (a *Admin) department(q *web.Request) error {
	d, err := a.departmentOf(q)
	if err != nil {
		return err
	}
	return q.Render(formPage(departmentForm(q, d)))
}

func departmentForm(q *web.Request, d okno.Department) formView {
	l := q.Locale
	v := formView{view: subView(q, "departments", d.Name), action: "/admin/departments/" + string(d.Ref), send: l.T("admin.save"), version: d.Version}
	v.controls = []*control{
		{Field: ui.Field{Name: "name", Label: l.T("admin.field.name"), Value: d.Name, Required: true, MaxLength: okno.MaxName}},
		{kind: area, Field: ui.Field{Name: "signature", Label: l.T("admin.field.signature"), Value: d.Signature, Hint: l.T("admin.department.signature.hint"), MaxLength: maxSignature, Rows: 4}},
		{Field: ui.Field{Name: "answerwithin", Label: l.T("admin.field.answerwithin"), Value: strconv.Itoa(d.AnswerWithin), InputMode: "numeric", Hint: l.T("admin.department.answerwithin.hint"), MaxLength: 4}},
	}
	if d.ID == 0 {
		v.Title, v.action, v.send = l.T("admin.department.new"), "/admin/departments", l.T("admin.create")
		return v
	}
	v.controls = append(v.controls, closing(l, d.Closed, l.T("admin.department.closed.hint")))
	return v
}

func (a *Admin) saveDepartment(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	err = a.desk.SaveDepartment(q.Context(), q.Actor, okno.Ref(q.Path("ref")), okno.Department{
		Name: typed.Word("name"), Signature: typed.Text("signature"), AnswerWithin: hoursTyped(typed.Word("answerwithin")), Closed: closedAt(q, typed), Version: versionOf(typed)})
	if err == nil {
		return done(q, q.Locale.T("admin.saved"), "/admin/departments")
	}
	d, missing := a.departmentOf(q)
	if missing != nil {
		return missing
	}
	return departmentForm(q, d).again(q, err, typed)
}

// hoursTyped is a promise as it was typed; none is 0 hours.
func hoursTyped(s string) int {
	if s == "" {
		return 0
	}
	return int(number(s))
}
