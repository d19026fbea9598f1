package workspace

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/web"
)

// saveDraft keeps what an agent has typed and not sent; it is shown again on
// whatever machine he opens the ticket. Empty forgets it.
func (w *Workspace) saveDraft(q *web.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	err = w.desk.SaveDraft(q.Context(), q.Actor, okno.Number(q.Path("number")), okno.MessageKind(q.Query("kind")), form.Text("text"))
	if err != nil {
		return err
	}
	return q.Done()
}
