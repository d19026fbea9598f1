package workspace

import (
	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/live"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// ticketView is a ticket as an agent works on it, with the list beside it.
type ticketView struct {
	*desk.TicketPage
	list    *listView // the list it was opened from
	who     namer
	screen  string // what a narrow window shows: "ticket" or "details"
	entries []entry
	older   bool   // earlier messages are shown: the thread does not live
	here    string // address of the page as it is shown
	fresh   string // anchor of the first message since the agent's last visit; "": none
	viewers []live.Viewer

	answer, note composer
	drafted      map[okno.MessageKind][]ui.File // uploads of drafts
	sent         string                         // what was just written, in words; "": nothing
	wrong        []ui.Wrong                     // of a command that was refused
	changed      []change                       // by others, for which it was refused
}

func (v *ticketView) number() okno.Number { return v.Ticket.Number }

// at is an address that belongs to the ticket, from the same place in the
// list.
func (v *ticketView) at(under string, pairs ...string) string {
	return v.list.ticket(v.number(), under, pairs...)
}

// threadPart is the address of the dialogue; what was new when the page was
// opened stays marked as long as it is open.
func (v *ticketView) threadPart() string { return v.at("", "part", "thread", "new", v.fresh) }

// part is the address of a part of the ticket as it is shown.
func (v *ticketView) part(name string) string { return v.at("", "part", name) }

// ticket shows a ticket beside the list, or the part of it that an open page
// asks for anew.
func (w *Workspace) ticket(q *web.Request) error {
	if q.Fragment() {
		v, err := w.ticketView(q)
		if err != nil {
			return err
		}
		switch q.Query("part") {
		case "head":
			return q.Render(head(v))
		case "thread":
			v.fresh = q.Query("new")
			return q.Render(thread(v))
		case "details":
			return q.Render(detailsPane(v))
		case "presence":
			return q.Render(presence(v))
		}
	}
	v, err := w.besideList(q)
	if err != nil {
		return err
	}
	if asked := okno.Number(q.Path("number")); asked != v.number() {
		return q.Redirect(placeOf(q).ticket(v.number(), ""))
	}
	return w.shown(q, v, nil)
}

// details is the ticket's page with the details in front where a window is
// too narrow for both.
func (w *Workspace) details(q *web.Request) error {
	v, err := w.besideList(q)
	if err != nil {
		return err
	}
	v.screen = "details"
	return w.shown(q, v, nil)
}

// whole answers with the ticket's page; refusal is why a command was not
// carried out, or nil.
func (w *Workspace) whole(q *web.Request, v *ticketView, refusal error) error {
	var err error
	if v.list, err = w.listView(q, v.list.place, v.number()); err != nil {
		return err
	}
	return w.shown(q, v, refusal)
}

// shown is whole of what is read already.
func (w *Workspace) shown(q *web.Request, v *ticketView, refusal error) error {
	v.list.Title = ui.Subject(v.who.l, v.Ticket.Subject) + " #" + string(v.number())
	if refusal == nil {
		return q.Render(ticketPage(v))
	}
	return q.Again(refusal, func(wrong map[string]string) templ.Component {
		v.refuse(refusal, wrong)
		return ticketPage(v)
	})
}

// ticketView reads the ticket as the agent sees it; the list beside it is read
// when the whole page is wanted.
func (w *Workspace) ticketView(q *web.Request) (*ticketView, error) {
	t, err := w.readTicket(q)
	if err != nil {
		return nil, err
	}
	return w.viewOf(q, t, &listView{Page: q.Page(""), place: placeOf(q)})
}

// besideList is ticketView with the whole list.
func (w *Workspace) besideList(q *web.Request) (*ticketView, error) {
	var t *desk.TicketPage
	list := &listView{place: placeOf(q)}
	if err := q.Together(func() (err error) {
		t, err = w.readTicket(q)
		return err
	}, func() error { return w.readList(q, list) }); err != nil {
		return nil, err
	}
	return w.viewOf(q, t, list)
}

func (w *Workspace) readTicket(q *web.Request) (*desk.TicketPage, error) {
	before, err := w.before(q)
	if err != nil {
		return nil, err
	}
	return w.desk.Ticket(q.Context(), q.Actor, okno.Number(q.Path("number")), before)
}

// viewOf is a ticket that was read, beside a list.
func (w *Workspace) viewOf(q *web.Request, t *desk.TicketPage, list *listView) (*ticketView, error) {
	v := &ticketView{TicketPage: t, list: list, screen: "ticket", older: q.Query("before") != ""}
	list.Current = t.Ticket.Number
	var err error
	if v.who, err = w.namer(q.Context(), q.Locale, t); err != nil {
		return nil, err
	}
	v.here = v.at("")
	if v.older {
		v.here = v.at("", "before", q.Query("before"))
	}
	v.entries = v.dialogue()
	if m := v.New(); m != nil {
		v.fresh = web.Anchor(m)
	}
	v.viewers = w.others(q, t.Ticket.ID)
	if v.drafted, err = w.drafted(q, t); err != nil {
		return nil, err
	}
	v.answer, v.note = v.composers()
	v.answer.focus = q.Query("undone") != ""
	v.sent = v.justSent(q.Query("sent"))
	return v, nil
}

// before is the message whose predecessors are asked for, by its public name.
func (w *Workspace) before(q *web.Request) (okno.MessageID, error) {
	ref := q.Query("before")
	if ref == "" {
		return 0, nil
	}
	m, err := w.desk.Message(q.Context(), q.Actor, okno.Ref(ref))
	return m.ID, err
}

// markSeen records that the agent has the ticket before him. A page asks for
// it by itself once it is looked at; fetching a page ahead does not.
func (w *Workspace) markSeen(q *web.Request) error {
	number := okno.Number(q.Path("number"))
	form, err := q.Form()
	if err != nil {
		return err
	}
	if err := w.desk.MarkSeen(q.Context(), q.Actor, number, okno.Ref(form.Get("upto"))); err != nil {
		return err
	}
	if form.Has("read") { // the button of a page without scripts
		return q.Redirect(placeOf(q).ticket(number, ""))
	}
	return q.Done()
}

// takes reports whether the agent may make the ticket his own.
func (v *ticketView) takes() bool {
	return v.May(okno.AssignTicket) && v.Ticket.Assignee != v.By.Person && v.Ticket.Kind != okno.StatusClosed
}

// moves are the kinds of status the agent may choose here.
func (v *ticketView) moves() []okno.StatusKind {
	if !v.May(okno.SetStatus) {
		return nil
	}
	return v.Moves()
}

// completes reports whether the agent may call the ticket done.
func (v *ticketView) completes() bool {
	for _, kind := range v.moves() {
		if kind == okno.StatusDone {
			return true
		}
	}
	return false
}

// latest is the last message of the page, for those who hear it; nil: none.
func (v *ticketView) latest() *okno.Message {
	if len(v.Messages) == 0 {
		return nil
	}
	return &v.Messages[len(v.Messages)-1]
}

// justSent says that what the agent wrote is there, when its page leads here
// after it.
func (v *ticketView) justSent(ref string) string {
	for _, m := range v.Messages {
		if ref == "" || string(m.Ref) != ref || m.Author != v.By.Person {
			continue
		}
		if m.Kind == okno.Note {
			return v.who.l.T("workspace.note.added")
		}
		return v.who.l.T("workspace.answer.added")
	}
	return ""
}
