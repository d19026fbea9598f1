package workspace

import (
	"strconv"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/web"
)

// quarantineView are the letters that wait for a decision.
type quarantineView struct {
	list    *listView
	letters []okno.KeptLetter
	days    int
	older   string // address of those before; "": there are none
}

// quarantine lists them for agents who decide on them.
func (w *Workspace) quarantine(q *web.Request) error {
	letters, more, err := w.desk.Quarantine(q.Context(), q.Actor, okno.Ref(q.Query("before")))
	if err != nil {
		return err
	}
	v := &quarantineView{letters: letters, days: q.Settings.Limits.InForce().Quarantine}
	if more {
		v.older = "/desk/quarantine?before=" + string(letters[len(letters)-1].Ref)
	}
	if v.list, err = w.aside(q, q.Locale.T("quarantine.name")); err != nil {
		return err
	}
	v.list.quarantine = true
	return q.Render(quarantinePage(v))
}

// waitingView is one letter that waits.
type waitingView struct {
	list *listView
	*desk.QuarantinedPage
}

func (w *Workspace) quarantined(q *web.Request) error {
	p, err := w.desk.QuarantinedLetter(q.Context(), q.Actor, okno.Ref(q.Path("ref")))
	if err != nil {
		return err
	}
	v := &waitingView{QuarantinedPage: p}
	if v.list, err = w.aside(q, p.Subject); err != nil {
		return err
	}
	v.list.quarantine = true
	return q.Render(waitingPage(v))
}

// releaseLetter lets a letter in as if it had just come.
func (w *Workspace) releaseLetter(q *web.Request) error {
	if err := w.desk.ReleaseLetter(q.Context(), q.Actor, okno.Ref(q.Path("ref"))); err != nil {
		return err
	}
	return q.Redirect("/desk/quarantine")
}

// discardLetter deletes it.
func (w *Workspace) discardLetter(q *web.Request) error {
	if err := w.desk.DiscardLetter(q.Context(), q.Actor, okno.Ref(q.Path("ref"))); err != nil {
		return err
	}
	return q.Redirect("/desk/quarantine")
}

// markSpam closes a ticket that came by letter and has the letter wait.
func (w *Workspace) markSpam(q *web.Request) error {
	return w.command(q, func(number okno.Number, _ *web.Form, seen int64) error {
		return w.desk.MarkSpam(q.Context(), q.Actor, number, seen)
	})
}

// banSender bans the requester's address, or everyone of its domain.
func (w *Workspace) banSender(q *web.Request) error {
	return w.command(q, func(number okno.Number, form *web.Form, _ int64) error {
		return w.desk.BanSender(q.Context(), q.Actor, number, form.Has("domain"))
	})
}

// sendWithheld sends the confirmation that a limit held back.
func (w *Workspace) sendWithheld(q *web.Request) error {
	return w.command(q, func(number okno.Number, _ *web.Form, _ int64) error {
		return w.desk.SendWithheld(q.Context(), q.Actor, number)
	})
}

// publish makes an answer of what an agent wrote by letter.
func (w *Workspace) publish(q *web.Request) error {
	return w.command(q, func(number okno.Number, _ *web.Form, _ int64) error {
		return w.desk.Publish(q.Context(), q.Actor, number, okno.Ref(q.Path("ref")))
	})
}

// waiting is how many letters wait, in figures.
func (v *listView) waiting() string {
	if v.Waiting > desk.QuarantineCounted {
		return strconv.Itoa(desk.QuarantineCounted) + "+"
	}
	return strconv.Itoa(v.Waiting)
}
