package portal

import (
	"github.com/a-h/templ"

	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// Where the reader says what he is told.
const switchesPath = "/profile#notices-settings"

// notices are what a signed-in customer was told; a guest has none.
func (p *Portal) notices(q *web.Request) error {
	return q.Notices(switchesPath, func(list ui.BellList) (templ.Component, error) {
		return noticesPage(living(q.Page(q.Locale.T("bell.name"))), list), nil
	})
}

func (p *Portal) readNotices(q *web.Request) error { return q.ReadNotices() }

func (p *Portal) setSwitches(q *web.Request) error { return q.SetSwitches(switchesPath) }
