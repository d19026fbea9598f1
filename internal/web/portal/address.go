package portal

import (
	"net/url"

	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// askAddress has a link sent to a new address of the reader's.
func (p *Portal) askAddress(q *web.Request) error {
	typed, err := q.Form()
	if err == nil {
		err = p.desk.AskAddress(q.Context(), q.Actor, typed.Get("present"), typed.Word("email"))
	}
	if err != nil {
		return p.profileAgain(q, err, typed)
	}
	return saved(q, "portal.profile.newaddress.sent")
}

// newAddressView asks whether an address shall count.
type newAddressView struct {
	ui.Page
	address, action string
}

// newAddress shows what a letter's link confirms. Looking spends nothing.
func (p *Portal) newAddress(q *web.Request) error {
	address, err := p.desk.NewAddress(q.Context(), q.Path("token"))
	if err != nil {
		return confirmationGone(q, err)
	}
	return q.Render(newAddressPage(newAddressView{
		Page: q.Page(q.Locale.T("portal.newaddress")), address: address, action: "/address/" + url.PathEscape(q.Path("token")),
	}))
}

// confirmAddress spends the link: from now on the new address counts.
func (p *Portal) confirmAddress(q *web.Request) error {
	if err := p.desk.ConfirmAddress(q.Context(), q.Path("token")); err != nil {
		return confirmationGone(q, err)
	}
	q.Toast(web.Toast{Text: q.Locale.T("portal.newaddress.done"), Kind: "success"})
	if q.Person.ID == 0 {
		return q.Redirect("/login")
	}
	return q.Redirect("/profile")
}
