package workspace

import (
	"slices"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// editing is where an agent changes his own message.
func (w *Workspace) editing(q *web.Request) (web.EditPage, error) {
	at, number, message := placeOf(q), okno.Number(q.Path("number")), "/messages/"+q.Path("ref")
	list, err := w.aside(q, q.Locale.T("message.edit.title"))
	return web.EditPage{
		Path: at.ticket(number, message), Deletion: at.ticket(number, message+"/deletion"), Back: at.ticket(number, "") + "#m-" + q.Path("ref"),
		Hint: q.Locale.T("message.edit.hint.agent"), Editor: true,
		Show: func(e ui.Edit) templ.Component { return editPage(list, e) },
	}, err
}

func (w *Workspace) askEdit(q *web.Request) error {
	p, err := w.editing(q)
	if err != nil {
		return err
	}
	return q.AskEdit(p)
}

func (w *Workspace) editMessage(q *web.Request) error {
	p, err := w.editing(q)
	if err != nil {
		return err
	}
	return q.SaveEdit(p)
}

func (w *Workspace) deleteMessage(q *web.Request) error {
	p, err := w.editing(q)
	if err != nil {
		return err
	}
	return q.DeleteMessage(p)
}

// versionView is what a message said before it was changed or deleted.
type versionView struct {
	list   *listView
	back   string
	before []okno.MessageVersion // the latest first
}

// versions shows them, to agents only.
func (w *Workspace) versions(q *web.Request) error {
	number := okno.Number(q.Path("number"))
	m, before, err := w.desk.Versions(q.Context(), q.Actor, number, okno.Ref(q.Path("ref")))
	if err != nil {
		return err
	}
	slices.Reverse(before)
	v := &versionView{back: placeOf(q).ticket(number, "") + "#" + web.Anchor(&m), before: before}
	if v.list, err = w.aside(q, q.Locale.T("message.versions")); err != nil {
		return err
	}
	return q.Render(versionPage(v))
}
