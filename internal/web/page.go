package web

import (
	"github.com/oknodesk/okno/internal/web/ui"
)

// Page is what every page's shell needs to know; handlers fill in what is
// their own (the script, for one).
func (q *Request) Page(title string) ui.Page {
	p := ui.Page{
		L: q.Locale, Now: q.Now, Title: title, Theme: q.Theme(),
		Product: q.Settings.Product, Company: q.Settings.Company, Logo: q.Logo(), Accent: q.Accent(),
		Path: q.page(), Shortcuts: q.Person.Shortcuts, ReadOnly: q.server.readOnly,
	}
	if t := q.takeToast(); t != nil {
		p.Toast, p.Kind, p.Undo = t.Text, t.Kind, t.Undo
	}
	if q.Person.ID != 0 {
		p.Script = "portal" // for the bell, which lives
		p.Bell, q.fault = q.bell()
		p.Reader = &ui.Reader{Name: q.Person.Short(), Picture: Face(q.Person), Agent: q.Person.Agent, Admin: q.manages(), Contacts: q.Actor.ManagesAnyContacts()}
	}
	return p
}

// page is where this page can be looked at again; what a form was sent to
// cannot be looked at.
func (q *Request) page() string {
	if q.unsafe() {
		return "/"
	}
	return q.HTTP.URL.RequestURI()
}
