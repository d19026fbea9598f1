package portal

import (
	"errors"

	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/web"
)

// trade takes an access link out of the address and gives the browser the
// right to its one ticket. It may be asked as often as the link is good.
func (p *Portal) trade(q *web.Request) error {
	t, err := p.desk.TradeLink(q.Context(), q.Path("token"), q.Session(), q.Browser())
	if errors.Is(err, desk.Expired) {
		return q.RenderStatus(web.Status(err), expiredPage(q.Page(q.Locale.T("portal.expired")), q.HTTP.URL.EscapedPath()))
	}
	if err != nil {
		return err
	}
	if t.Token != "" {
		q.SetSession(t.Token)
	}
	return q.Redirect(ticketPath(t.Number) + asked(q))
}

// asked is the question that a link in a letter leads to, as a query.
func asked(q *web.Request) string {
	switch answer := q.Query("answer"); answer {
	case "yes", "no", "close":
		return "?answer=" + answer
	}
	return ""
}

// freshLink mails a new link to the address that the old one was mailed to.
// The answer is the same for whatever stands in the path.
func (p *Portal) freshLink(q *web.Request) error {
	if err := p.desk.FreshLink(q.Context(), q.Locale.Lang(), q.Path("token")); err != nil {
		return err
	}
	return q.Redirect("/status/sent")
}
