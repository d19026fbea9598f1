package portal

import (
	"net/url"
	"time"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// registrationView is the form that asks for an account.
type registrationView struct {
	ui.Page
	fields fields
	wrong  []ui.Wrong
	key    string
}

// askRegistration shows the form (spec R26); whoever is in already is led on.
func (p *Portal) askRegistration(q *web.Request) error {
	if q.Person.ID != 0 {
		return q.Redirect(homeOf(q.Person))
	}
	return q.Render(registrationForm(q, nil)(nil))
}

// register has a letter sent that confirms the address (spec R27). The answer
// never says whether it is known.
func (p *Portal) register(q *web.Request) error {
	typed, err := q.Form()
	if err == nil {
		err = p.desk.Register(q.Context(), desk.Registration{
			Key: q.Key(), Name: typed.Word("name"), Address: typed.Word("email"), Phone: typed.Word("phone"),
			Password: typed.Get("password"), Lang: q.Locale.Lang(),
		})
	}
	if err != nil {
		return q.Again(err, registrationForm(q, typed))
	}
	return q.Redirect("/register/sent")
}

func registrationForm(q *web.Request, typed *web.Form) func(wrong map[string]string) templ.Component {
	l := q.Locale
	return func(wrong map[string]string) templ.Component {
		fs := fields{
			{Name: "name", Label: l.T("portal.field.name"), Required: true, Autocomplete: "name", MaxLength: okno.MaxName},
			{Name: "email", Type: "email", Label: l.T("portal.field.email"), Hint: l.T("portal.register.email.hint"), Required: true, Autocomplete: "username", MaxLength: okno.MaxAddress},
			{Name: "phone", Type: "tel", Label: l.T("portal.field.phone"), Autocomplete: "tel", MaxLength: okno.MaxPhone},
			{Name: "password", Type: "password", Label: l.T("portal.field.password"), Hint: l.T("portal.password.hint"), Required: true, Autocomplete: "new-password"},
		}.fill(typed, wrong)
		return registrationPage(registrationView{Page: q.Page(l.T("portal.register")), fields: fs, wrong: fs.faults(wrong), key: q.Key()})
	}
}

// registrationSent is the one answer to every registration.
func (p *Portal) registrationSent(q *web.Request) error {
	return q.Render(registrationSentPage(q.Page(q.Locale.T("portal.sent"))))
}

// addressView is a form that asks for nothing but an address.
type addressView struct {
	ui.Page
	lead, action, send string
	fields             fields
	wrong              []ui.Wrong
}

func (v addressView) form(q *web.Request, typed *web.Form) func(wrong map[string]string) templ.Component {
	return func(wrong map[string]string) templ.Component {
		v.fields = fields{
			{Name: "email", Type: "email", Label: q.Locale.T("portal.field.email"), Required: true, Autocomplete: "email", MaxLength: okno.MaxAddress},
		}.fill(typed, wrong)
		v.wrong = v.fields.faults(wrong)
		return addressPage(v)
	}
}

// askAgain asks where to send the confirmation letter once more.
func (p *Portal) askAgain(q *web.Request) error { return q.Render(againForm(q, nil)(nil)) }

// registerAgain sends it once more, if there is anything to confirm.
func (p *Portal) registerAgain(q *web.Request) error {
	typed, err := q.Form()
	if err == nil {
		err = p.desk.RegisterAgain(q.Context(), q.Locale.Lang(), typed.Word("email"))
	}
	if err != nil {
		return q.Again(err, againForm(q, typed))
	}
	return q.Redirect("/register/sent")
}

func againForm(q *web.Request, typed *web.Form) func(wrong map[string]string) templ.Component {
	l := q.Locale
	return addressView{
		Page: q.Page(l.T("portal.register.again")), lead: l.T("portal.register.again.lead"), action: "/register/letter", send: l.T("portal.register.again"),
	}.form(q, typed)
}

// askConfirmation shows what a confirmation letter's link leads to. Looking
// spends nothing: mail scanners follow links.
func (p *Portal) askConfirmation(q *web.Request) error {
	address, err := p.desk.RegisteredAddress(q.Context(), q.Path("token"))
	if err != nil {
		return confirmationGone(q, err)
	}
	return q.Render(confirmationForm(q, address)(nil))
}

// confirmationGone says what to do with a link that was used or has expired.
func confirmationGone(q *web.Request, err error) error {
	if okno.ReasonOf(err) != okno.NotFound {
		return err
	}
	return q.RenderStatus(web.Status(err), confirmationGonePage(q.Page(q.Locale.T("portal.entry.gone"))))
}

// confirmationForm asks for the password of the registration: only who chose
// it may confirm.
func confirmationForm(q *web.Request, address string) func(wrong map[string]string) templ.Component {
	l := q.Locale
	v := passwordView{
		Page: q.Page(l.T("portal.confirm")), lead: l.T("portal.confirm.lead"), login: address,
		action: "/register/" + url.PathEscape(q.Path("token")), send: l.T("portal.confirm.send"),
		fields: fields{{Name: "password", Type: "password", Label: l.T("portal.field.password"), Required: true, Autocomplete: "current-password"}},
	}
	return v.form
}

// confirmRegistration makes the account and lets its person in.
func (p *Portal) confirmRegistration(q *web.Request) error {
	address, err := p.desk.RegisteredAddress(q.Context(), q.Path("token"))
	if err != nil {
		return confirmationGone(q, err)
	}
	token, err := p.tryConfirmation(q)
	if okno.ReasonOf(err) == okno.NotFound {
		return confirmationGone(q, err)
	}
	if err != nil {
		return q.Again(err, confirmationForm(q, address))
	}
	return p.welcome(q, token)
}

func (p *Portal) tryConfirmation(q *web.Request) (token string, err error) {
	form, err := q.Form()
	if err != nil {
		return "", err
	}
	password := form.Get("password")
	if password == "" {
		return "", okno.Errors{okno.Missing("password")}
	}
	which := attemptOf(q.RemoteAddr(), q.Path("token"))
	if err := p.attempt(q, p.attempts, which); err != nil {
		return "", err
	}
	return p.desk.ConfirmRegistration(q.Context(), q.Path("token"), password, q.Session(), q.Browser())
}

// slower refuses who tries too often.
func slower(wait time.Duration) error {
	return okno.Refuse(okno.TooMany, "error.toomany", "Seconds", int((wait+time.Second-1)/time.Second))
}
