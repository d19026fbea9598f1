package admin

import (
	"slices"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/web"
)

// roles shows which role holds which permission. The list of permissions is
// that of the actions the program knows.
func (a *Admin) roles(q *web.Request) error {
	all, err := a.desk.Roles(q.Context(), q.Actor)
	if err != nil {
		return err
	}
	l := q.Locale
	v := listView{view: sectionView(q, "roles")}
	v.table = table{name: v.Title, head: []string{l.T("words.permission")}}
	for _, r := range all {
		v.head = append(v.head, roleName(l, r))
	}
	for _, act := range okno.Actions {
		row := []templ.Component{text(l.T("admin.action." + act.Name))}
		for _, r := range all {
			row = append(row, held(l, slices.Contains(r.Permissions, act.Name)))
		}
		v.rows = append(v.rows, row)
	}
	return q.Render(listPage(v))
}
