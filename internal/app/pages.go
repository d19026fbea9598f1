package app

import (
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/live"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/portal"
	"github.com/oknodesk/okno/internal/web/workspace"
)

// furnishPages puts the surfaces behind the one front.
func (h *House) furnishPages() (err error) {
	c := h.Config
	base := ""
	if c.BaseURL != nil {
		base = c.BaseURL.String()
	}
	h.Web, err = web.New(web.Config{
		BaseURL: base, TrustedProxies: c.TrustedProxies, MaxUpload: c.MaxUpload, Now: h.Now, Log: h.Log,
		Desk: h.Desk, Hub: h.Hub, Ready: h.checks(),
	}, h.surfaces()...)
	return err
}

func (h *House) surfaces() []func(*web.Router) {
	agents := workspace.New(h.Desk, live.NewPresence(), h.DB.Announce)
	h.onClose(h.DB.Listen(workspace.PresenceTopic, agents.Hear))
	h.Runner.Every("presence", presenceSweep, agents.Sweep)
	all := []func(*web.Router){
		portal.New(h.Desk).Routes,
		agents.Routes,
	}
	if h.tray != nil {
		all = append(all, h.tray.Routes)
	}
	return all
}

// listenConfig has the fetcher look again once a mailbox has changed.
func (h *House) listenConfig() {
	h.onClose(h.DB.Listen(desk.ConfigTopic, func(string) { h.fetcher.Reload() }))
}
