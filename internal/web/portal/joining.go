package portal

import (
	"net/url"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/web"
)

// askJoining shows which company the link is from. Looking spends nothing:
// mail scanners follow links.
func (p *Portal) askJoining(q *web.Request) error {
	company, err := p.desk.Joining(q.Context(), q.Path("token"))
	if err != nil {
		return entryGone(q, err)
	}
	return q.Render(joiningPage(q.Page(q.Locale.T("portal.joining")), company, "/join/"+url.PathEscape(q.Path("token"))))
}

// join takes up the place. Who has no account yet goes on to choose a
// password.
func (p *Portal) join(q *web.Request) error {
	entry, err := p.desk.Join(q.Context(), q.Path("token"))
	if okno.ReasonOf(err) == okno.NotFound {
		return entryGone(q, err)
	}
	if err != nil {
		return err
	}
	if entry != "" {
		return q.Redirect("/entry/" + url.PathEscape(entry))
	}
	q.Toast(web.Toast{Text: q.Locale.T("portal.joined"), Kind: "success"})
	return q.Redirect("/login")
}
