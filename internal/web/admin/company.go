package admin

import (
	"strings"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

func (a *Admin) companies(q *web.Request) error {
	all, more, err := a.desk.Companies(q.Context(), q.Actor, okno.Ref(q.Query("before")))
	if err != nil {
		return err
	}
	l := q.Locale
	v := listView{view: sectionView(q, "companies"), add: l.T("admin.company.add"), emptyText: l.T("admin.company.none")}
	v.table = table{name: v.Title, head: []string{l.T("admin.field.name"), l.T("admin.company.number"), l.T("admin.company.since")}}
	for _, c := range all {
		v.rows = append(v.rows, []templ.Component{link("/admin/companies/"+string(c.Ref), c.Name), text(c.Number), moment(l, c.Created, q.Now)})
	}
	if more {
		v.older = olderThan("/admin/companies", "", string(all[len(all)-1].Ref))
	}
	return q.Render(listPage(v))
}

// company is the form of a new company, or of one with its contacts.
func (a *Admin) company(q *web.Request) error {
	v, err := a.companyForm(q)
	if err != nil {
		return err
	}
	return q.Render(formPage(v))
}

func (a *Admin) companyForm(q *web.Request) (formView, error) {
	agents, err := a.desk.AgentChoices(q.Context(), q.Actor)
	if err != nil {
		return formView{}, err
	}
	if q.Path("ref") == "" {
		return a.newCompany(q, agents)
	}
	card, err := a.desk.Company(q.Context(), q.Actor, okno.Ref(q.Path("ref")))
	if err != nil {
		return formView{}, err
	}
	f := desk.CompanyForm{Number: card.Number, Name: card.Name, Country: card.Country, Domains: card.Domains, SeesAll: card.SeesAll}
	for _, p := range card.Agents {
		f.Agents = append(f.Agents, p.Ref)
		if p.ID == card.Assignee {
			f.Assignee = p.Ref
		}
	}
	path := "/admin/companies/" + string(card.Ref)
	v := formView{view: subView(q, "companies", card.Name), action: path, send: q.Locale.T("admin.save"), version: card.Version}
	v.controls = companyControls(q.Locale, f, agents)
	list, err := a.desk.Contacts(q.Context(), q.Actor, card.Ref, okno.Ref(q.Query("from")))
	v.beside = contacts(q.Locale, path, list)
	return v, err
}

func (a *Admin) newCompany(q *web.Request, agents []okno.Person) (formView, error) {
	l := q.Locale
	proposed, err := a.desk.ProposeCompany(q.Context(), q.Actor)
	v := formView{view: subView(q, "companies", l.T("admin.company.new")), action: "/admin/companies", send: l.T("admin.create"), key: q.Key()}
	v.lead = l.T("admin.company.new.lead")
	v.controls = append(companyControls(l, proposed, agents),
		&control{heading: l.T("admin.company.first"), Field: ui.Field{Name: "admin_name", Label: l.T("admin.agent.name"), Required: true, MaxLength: okno.MaxName, Autocomplete: "off"}},
		&control{Field: ui.Field{Name: "admin_email", Type: "email", Label: l.T("admin.field.email"), Hint: l.T("admin.company.first.hint"), Required: true, MaxLength: okno.MaxAddress, Autocomplete: "off"}})
	return v, err
}

func companyControls(l *locale.Locale, f desk.CompanyForm, agents []okno.Person) []*control {
	country := &control{kind: choice, Field: ui.Field{Name: "country", Label: l.T("admin.company.country"), Hint: l.T("admin.company.country.hint"), Value: f.Country,
		Options: []ui.Option{{Label: l.T("admin.company.nocountry")}}}}
	for _, c := range desk.PhoneCountries() {
		country.Options = append(country.Options, ui.Option{Value: c.Country, Label: c.Country + " (" + c.Code + ")"})
	}
	own := &control{kind: several, Field: ui.Field{Name: "agent", Label: l.T("admin.company.agents"), Hint: l.T("admin.company.agents.hint")}}
	assignee := &control{kind: choice, Field: ui.Field{Name: "assignee", Label: l.T("admin.company.assignee"), Hint: l.T("admin.company.assignee.hint"), Value: string(f.Assignee),
		Options: []ui.Option{{Label: l.T("admin.company.noassignee")}}}}
	for _, ref := range f.Agents {
		own.chosen = append(own.chosen, string(ref))
	}
	for _, p := range agents {
		option := ui.Option{Value: string(p.Ref), Label: p.Short()}
		own.Options, assignee.Options = append(own.Options, option), append(assignee.Options, option)
	}
	controls := []*control{
		{Field: ui.Field{Name: "name", Label: l.T("admin.field.name"), Value: f.Name, Required: true, MaxLength: okno.MaxName, Autocomplete: "off"}},
		{Field: ui.Field{Name: "number", Label: l.T("admin.company.number"), Value: f.Number, Hint: l.T("admin.company.number.hint"), Required: true, MaxLength: 20, Autocomplete: "off"}},
		{kind: area, Field: ui.Field{Name: "domains", Label: l.T("admin.company.domains"), Hint: l.T("admin.company.domains.hint"), Value: strings.Join(f.Domains, "\n"), Rows: 3}},
		country,
		{kind: tick, ticked: f.SeesAll, Field: ui.Field{Name: "sees_all", Label: l.T("admin.company.seesall")}},
	}
	if len(agents) > 0 {
		controls = append(controls, own, assignee)
	}
	return controls
}

func companyTyped(q *web.Request, typed *web.Form) desk.CompanyForm {
	f := desk.CompanyForm{
		Number: typed.Word("number"), Name: typed.Word("name"), Country: typed.Get("country"), Domains: strings.Fields(typed.Text("domains")),
		Assignee: okno.Ref(typed.Get("assignee")), SeesAll: typed.Has("sees_all"), Version: versionOf(typed),
		AdminName: typed.Word("admin_name"), AdminAddress: typed.Word("admin_email"), Lang: q.Locale.Lang(),
	}
	for _, ref := range typed.All("agent") {
		f.Agents = append(f.Agents, okno.Ref(ref))
	}
	return f
}

func (a *Admin) saveCompany(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	form, words := companyTyped(q, typed), q.Locale.T("admin.saved")
	if q.Path("ref") == "" {
		_, err = a.desk.AddCompany(q.Context(), q.Actor, q.Key(), form)
		words = q.Locale.T("admin.agent.invited.now", "Address", form.AdminAddress)
	} else {
		err = a.desk.SaveCompany(q.Context(), q.Actor, okno.Ref(q.Path("ref")), form)
	}
	if err == nil {
		return done(q, words, "/admin/companies")
	}
	v, missing := a.companyForm(q)
	if missing != nil {
		return missing
	}
	return v.again(q, err, typed)
}

// changeContact changes one thing of a contact of the company of the address.
func (a *Admin) changeContact(q *web.Request, change func(contact okno.Ref, value string) error) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	path := "/admin/companies/" + q.Path("ref")
	if err := change(okno.Ref(q.Path("contact")), typed.Get("value")); okno.ReasonOf(err) == okno.Conflict {
		q.Toast(web.Toast{Text: q.FieldErrors(err)[""], Kind: "error"})
		return q.Redirect(path)
	} else if err != nil {
		return err
	}
	return done(q, q.Locale.T("admin.saved"), path)
}

