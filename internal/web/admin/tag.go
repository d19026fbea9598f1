package admin

import (
	"net/url"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

func (a *Admin) tags(q *web.Request) error {
	all, err := a.desk.Tags(q.Context(), q.Actor)
	if err != nil {
		return err
	}
	l := q.Locale
	v := listView{view: sectionView(q, "tags"), emptyText: l.T("admin.tag.none")}
	v.table = table{name: v.Title, head: []string{l.T("admin.field.name"), l.T("admin.tag.tickets.head")}}
	for _, t := range all {
		v.rows = append(v.rows, []templ.Component{link("/admin/tags/"+string(t.Ref), t.Name), link(searchPath("tag:\""+t.Name+"\""), l.T("admin.tag.tickets"))})
	}
	return q.Render(listPage(v))
}

// tagOf is the tag of the address, which is one by itself.
func (a *Admin) tagOf(q *web.Request) (okno.Tag, error) {
	all, err := a.desk.Tags(q.Context(), q.Actor)
	if err != nil {
		return okno.Tag{}, err
	}
	return byRef(all, func(t okno.Tag) okno.Ref { return t.Ref }, q.Path("ref"))
}

func (a *Admin) tagEditor() editor[okno.Tag] {
	return editor[okno.Tag]{"tags", a.tagOf, a.tagForm, a.keepTag}
}

func (a *Admin) tag(q *web.Request) error { return a.tagEditor().show(q) }

func (a *Admin) saveTag(q *web.Request) error { return a.tagEditor().save(q) }

func (a *Admin) tagForm(q *web.Request, t okno.Tag) (formView, error) {
	l := q.Locale
	all, err := a.desk.Tags(q.Context(), q.Actor)
	if err != nil {
		return formView{}, err
	}
	others := []ui.Option{{Label: l.T("admin.tag.into.none")}}
	for _, other := range all {
		if other.ID != t.ID {
			others = append(others, ui.Option{Value: string(other.Ref), Label: other.Name})
		}
	}
	v := formView{view: subView(q, "tags", t.Name), action: "/admin/tags/" + string(t.Ref), send: l.T("admin.save"), version: t.Version}
	v.controls = []*control{
		{Field: ui.Field{Name: "name", Label: l.T("admin.tag.rename"), Value: t.Name, Required: true, MaxLength: okno.MaxTagName, Autocomplete: "off"}},
		{kind: choice, Field: ui.Field{Name: "into", Label: l.T("admin.tag.into"), Hint: l.T("admin.tag.into.hint"), Options: others}},
	}
	return v, nil
}

// keepTag merges the tag where another is chosen; else it renames it.
func (a *Admin) keepTag(q *web.Request, typed *web.Form) error {
	ref := okno.Ref(q.Path("ref"))
	if into := typed.Get("into"); into != "" {
		return a.desk.MergeTag(q.Context(), q.Actor, ref, okno.Ref(into), versionOf(typed))
	}
	return a.desk.RenameTag(q.Context(), q.Actor, ref, typed.Word("name"), versionOf(typed))
}

// searchPath is where the workspace shows what a question finds.
func searchPath(question string) string { return "/desk?" + url.Values{"q": {question}}.Encode() }
