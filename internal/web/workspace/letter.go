package workspace

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/web"
)

// letterView is what was found out about the letter that a message came by.
type letterView struct {
	list    *listView
	back    string
	message okno.Message
	letter  okno.KeptLetter
}

// found is what a step said of the letter, in the reader's language; "": nothing.
func (v *letterView) found(step string) string {
	for _, s := range v.letter.Trace {
		if s.Step == step {
			return web.Reason(v.list.L, s.Reason)
		}
	}
	return ""
}

func (w *Workspace) messageLetter(q *web.Request) error {
	number := okno.Number(q.Path("number"))
	m, k, err := w.desk.MessageLetter(q.Context(), q.Actor, number, okno.Ref(q.Path("ref")))
	if err != nil {
		return err
	}
	v := &letterView{back: placeOf(q).ticket(number, "") + "#" + web.Anchor(&m), message: m, letter: k}
	if v.list, err = w.aside(q, q.Locale.T("workspace.letter.name")); err != nil {
		return err
	}
	return q.Render(letterPage(v))
}
