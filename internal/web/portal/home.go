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
	return q.Render(homePage(living(q.Page(""))))
}

// onceSetUp leads home, where it is said why, until there is somebody to take
// requests in.
func (p *Portal) onceSetUp(h web.Handler) web.Handler {
	return func(q *web.Request) error {
		unset, err := p.desk.NeedsSetup(q.Context())
		if err != nil {
			return err
		}
		if unset {
			return q.Redirect("/")
		}
		return h(q)
	}
}
