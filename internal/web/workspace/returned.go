package workspace

import (
	"strings"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/web"
)

// returnedView is a letter that came back, with where else it may go.
type returnedView struct {
	list *listView
	*desk.ReturnedPage
	path  string
	back  string
	typed string
	wrong map[string]string
}

func (w *Workspace) returnedView(q *web.Request) (*returnedView, error) {
	number, ref := okno.Number(q.Path("number")), okno.Ref(q.Path("ref"))
	p, err := w.desk.ReturnedLetter(q.Context(), q.Actor, number, ref)
	if err != nil {
		return nil, err
	}
	v := &returnedView{ReturnedPage: p, path: placeOf(q).ticket(number, "/letters/"+string(ref)), back: placeOf(q).ticket(number, "")}
	v.list, err = w.aside(q, q.Locale.T("workspace.readdress"))
	return v, err
}

// returned asks where a letter that came back is to go instead.
func (w *Workspace) returned(q *web.Request) error {
	v, err := w.returnedView(q)
	if err != nil {
		return err
	}
	return q.Render(returnedPage(v))
}

// readdress sends it there.
func (w *Workspace) readdress(q *web.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	v, err := w.returnedView(q)
	if err != nil {
		return err
	}
	v.typed = form.Word("to")
	if err := w.desk.Readdress(q.Context(), q.Actor, okno.Number(q.Path("number")), okno.Ref(q.Path("ref")), v.typed); err != nil {
		return q.Again(err, func(wrong map[string]string) templ.Component {
			v.wrong = wrong
			return returnedPage(v)
		})
	}
	return q.Redirect(v.back)
}

// clearAddresses says by hand that letters to the requester arrive again.
func (w *Workspace) clearAddresses(q *web.Request) error {
	return w.command(q, func(number okno.Number, _ *web.Form, _ int64) error {
		return w.desk.ClearAddresses(q.Context(), q.Actor, number)
	})
}

// undeliverable reports whether letters to an address of the requester come
// back.
func (v *ticketView) undeliverable() bool {
	for _, a := range v.Addresses {
		if !a.Undeliverable.IsZero() {
			return true
		}
	}
	return false
}

// bannable reports whether a domain may be banned as a whole.
func (v *ticketView) bannable(domain string) bool {
	_, err := okno.CheckDomain("", domain)
	return err == nil
}

// domainOf is what stands after an address's last @.
func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }
