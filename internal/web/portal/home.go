package portal

import "github.com/oknodesk/okno/internal/web"

// home shows the two doors. A desk that nobody has set up yet says so: the way
// in was printed where the program was started.
func (p *Portal) home(q *web.Request) error {
	unset, err := p.desk.NeedsSetup(q.Context())
	if err != nil {
		return err
	}
	if unset {
		return q.Render(unsetPage(q.Page(q.Locale.T("portal.unset.name"))))
	}
	return q.Render(homePage(q.Page("")))
}
