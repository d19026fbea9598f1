package workspace

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/web"
)

// command carries one command on the ticket of the address out, and shows the
// ticket again: as it is now, or with why it was refused.
func (w *Workspace) command(q *web.Request, do func(number okno.Number, form *web.Form, seen int64) error) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	number := okno.Number(q.Path("number"))
	refusal := do(number, form, version(form))
	if refusal == nil {
		return q.Redirect(w.afterwards(q, number))
	}
	v, err := w.ticketView(q)
	if err != nil {
		return err
	}
	return w.whole(q, v, refusal)
}

// afterwards is the ticket, or the list when the agent sees it no longer.
func (w *Workspace) afterwards(q *web.Request, number okno.Number) string {
	if _, err := w.desk.Ticket(q.Context(), q.Actor, number, 0); okno.ReasonOf(err) == okno.NotFound {
		return placeOf(q).at("/desk")
	}
	return placeOf(q).ticket(number, "")
}

// me is the assignee's name by which an agent takes a ticket himself.
const me = "me"

// assign makes the ticket an agent's work, one's own, a team's or the
// department's.
func (w *Workspace) assign(q *web.Request) error {
	return w.command(q, func(number okno.Number, form *web.Form, seen int64) error {
		if form.Has("team") {
			return w.desk.AssignTeam(q.Context(), q.Actor, number, okno.Ref(form.Get("team")), seen)
		}
		to := form.Get("assignee")
		if to == me {
			return w.desk.Take(q.Context(), q.Actor, number, seen)
		}
		return w.desk.Assign(q.Context(), q.Actor, number, okno.Ref(to), seen)
	})
}

// transfer gives the ticket to another department.
func (w *Workspace) transfer(q *web.Request) error {
	return w.command(q, func(number okno.Number, form *web.Form, seen int64) error {
		return w.desk.Transfer(q.Context(), q.Actor, number, okno.Ref(form.Get("department")), seen)
	})
}

// setStatus moves the ticket to a kind of status; on hold it says until when,
// and whether an answer wakes it earlier.
func (w *Workspace) setStatus(q *web.Request) error {
	return w.command(q, func(number okno.Number, form *web.Form, seen int64) error {
		to := okno.StatusKind(form.Get("status"))
		var hold okno.Hold
		if to == okno.StatusHold {
			until, err := plan(q, form)
			if err != nil {
				return err
			}
			hold = okno.Hold{Until: until, WakeOnAnswer: form.Has("wakes")}
		}
		return w.desk.SetStatus(q.Context(), q.Actor, number, to, hold, seen)
	})
}

// editSubject changes what the ticket is called.
func (w *Workspace) editSubject(q *web.Request) error {
	return w.command(q, func(number okno.Number, form *web.Form, seen int64) error {
		return w.desk.EditSubject(q.Context(), q.Actor, number, form.Word("subject"), seen)
	})
}
