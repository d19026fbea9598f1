package portal

import (
	"github.com/a-h/templ"

	"github.com/oknodesk/okno/internal/web"
)

// askReset asks whose password is forgotten.
func (p *Portal) askReset(q *web.Request) error { return q.Render(resetForm(q, nil)(nil)) }

// reset has a link to a new password mailed, if the address has an account.
// The answer never says whether it has.
func (p *Portal) reset(q *web.Request) error {
	typed, err := q.Form()
	if err == nil {
		err = p.desk.RequestReset(q.Context(), q.Locale.Lang(), typed.Word("email"))
	}
	if err != nil {
		return q.Again(err, resetForm(q, typed))
	}
	return q.Redirect("/reset/sent")
}

func resetForm(q *web.Request, typed *web.Form) func(wrong map[string]string) templ.Component {
	l := q.Locale
	return addressView{
		Page: q.Page(l.T("portal.reset")), lead: l.T("portal.reset.lead"), action: "/reset", send: l.T("portal.reset.send"),
	}.form(q, typed)
}

// resetSent is the one answer to every address.
func (p *Portal) resetSent(q *web.Request) error {
	return q.Render(resetSentPage(q.Page(q.Locale.T("portal.sent"))))
}
