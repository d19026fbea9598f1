package workspace

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// handleCall says how a call request stands, and keeps the agents' note.
func (w *Workspace) handleCall(q *web.Request) error {
	return w.command(q, func(number okno.Number, form *web.Form, seen int64) error {
		return w.desk.HandleCall(q.Context(), q.Actor, number, okno.Ref(q.Path("ref")), okno.CallState(form.Get("state")), form.Text("note"), seen)
	})
}

// callMoves are what the agent may do with a call, the most likely first.
func (v *ticketView) callMoves(c okno.Call) []okno.CallState {
	if !v.May(okno.HandleCall) {
		return nil
	}
	return okno.CallMovesFrom(c.State)
}

// callNote is the field for the note on a call. Each call's is another one.
func (v *ticketView) callNote(c okno.Call) ui.Field {
	return ui.Field{Name: "note", Label: v.who.l.T("workspace.calls.note"), Value: c.Note, Rows: 2, MaxLength: okno.MaxCallNote}
}
