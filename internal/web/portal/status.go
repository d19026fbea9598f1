package portal

import (
	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// statusView is the form that asks for an access link.
type statusView struct {
	ui.Page
	fields fields
	wrong  []ui.Wrong
}

// askStatus asks for an address and a number (spec R19).
func (p *Portal) askStatus(q *web.Request) error { return q.Render(statusForm(q, nil)(nil)) }

// sendAccess has a link mailed if the pair is right. The answer never says
// whether it was (spec R22).
func (p *Portal) sendAccess(q *web.Request) error {
	typed, err := q.Form()
	if err == nil {
		err = p.desk.RequestAccess(q.Context(), q.Locale.Lang(), typed.Word("email"), string(okno.TypedNumber(typed.Word("number"))))
	}
	if err != nil {
		return q.Again(err, statusForm(q, typed))
	}
	return q.Redirect("/status/sent")
}

func statusForm(q *web.Request, typed *web.Form) func(wrong map[string]string) templ.Component {
	l := q.Locale
	return func(wrong map[string]string) templ.Component {
		fs := fields{
			{Name: "email", Type: "email", Label: l.T("portal.field.email"), Hint: l.T("portal.status.email.hint"), Required: true, Autocomplete: "email", MaxLength: okno.MaxAddress},
			{Name: "number", Label: l.T("portal.field.number"), Hint: l.T("portal.status.number.hint"), Required: true, InputMode: "numeric", Autocomplete: "off", MaxLength: 40},
		}.fill(typed, wrong)
		return statusPage(statusView{Page: q.Page(l.T("portal.status")), fields: fs, wrong: fs.faults(wrong)})
	}
}

// accessSent is the one answer to every pair of address and number.
func (p *Portal) accessSent(q *web.Request) error {
	return q.Render(accessSentPage(q.Page(q.Locale.T("portal.sent"))))
}
