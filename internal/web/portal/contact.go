package portal

import (
	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// contactView is the form «Добавление ответственного» (spec R58).
type contactView struct {
	ui.Page
	company       okno.Company
	key           string
	fields        fields
	administrator bool
	wrong         []ui.Wrong
}

// askContact shows the form with a login and a password already there.
func (p *Portal) askContact(q *web.Request) error {
	company, _, err := p.managed(q, q.Query("company"))
	if err != nil {
		return err
	}
	company, proposed, err := p.desk.ProposeContact(q.Context(), q.Actor, company.Ref)
	if err != nil {
		return err
	}
	return q.Render(contactForm(q, company, proposed)(nil))
}

// addContact offers someone a place in the company. Its answer is the same
// whether or not the address is known elsewhere.
func (p *Portal) addContact(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	company, _, err := p.managed(q, typed.Get("company"))
	if err != nil {
		return err
	}
	form := desk.ContactForm{
		Name: typed.Word("name"), Address: typed.Word("email"), Code: typed.Word("code"), Phone: typed.Word("phone"),
		Login: typed.Word("login"), Password: typed.Get("password"), Administrator: typed.Has("administrator"), Lang: q.Locale.Lang(),
	}
	if err := p.desk.AddContact(q.Context(), q.Actor, q.Key(), company.Ref, form); err != nil {
		return q.Again(err, contactForm(q, company, form))
	}
	q.Toast(web.Toast{Text: q.Locale.T("portal.contact.added"), Kind: "success"})
	return q.Redirect(companyPath(company.Ref, ""))
}

// contactForm is the form with what is proposed or was typed.
func contactForm(q *web.Request, company okno.Company, f desk.ContactForm) func(wrong map[string]string) templ.Component {
	l := q.Locale
	v := contactView{Page: living(q.Page(l.T("portal.contact"))), company: company, key: q.Key(), administrator: f.Administrator}
	v.fields = fields{
		{Name: "name", Label: l.T("portal.contact.fullname"), Value: f.Name, Required: true, MaxLength: okno.MaxName, Autocomplete: "off"},
		{Name: "email", Type: "email", Label: l.T("portal.contact.email"), Value: f.Address, Hint: l.T("portal.contact.email.hint"), Required: true, MaxLength: okno.MaxAddress, Autocomplete: "off"},
		{Name: "code", Type: "tel", Label: l.T("portal.contact.code"), Value: f.Code, MaxLength: 4, Autocomplete: "off"},
		{Name: "phone", Type: "tel", Label: l.T("portal.field.phone"), Value: f.Phone, Hint: l.T("portal.contact.phone.hint"), MaxLength: 30, Autocomplete: "off"},
		{Name: "login", Label: l.T("portal.contact.login"), Value: f.Login, Required: true, MaxLength: 40, Autocomplete: "off"},
		{Name: "password", Label: l.T("portal.field.password"), Value: f.Password, Hint: l.T("portal.contact.password.hint"), Required: true, MaxLength: 128, Autocomplete: "off"},
	}
	return func(wrong map[string]string) templ.Component {
		for i := range v.fields {
			v.fields[i].Error = wrong[v.fields[i].Name]
		}
		v.wrong = v.fields.faults(wrong)
		return contactPage(v)
	}
}

// changed says what was done to a contact and leads back to the list. What
// does not go together with how he stands now is said there too.
func (p *Portal) changed(q *web.Request, words string, change func(value string) error) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	company, _, err := p.managed(q, typed.Get("company"))
	if err != nil {
		return err
	}
	switch err := change(typed.Get("value")); {
	case okno.ReasonOf(err) == okno.Conflict:
		q.Toast(web.Toast{Text: q.FieldErrors(err)[""], Kind: "error"})
	case err != nil:
		return err
	default:
		q.Toast(web.Toast{Text: q.Locale.T(words), Kind: "success"})
	}
	// He may have taken his own rights.
	now, _, err := p.desk.ActorOf(q.Context(), q.Session(), okno.DoorPortal)
	if err != nil {
		return err
	}
	if !now.ManagesContacts(company.ID) {
		return q.Redirect("/tickets")
	}
	return q.Redirect(companyPath(company.Ref, ""))
}

// inviteContact mails a new invitation.
func (p *Portal) inviteContact(q *web.Request) error {
	return p.changed(q, "portal.contact.invited", func(string) error {
		return p.desk.InviteContact(q.Context(), q.Actor, okno.Ref(q.Path("ref")))
	})
}

// setContactAccess shuts a contact out or lets him in again.
func (p *Portal) setContactAccess(q *web.Request) error {
	return p.changed(q, "portal.contact.saved", func(value string) error {
		return p.desk.DisableContact(q.Context(), q.Actor, okno.Ref(q.Path("ref")), value == "off")
	})
}

// setContactAdministrator gives or takes an administrator's rights.
func (p *Portal) setContactAdministrator(q *web.Request) error {
	return p.changed(q, "portal.contact.saved", func(value string) error {
		return p.desk.MakeCompanyAdmin(q.Context(), q.Actor, okno.Ref(q.Path("ref")), value == "on")
	})
}
