package portal

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// ticketView is a ticket as its customer reads it.
type ticketView struct {
	ui.Page
	*desk.TicketPage
	who     namer
	status  string
	changes []statusChange // of the status, latest first
	entries []entry        // the dialogue
	earlier string         // address of the page with the earlier messages; empty: none
	older   bool           // this is such a page: it does not live
	here    string         // address of the page as it is shown
	fresh   string         // anchor of the first message since the reader's last visit; empty: none

	asked   string // the question a letter led here with: "yes", "no", "close"; empty: none
	fields  fields // of the box for a message
	wrong   []ui.Wrong
	uploads []ui.File
	key     string
}

// entry is a message or, between messages, a fact.
type entry struct {
	at   time.Time
	word *ui.Word // nil: a fact
	fact string
}

// statusChange is a status and since when the ticket had it (spec R52).
type statusChange struct {
	kind, name string
	at         time.Time
}

// ticket shows a ticket, or the part of it that an open page asks for anew.
func (p *Portal) ticket(q *web.Request) error {
	v, err := p.ticketView(q)
	if err != nil {
		return err
	}
	if q.Fragment() {
		switch q.Query("part") {
		case "thread":
			v.fresh = q.Query("new")
			return q.Render(thread(v))
		case "unread":
			return q.JSON(http.StatusOK, v.News())
		case "call":
			return q.Render(callCorner(v))
		case "card":
			return q.Render(card(v))
		}
	}
	if asked := okno.Number(q.Path("number")); asked != v.Ticket.Number {
		return q.Redirect(v.path() + questionOf(q))
	}
	return q.Render(ticketPage(v))
}

// questionOf is the part of the address that a letter led here with.
func questionOf(q *web.Request) string {
	if answer := q.Query("answer"); answer != "" {
		return "?answer=" + url.QueryEscape(answer)
	}
	return ""
}

// ticketView reads the ticket as the actor sees it.
func (p *Portal) ticketView(q *web.Request) (*ticketView, error) {
	var t *desk.TicketPage
	var page ui.Page
	if err := q.Together(func() error {
		before, err := p.before(q)
		if err != nil {
			return err
		}
		t, err = p.desk.Ticket(q.Context(), q.Actor, okno.Number(q.Path("number")), before)
		return err
	}, func() error {
		page = living(q.Page(""))
		return nil
	}); err != nil {
		return nil, err
	}
	statuses, err := p.desk.Statuses(q.Context())
	if err != nil {
		return nil, err
	}
	v := &ticketView{
		Page: page, TicketPage: t, who: namer{q, t, statuses},
		status: statusName(q.Locale, t.Status), older: q.Query("before") != "", asked: q.Query("answer"), key: q.Key(),
	}
	v.Title = ui.Subject(q.Locale, t.Ticket.Subject) + " #" + string(t.Ticket.Number)
	v.here = v.path()
	if v.older {
		v.here += "?before=" + url.QueryEscape(q.Query("before"))
	}
	v.entries, v.changes = v.dialogue(q), v.statusChanges()
	if t.Earlier != 0 && len(t.Messages) > 0 {
		v.earlier = v.path() + "?before=" + string(t.Messages[0].Ref)
	}
	if m := v.New(); m != nil {
		v.fresh = web.Anchor(m)
	}
	v.fields = messageFields(q).fill(nil, nil)
	return v, nil
}

// before is the message whose predecessors are asked for, by its public name.
func (p *Portal) before(q *web.Request) (okno.MessageID, error) {
	ref := q.Query("before")
	if ref == "" {
		return 0, nil
	}
	m, err := p.desk.Message(q.Context(), q.Actor, okno.Ref(ref))
	return m.ID, err
}

// dialogue is what was said, with the facts between by their time.
func (v *ticketView) dialogue(q *web.Request) []entry {
	var es []entry
	for i := range v.Messages {
		es = append(es, entry{at: v.Messages[i].At, word: v.word(q, &v.Messages[i])})
	}
	for _, e := range v.Events {
		if e.Kind != okno.TicketOpened && e.Data.Message == 0 {
			es = append(es, entry{at: e.At, fact: ui.Describe(e, q.Locale, v.who.names())})
		}
	}
	slices.SortStableFunc(es, func(a, b entry) int { return a.at.Compare(b.at) })
	return es
}