func (a *Admin) inviteContact(q *web.Request) error {
	return a.changeContact(q, func(contact okno.Ref, _ string) error { return a.desk.InviteContact(q.Context(), q.Actor, contact) })
}

func (a *Admin) setContactAccess(q *web.Request) error {
	return a.changeContact(q, func(contact okno.Ref, value string) error {
		return a.desk.DisableContact(q.Context(), q.Actor, contact, value == "off")
	})
}

func (a *Admin) setContactAdministrator(q *web.Request) error {
	return a.changeContact(q, func(contact okno.Ref, value string) error {
		return a.desk.MakeCompanyAdmin(q.Context(), q.Actor, contact, value == "on")
	})
}

// contact is the card of a contact, which an agent with the right can correct
// (spec R64).
func (a *Admin) contact(q *web.Request) error {
	v, err := a.contactForm(q)
	if err != nil {
		return err
	}
	return q.Render(formPage(v))
}

func (a *Admin) contactForm(q *web.Request) (formView, error) {
	p, err := a.desk.ContactPerson(q.Context(), q.Actor, okno.Ref(q.Path("contact")))
	if err != nil {
		return formView{}, err
	}
	l := q.Locale
	v := formView{view: subView(q, "companies", p.Short()), action: "/admin/companies/" + q.Path("ref") + "/contacts/" + q.Path("contact"), send: l.T("admin.save"), version: p.Version}
	v.controls = []*control{
		{Field: ui.Field{Name: "name", Label: l.T("admin.agent.name"), Value: p.Name, Required: true, MaxLength: okno.MaxName, Autocomplete: "off"}},
		{Field: ui.Field{Name: "email", Label: l.T("admin.field.email"), Value: p.Address, Disabled: true}},
		{Field: ui.Field{Name: "phone", Label: l.T("admin.field.phone"), Type: "tel", Value: p.Phone, MaxLength: maxPhone, Autocomplete: "off"}},
	}
	return v, nil
}

func (a *Admin) saveContact(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	err = a.desk.CorrectContact(q.Context(), q.Actor, okno.Ref(q.Path("contact")), typed.Word("name"), typed.Word("phone"), versionOf(typed))
	if err == nil {
		return done(q, q.Locale.T("admin.saved"), "/admin/companies/"+q.Path("ref"))
	}
	v, missing := a.contactForm(q)
	if missing != nil {
		return missing
	}
	return v.again(q, err, typed)
}

// contactMood is how a contact's state looks.
func contactMood(s okno.ContactState) mood {
	switch s {
	case okno.ContactIsActive:
		return good
	case okno.ContactIsInvited:
		return slow
	case okno.ContactIsUnreached:
		return bad
	}
	return off
}

// contactRows are the lines of a company's contacts.
func contactRows(l *locale.Locale, path string, all desk.ContactList) (rows [][]templ.Component) {
	for _, c := range all.Contacts {
		name := c.Name
		if name == "" {
			name = l.T("admin.company.nameless")
		}
		own := path + "/contacts/" + string(c.Ref)
		rows = append(rows, []templ.Component{
			link(own, name), state(contactMood(c.State), l.T("admin.company.state."+string(c.State))), text(yesNo(l, c.Administrator)), contactActs(l, own, c),
		})
	}
	return rows
}
