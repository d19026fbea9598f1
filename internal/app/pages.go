package app

import (
	"github.com/oknodesk/okno/internal/live"
	"github.com/oknodesk/okno/internal/web"
)

// presenceTopic carries who looks at which ticket between processes.
const presenceTopic = "presence"

// furnishPages puts the four surfaces behind the one front.
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
	var all []func(*web.Router)
	if h.tray != nil {
		all = append(all, h.tray.Routes)
	}
	return all
}

// mergePresence takes over what another process saw.
func (h *House) mergePresence(payload string) {
	if b, err := live.DecodeBeat(payload); err == nil {
		h.Presence.Merge(b, h.Now())
	}
}