// statusChanges are those that the page knows of, latest first.
func (v *ticketView) statusChanges() []statusChange {
	var cs []statusChange
	for _, e := range v.Events {
		switch e.Kind {
		case okno.TicketOpened:
			cs = append(cs, statusChange{string(okno.StatusNew), v.who.status(okno.StatusNew), e.At})
		case okno.StatusChanged:
			cs = append(cs, statusChange{e.Data.To, v.who.status(okno.StatusKind(e.Data.To)), e.At})
		}
	}
	slices.Reverse(cs)
	return cs
}

func (v *ticketView) path() string { return ticketPath(v.Ticket.Number) }

// live is when a part of the page is to be fetched anew.
func (v *ticketView) live() string {
	return "live-" + string(v.Ticket.Number) + " from:body, live-all from:body"
}

// threadPart is the address of the dialogue; what was new when the page was
// opened stays marked as long as it is open.
func (v *ticketView) threadPart() string {
	if v.fresh == "" {
		return v.path() + "?part=thread"
	}
	return v.path() + "?part=thread&new=" + url.QueryEscape(v.fresh)
}

// last is the latest message that the page shows; empty: it shows earlier ones.
func (v *ticketView) last() string {
	if v.older || len(v.Messages) == 0 {
		return ""
	}
	return string(v.Messages[len(v.Messages)-1].Ref)
}

// topic is what the request is about; empty: none was chosen.
func (v *ticketView) topic() string { return v.Topic.Name(v.L.Lang()) }

// assignee is whose work the ticket is: an agent's, else a team's or the
// department's, shown as such (spec R49).
func (v *ticketView) assignee() string {
	if name := v.who.person(v.Ticket.Assignee); name != "" {
		return name
	}
	if v.Team.ID != 0 {
		return v.L.T("assignee.team", "Team", v.Team.Name)
	}
	return v.L.T("assignee.department", "Department", v.Department.Name)
}

// participants are the names of those who take part beside the requester.
func (v *ticketView) participants() []string {
	var names []string
	for _, p := range v.Ticket.Participants {
		names = append(names, v.who.person(p))
	}
	return names
}

// mayClose, mayConfirm and mayReopen: what the reader may do and the table of
// transitions lets him.
func (v *ticketView) mayClose() bool {
	return v.May(okno.CloseTicket) && v.Ticket.Kind != okno.StatusDone && okno.MayMove(v.Ticket.Kind, okno.StatusClosed, okno.ByCustomer)
}

func (v *ticketView) mayConfirm() bool {
	return v.May(okno.ConfirmDone) && v.Ticket.Kind == okno.StatusDone
}

func (v *ticketView) mayReopen() bool {
	return v.May(okno.CloseTicket) && v.Ticket.Kind == okno.StatusClosed && v.Ticket.TakesMessages(v.Now)
}

// answered reports whether a letter's question has been answered meanwhile.
func (v *ticketView) answered() bool {
	switch v.asked {
	case "yes", "no":
		return v.Ticket.Kind != okno.StatusDone
	case "close":
		return v.Ticket.Kind == okno.StatusClosed
	}
	return false
}

// again shows the ticket with a refusal, what was typed kept. typed is nil
// when only a button was pressed.
func (p *Portal) again(q *web.Request, refusal error, typed *web.Form) error {
	v, err := p.ticketView(q)
	if err != nil {
		return err
	}
	if v.uploads, err = p.uploads(q, typed); err != nil {
		return err
	}
	return q.Again(refusal, func(wrong map[string]string) templ.Component {
		v.fields = messageFields(q).fill(typed, wrong)
		v.wrong = v.fields.faults(wrong)
		return ticketPage(v)
	})
}

// seen records that the reader has the ticket before him. A page asks for it
// by itself once it is looked at; fetching a page ahead does not.
func (p *Portal) seen(q *web.Request) error {
	number := okno.Number(q.Path("number"))
	form, err := q.Form()
	if err != nil {
		return err
	}
	if err := p.desk.MarkSeen(q.Context(), q.Actor, number, okno.Ref(form.Get("upto"))); err != nil {
		return err
	}
	if form.Has("read") { // the button of a page without scripts
		return q.Redirect(ticketPath(number))
	}
	return q.Done()
}
