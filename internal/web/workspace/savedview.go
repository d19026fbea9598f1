package workspace

import (
	"slices"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/web"
)

// saveView keeps what is looked for as a view.
func (w *Workspace) saveView(q *web.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	v := okno.View{Name: form.Get("name"), Question: form.Get("q"), Shared: form.Has("shared")}
	if err := w.desk.SaveView(q.Context(), q.Actor, v); err != nil {
		return err
	}
	q.Toast(web.Toast{Text: q.Locale.T("view.kept"), Kind: "success"})
	return q.Redirect(found(v.Question).at("/desk"))
}

// dropView forgets a saved view; what it finds stays on the page.
func (w *Workspace) dropView(q *web.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	if err := w.desk.DropView(q.Context(), q.Actor, okno.Ref(q.Path("ref"))); err != nil {
		return err
	}
	q.Toast(web.Toast{Text: q.Locale.T("view.dropped"), Kind: "success"})
	return q.Redirect(found(form.Get("q")).at("/desk"))
}

// found is the place of what a question finds.
func found(question string) place {
	return place{View: okno.ViewOpen, Find: question, Rows: stepRows}
}

// open is the saved view whose question is looked for; nil: there is none.
func (v *listView) open() *okno.View {
	i := slices.IndexFunc(v.Saved, func(s okno.View) bool { return s.Question == v.Find })
	if i < 0 {
		return nil
	}
	return &v.Saved[i]
}
