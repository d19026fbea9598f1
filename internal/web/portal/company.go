package portal

import (
	"net/url"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// companyView is the tab of a company's contacts (spec R56, R64).
type companyView struct {
	ui.Page
	company   okno.Company
	companies []okno.Company // those the reader administers
	contacts  []okno.Contact
	next      okno.Ref // where the next page begins; "": this was the last
	later     bool     // this is not the first page
}

// managed are the companies that the reader administers and the one that he
// chose among them, which is the first when he chose none.
func (p *Portal) managed(q *web.Request, chosen string) (okno.Company, []okno.Company, error) {
	companies, err := p.desk.ManagedCompanies(q.Context(), q.Actor)
	if err != nil {
		return okno.Company{}, nil, err
	}
	if chosen == "" {
		return companies[0], companies, nil
	}
	for _, c := range companies {
		if string(c.Ref) == chosen {
			return c, companies, nil
		}
	}
	return okno.Company{}, nil, okno.ErrNotFound
}

// company lists the contacts of the company that the reader administers; of
// several he chooses one.
func (p *Portal) company(q *web.Request) error {
	company, companies, err := p.managed(q, q.Query("company"))
	if err != nil {
		return err
	}
	list, err := p.desk.Contacts(q.Context(), q.Actor, company.Ref, okno.Ref(q.Query("from")))
	if err != nil {
		return err
	}
	return q.Render(companyPage(companyView{
		Page: living(q.Page(q.Locale.T("portal.company"))), company: list.Company, companies: companies,
		contacts: list.Contacts, next: list.Next, later: q.Query("from") != "",
	}))
}

// companyPath is the address of a page of a company's contacts.
func companyPath(company, from okno.Ref) string {
	values := url.Values{"company": {string(company)}}
	if from != "" {
		values.Set("from", string(from))
	}
	return "/company?" + values.Encode()
}

func contactsPath(rest string) string { return "/company/contacts" + rest }

// contactName is what a contact is called in the list.
func contactName(l *locale.Locale, c okno.Contact) string {
	if c.Name == "" {
		return l.T("portal.contact.nameless")
	}
	return c.Name
}

// contactMark is how a contact's state looks beside its words.
func contactMark(s okno.ContactState) (mark, icon string) {
	switch s {
	case okno.ContactIsActive:
		return "success", "check"
	case okno.ContactIsInvited:
		return "warning", "clock"
	case okno.ContactIsUnreached:
		return "error", "mail-off"
	}
	return "info", "minus"
}

// companyOptions are the choices of a company.
func companyOptions(l *locale.Locale, companies []okno.Company) []ui.Option {
	options := []ui.Option{{Label: l.T("portal.company.choose")}}
	for _, c := range companies {
		options = append(options, ui.Option{Value: string(c.Ref), Label: c.Name})
	}
	return options
}
