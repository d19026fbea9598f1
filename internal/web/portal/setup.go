package portal

import (
	"net/url"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// setupView is the page that asks for what a first start needs.
type setupView struct {
	ui.Page
	action string
	fields fields
	wrong  []ui.Wrong
}

// askSetup shows the page whose link the console printed, for as long as there
// is no administrator.
func (p *Portal) askSetup(q *web.Request) error {
	unset, err := p.desk.NeedsSetup(q.Context())
	if err != nil {
		return err
	}
	if !unset {
		return okno.Refuse(okno.Conflict, "error.setup.done")
	}
	if err := p.desk.CheckSetupLink(q.Context(), q.Path("token")); err != nil {
		return err
	}
	return q.Render(setupForm(q, nil)(nil))
}

// setUp makes the first administrator and lets him in.
func (p *Portal) setUp(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return q.Again(err, setupForm(q, typed))
	}
	s := desk.Setup{
		Name: typed.Word("name"), Address: typed.Word("email"), Password: typed.Get("password"),
		Company: typed.Word("company"), Product: typed.Word("product"), Support: typed.Word("support"), Lang: typed.Get("lang"),
	}
	if err := p.desk.SetUp(q.Context(), q.Actor, q.Path("token"), s); err != nil {
		return q.Again(err, setupForm(q, typed))
	}
	token, err := p.desk.SignIn(q.Context(), s.Address, s.Password, q.Session(), q.Browser())
	if err != nil {
		return err
	}
	return p.welcome(q, token)
}

func setupForm(q *web.Request, typed *web.Form) func(wrong map[string]string) templ.Component {
	l := q.Locale
	v := setupView{Page: q.Page(l.T("portal.setup")), action: "/setup/" + url.PathEscape(q.Path("token"))}
	return func(wrong map[string]string) templ.Component {
		v.fields = setupFields(l).fill(typed, wrong)
		v.wrong = v.fields.faults(wrong)
		return setupPage(v)
	}
}

func setupFields(l *locale.Locale) fields {
	var languages []ui.Option
	for _, lang := range locale.Languages() {
		languages = append(languages, ui.Option{Value: lang.Code, Label: lang.Name})
	}
	return fields{
		{Name: "name", Label: l.T("portal.field.name"), Required: true, Autocomplete: "name", MaxLength: okno.MaxName},
		{Name: "email", Type: "email", Label: l.T("portal.field.email"), Hint: l.T("portal.setup.email.hint"), Required: true, Autocomplete: "username", MaxLength: okno.MaxAddress},
		{Name: "password", Type: "password", Label: l.T("portal.field.password"), Hint: l.T("portal.password.hint"), Required: true, Autocomplete: "new-password"},
		{Name: "company", Label: l.T("portal.setup.company"), Hint: l.T("portal.setup.company.hint"), Autocomplete: "organization", MaxLength: okno.MaxName},
		{Name: "product", Label: l.T("portal.setup.product"), Hint: l.T("portal.setup.product.hint"), MaxLength: okno.MaxName},
		{Name: "support", Type: "email", Label: l.T("portal.setup.support"), Hint: l.T("portal.setup.support.hint"), Required: true, Autocomplete: "off", MaxLength: okno.MaxAddress},
		{Name: "lang", Label: l.T("ui.language"), Options: languages, Value: l.Lang()},
	}
}
