package workspace

import (
	"slices"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// heldView is an answer that is not given yet, as it stands below the dialogue.
type heldView struct {
	okno.HeldAnswer
	word    *ui.Word
	decides bool // the agent may take it back, give it or put it off
}

// heldViews are the answers that wait, the next one first.
func (v *ticketView) heldViews() []heldView {
	var all []heldView
	for _, h := range v.Held {
		m := okno.Message{Ref: h.Ref, Kind: okno.Public, Side: okno.SideAgent, Author: h.Author, Text: h.Text, HTML: h.HTML, Files: h.Files, At: h.Written}
		w := web.Word(&m)
		w.Author, w.Marks = v.author(&m), v.heldMarks(h)
		own := h.Author == v.By.Person || h.Planned || h.Stopped != ""
		all = append(all, heldView{HeldAnswer: h, word: w, decides: own && v.May(okno.WriteMessage)})
	}
	return all
}

// heldMarks say what an answer waits for, and what comes with it.
func (v *ticketView) heldMarks(h okno.HeldAnswer) []ui.Mark {
	l := v.who.l
	mark := ui.Mark{Kind: "info", Icon: "clock", Text: l.T("held.moment")}
	if h.Planned {
		mark.Text = l.T("held.planned", "Time", l.Full(h.Due))
	}
	if h.Stopped != "" {
		mark = ui.Mark{Kind: "warning", Icon: "alert-circle", Text: l.T("held.stopped." + string(h.Stopped))}
	}
	marks := []ui.Mark{mark}
	if h.Then != "" && h.Then != v.Ticket.Kind {
		marks = append(marks, ui.Mark{Kind: "info", Icon: "arrow-right", Text: l.T("held.then", "Status", v.who.status(h.Then))})
	}
	if len(h.CC) > 0 {
		marks = append(marks, ui.Mark{Kind: "info", Icon: "users", Text: l.T("workspace.cc.present", "People", strings.Join(h.CC, ", "))})
	}
	return marks
}

// atMinute is a time as a field for it has it, in the agent's zone.
func (v *ticketView) atMinute(t time.Time) string {
	return t.In(v.who.l.Zone()).Format(minuteForm)
}

// minuteForm is how such a field is written (HTML, datetime-local).
const minuteForm = "2006-01-02T15:04"

// nextMorning is the first of mornings for such a field; "": there is none.
func (v *ticketView) nextMorning() string {
	if len(v.Mornings) == 0 {
		return ""
	}
	return v.atMinute(v.Mornings[0])
}

// mornings are the beginnings of working days offered for an answer that is to
// be sent later, or a ticket that is put off.
func (v *ticketView) mornings() []ui.Option {
	var options []ui.Option
	for _, t := range v.Mornings {
		options = append(options, ui.Option{Value: t.UTC().Format(time.RFC3339), Label: v.who.l.Full(t)})
	}
	return options
}

// plan is when a form wants the answer sent; zero: now. The name of the button
// tells whether it is a morning that was offered or the field's own time.
func plan(q *web.Request, form *web.Form) (time.Time, error) {
	var at time.Time
	var err error
	switch chosen := form.Get("plan"); chosen {
	case "":
		return at, nil
	case "own":
		at, err = time.ParseInLocation(minuteForm, form.Word("at"), q.Locale.Zone())
	default:
		at, err = time.Parse(time.RFC3339, chosen)
	}
	if err != nil {
		return at, okno.Errors{{Reason: okno.Invalid, Key: "error.plan.time", Field: "at"}}
	}
	return at, nil
}

// undoAnswer takes a held answer back into the composer, where its author goes
// on writing.
func (w *Workspace) undoAnswer(q *web.Request) error {
	return w.decide(q, "held.undone", []string{"undone", q.Path("ref")}, func(number okno.Number, ref okno.Ref, _ *web.Form) error {
		return w.desk.UndoAnswer(q.Context(), q.Actor, number, ref)
	})
}

// giveNow gives an answer that waits at once.
func (w *Workspace) giveNow(q *web.Request) error {
	return w.decide(q, "held.given", nil, func(number okno.Number, ref okno.Ref, _ *web.Form) error {
		return w.desk.GiveAnswerNow(q.Context(), q.Actor, number, ref)
	})
}

// planAnswer gives an answer that waits another time.
func (w *Workspace) planAnswer(q *web.Request) error {
	return w.decide(q, "held.moved", nil, func(number okno.Number, ref okno.Ref, form *web.Form) error {
		at, err := plan(q, form)
		if err != nil {
			return err
		}
		return w.desk.PlanAnswer(q.Context(), q.Actor, number, ref, at)
	})
}

// decide carries out what an agent decides on a held answer, and leads back to
// its ticket, asked for with a query. The toast's own button asks for a part
// only and is told in a toast.
func (w *Workspace) decide(q *web.Request, said string, query []string, do func(okno.Number, okno.Ref, *web.Form) error) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	number := okno.Number(q.Path("number"))
	err = do(number, okno.Ref(q.Path("ref")), form)
	if refusal, ok := err.(*okno.Error); ok && refusal.Reason == okno.Conflict && q.Fragment() {
		q.Toast(web.Toast{Text: q.Locale.T(refusal.Key, refusal.Args...), Kind: "error"})
		return q.Done()
	}
	if err != nil {
		return w.command(q, func(okno.Number, *web.Form, int64) error { return err })
	}
	q.Toast(web.Toast{Text: q.Locale.T(said), Kind: "success"})
	return q.Redirect(placeOf(q).ticket(number, "", query...))
}

// boxID changes whenever an answer was written, held or taken back, so that the
// boxes are new ones then.
func (v *ticketView) boxID() string {
	id := ""
	for _, m := range v.Messages {
		if m.Author == v.By.Person {
			id = string(m.Ref)
		}
	}
	for _, h := range v.Held {
		if h.Author == v.By.Person {
			id = string(h.Ref)
		}
	}
	undone := slices.DeleteFunc(slices.Clone(v.Events), func(e okno.Event) bool { return e.Kind != okno.AnswerUndone || e.Actor != v.By.Person })
	if len(undone) > 0 {
		id += "-" + undone[len(undone)-1].At.UTC().Format("150405.000000")
	}
	return strings.ReplaceAll(id, ".", "-")
}
