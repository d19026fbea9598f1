package portal

import (
	"net/url"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// passwordView is the page where a password is chosen.
type passwordView struct {
	ui.Page
	lead   string
	login  string // for the browser's store of passwords; empty: not known
	action string
	send   string
	fields fields
	wrong  []ui.Wrong
}

// askPassword shows the page for a new password: the one that whoever has an
// issued password cannot get round (spec R40), and one's own.
func (p *Portal) askPassword(q *web.Request) error {
	if q.Person.ID == 0 {
		return okno.ErrNotFound // a guest has no password
	}
	return q.Render(passwordForm(q)(nil))
}

func passwordForm(q *web.Request) func(wrong map[string]string) templ.Component {
	l := q.Locale
	v := passwordView{
		Page: q.Page(l.T("portal.password")), lead: l.T("portal.password.lead"), action: "/password", send: l.T("ui.signin"),
		fields: newPasswordFields(q),
	}
	if !q.Actor.MustChange {
		present := ui.Field{Name: "present", Type: "password", Label: l.T("portal.password.present"), Required: true, Autocomplete: "current-password"}
		v.fields = append(fields{present}, v.fields...)
		v.lead, v.send = l.T("portal.password.own"), l.T("portal.password.save")
	}
	return v.form
}

func newPasswordFields(q *web.Request) fields {
	l := q.Locale
	return fields{
		{Name: "password", Type: "password", Label: l.T("portal.field.password"), Hint: l.T("portal.password.hint"), Required: true, Autocomplete: "new-password"},
		{Name: "repeat", Type: "password", Label: l.T("portal.password.repeat"), Required: true, Autocomplete: "new-password"},
	}
}

// form is the page with what is wrong.
func (v passwordView) form(wrong map[string]string) templ.Component {
	v.fields = v.fields.fill(nil, wrong)
	v.wrong = v.fields.faults(wrong)
	return passwordPage(v)
}

// chosen is the new password when both fields agree (spec R42).
func chosen(q *web.Request) (present, next string, err error) {
	form, err := q.Form()
	if err != nil {
		return "", "", err
	}
	present, next = form.Get("present"), form.Get("password")
	if next == "" {
		return "", "", okno.Errors{okno.Missing("password")}
	}
	if next != form.Get("repeat") {
		return "", "", okno.Errors{{Reason: okno.Invalid, Key: "portal.password.differ", Field: "repeat"}}
	}
	return present, next, nil
}

// changePassword replaces the actor's password.
func (p *Portal) changePassword(q *web.Request) error {
	if q.Person.ID == 0 {
		return okno.ErrNotFound
	}
	present, next, err := chosen(q)
	if err == nil {
		err = p.desk.ChangePassword(q.Context(), q.Actor, present, next)
	}
	if err != nil {
		return q.Again(err, passwordForm(q))
	}
	q.Toast(web.Toast{Text: q.Locale.T("portal.password.changed"), Kind: "success"})
	return q.Redirect(homeOf(q.Person))
}

// askEntry shows what an invitation's or a reset's link leads to. Looking
// spends nothing: mail scanners follow links.
func (p *Portal) askEntry(q *web.Request) error {
	e, err := p.desk.Entry(q.Context(), q.Path("token"))
	if err != nil {
		return entryGone(q, err)
	}
	return q.Render(entryForm(q, e)(nil))
}

// entryGone says what to do with a link that was used or has expired; any
// other error stays one.
func entryGone(q *web.Request, err error) error {
	if okno.ReasonOf(err) != okno.NotFound {
		return err
	}
	return q.RenderStatus(web.Status(err), entryGonePage(q.Page(q.Locale.T("portal.entry.gone"))))
}

func entryForm(q *web.Request, e desk.Entry) func(wrong map[string]string) templ.Component {
	l := q.Locale
	v := passwordView{
		Page: q.Page(l.T("portal.password")), lead: l.T("portal.password.lead"), login: e.Login,
		action: "/entry/" + url.PathEscape(q.Path("token")), send: l.T("ui.signin"), fields: newPasswordFields(q),
	}
	return v.form
}

// enter spends the link: the password is set and its person signed in.
func (p *Portal) enter(q *web.Request) error {
	e, err := p.desk.Entry(q.Context(), q.Path("token"))
	if err != nil {
		return entryGone(q, err)
	}
	var token string
	_, next, err := chosen(q)
	if err == nil {
		token, err = p.desk.UseEntry(q.Context(), q.Path("token"), next, q.Session(), q.Browser())
	}
	if okno.ReasonOf(err) == okno.NotFound {
		return entryGone(q, err)
	}
	if err != nil {
		return q.Again(err, entryForm(q, e))
	}
	return p.welcome(q, token)
}
