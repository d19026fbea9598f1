package portal

import (
	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// callView is the form by which a customer asks to be phoned about his ticket.
type callView struct {
	ui.Page
	number okno.Number
	fields fields
	wrong  []ui.Wrong
	key    string
}

// callView reads the ticket as the actor sees it; the phone that stands there
// is his own.
func (p *Portal) callView(q *web.Request) (*callView, error) {
	t, err := p.desk.Ticket(q.Context(), q.Actor, okno.Number(q.Path("number")), 0)
	if err != nil {
		return nil, err
	}
	if !t.May(okno.AskCall) {
		return nil, okno.ErrForbidden
	}
	v := &callView{Page: living(q.Page(q.Locale.T("portal.call"))), number: t.Ticket.Number, key: q.Key()}
	v.fields = fields{
		{Name: "phone", Label: q.Locale.T("portal.field.phone"), Type: "tel", Value: t.Person(q.Actor.For(&t.Ticket)).Phone, Hint: q.Locale.T("portal.call.phone.hint"), Required: true, Autocomplete: "tel"},
		{Name: "when", Label: q.Locale.T("portal.call.when"), Hint: q.Locale.T("portal.call.when.hint"), Autocomplete: "off"},
		{Name: "about", Label: q.Locale.T("portal.call.about"), Rows: 3},
	}
	return v, nil
}

func (p *Portal) callForm(q *web.Request) error {
	v, err := p.callView(q)
	if err != nil {
		return err
	}
	return q.Render(callPage(v))
}

// askCall asks for the call (spec R55).
func (p *Portal) askCall(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	number := okno.Number(q.Path("number"))
	err = p.desk.AskCall(q.Context(), q.Actor, number, desk.CallForm{
		Key: q.Key(), Phone: typed.Word("phone"), When: typed.Word("when"), About: typed.Text("about"),
	})
	if err == nil {
		q.Toast(web.Toast{Text: q.Locale.T("portal.call.sent"), Kind: "success"})
		return q.Redirect(ticketPath(number))
	}
	v, missing := p.callView(q)
	if missing != nil {
		return missing
	}
	return q.Again(err, func(wrong map[string]string) templ.Component {
		v.fields = v.fields.fill(typed, wrong)
		v.wrong = v.fields.faults(wrong)
		return callPage(v)
	})
}

// cancelCall takes the request back.
func (p *Portal) cancelCall(q *web.Request) error {
	err := p.desk.CancelCall(q.Context(), q.Actor, okno.Number(q.Path("number")), okno.Ref(q.Path("ref")))
	return p.moved(q, err, "portal.call.cancelled")
}

// lastCall is the call whose state the page shows; nil: none was asked for.
func (v *ticketView) lastCall() *okno.Call {
	if len(v.Calls) == 0 {
		return nil
	}
	return &v.Calls[0]
}

// mayAskCall reports whether the reader may ask for a call now.
func (v *ticketView) mayAskCall() bool {
	return v.May(okno.AskCall) && v.OpenCall() == nil && v.Ticket.Kind != okno.StatusClosed
}
