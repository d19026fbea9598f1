package workspace

import (
	"github.com/a-h/templ"

	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// Where the agent says what he is told.
const switchesPath = "/desk/settings#notices-settings"

// notices are what the agent was told as one.
func (w *Workspace) notices(q *web.Request) error {
	return q.Notices(switchesPath, func(list ui.BellList) (templ.Component, error) {
		v, err := w.aside(q, q.Locale.T("bell.name"))
		if err != nil {
			return nil, err
		}
		return noticesPage(v, list), nil
	})
}

func (w *Workspace) readNotices(q *web.Request) error { return q.ReadNotices() }

func (w *Workspace) setSwitches(q *web.Request) error { return q.SetSwitches(switchesPath) }
