package web

import (
	"strconv"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/web/ui"
)

// EditPage is where a surface changes one's own messages: its addresses and
// its shell.
type EditPage struct {
	Path, Deletion, Back string
	Hint                 string
	Editor               bool
	Show                 func(ui.Edit) templ.Component
}

// AskEdit shows the message of the address ({number}, {ref}) to be changed.
func (q *Request) AskEdit(p EditPage) error {
	e, refusal, err := q.edit(p)
	if err != nil {
		return err
	}
	if refusal != nil {
		return refusal
	}
	return q.Render(p.Show(e))
}

// edit reads the message as the actor sees it; refusal is why he may not change
// it now, or nil.
func (q *Request) edit(p EditPage) (e ui.Edit, refusal, err error) {
	t, err := q.Desk.Ticket(q.Context(), q.Actor, okno.Number(q.Path("number")), 0)
	if err != nil {
		return e, nil, err
	}
	m, err := q.Desk.Message(q.Context(), q.Actor, okno.Ref(q.Path("ref")))
	if err != nil {
		return e, nil, err
	}
	if m.Ticket != t.Ticket.ID {
		return e, nil, okno.ErrNotFound
	}
	e = ui.Edit{
		Path: p.Path, Deletion: p.Deletion, Back: p.Back, Hint: p.Hint, Editor: p.Editor,
		Text: ui.Field{Name: "text", Label: q.Locale.T("message.edit.text"), Value: m.Text, Rows: 8}, HTML: m.HTML,
		Version: m.Version, Until: m.At.Add(okno.EditWithin),
	}
	return e, q.Actor.Changeable(&t.Ticket, &m, q.Now), nil
}

// SaveEdit changes what the message says. One that was changed meanwhile is
// shown as it is now beside what was typed, which can be sent again.
func (q *Request) SaveEdit(p EditPage) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	seen, err := strconv.ParseInt(typed.Get("version"), 10, 64)
	if err != nil {
		seen = 0 // a form without one is never fresh
	}
	err = q.Desk.EditMessage(q.Context(), q.Actor, okno.Number(q.Path("number")), okno.Ref(q.Path("ref")), typed.Text("text"), typed.Get("html"), seen)
	if err == nil {
		q.Toast(Toast{Text: q.Locale.T("message.saved"), Kind: "success"})
		return q.Redirect(p.Back)
	}
	e, _, missing := q.edit(p)
	if missing != nil {
		return missing
	}
	return q.Again(err, func(wrong map[string]string) templ.Component {
		if e.Version != seen {
			e.Now = e.Text.Value
		}
		e.Text.Value, e.Text.Error, e.HTML = typed.Text("text"), wrong["text"], typed.Get("html")
		for _, field := range []string{"text", ""} {
			if wrong[field] != "" {
				e.Wrong = append(e.Wrong, ui.Wrong{Field: field, Text: wrong[field]})
			}
		}
		return p.Show(e)
	})
}

// DeleteMessage leaves a tombstone where one's own message stood.
func (q *Request) DeleteMessage(p EditPage) error {
	if err := q.Desk.DeleteMessage(q.Context(), q.Actor, okno.Number(q.Path("number")), okno.Ref(q.Path("ref"))); err != nil {
		return err
	}
	q.Toast(Toast{Text: q.Locale.T("message.removed"), Kind: "success"})
	return q.Redirect(p.Back)
}
