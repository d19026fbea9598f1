package app

import (
	"context"
	"fmt"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/intake"
	"github.com/oknodesk/okno/internal/live"
	"github.com/oknodesk/okno/internal/notify"
	"github.com/oknodesk/okno/internal/outbound"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/admin"
	"github.com/oknodesk/okno/internal/web/api"
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
	token, err := statusToken(c)
	if err != nil {
		return err
	}
	strangers, err := outbound.New(c.PictureHosts)
	if err != nil {
		return fmt.Errorf("--picture-hosts: %w", err)
	}
	h.Web, err = web.New(web.Config{
		BaseURL: base, TrustedProxies: c.TrustedProxies, MaxUpload: c.MaxUpload, Now: h.Now, Log: h.Log,
		Desk: h.Desk, Hub: h.Hub, Ready: h.checks(), Token: token, Drain: c.Drain, ReadOnly: c.ReadOnly,
		Metrics: h.Metrics.Handler(), Observe: h.Metrics.Request, Trace: h.trace, Pictures: strangers.Strangers(web.RemoteTime, web.RemoteBytes),
	}, h.surfaces()...)
	return err
}

func (h *House) surfaces() []func(*web.Router) {
	agents := workspace.New(h.Desk, live.NewPresence(), h.DB.Announce)
	h.onClose(h.DB.Listen(workspace.PresenceTopic, agents.Hear))
	h.sweep = agents.Sweep
	agents.Elsewhere(admin.Places)
	all := []func(*web.Router){
		portal.New(h.Desk).Routes,
		agents.Routes,
		admin.New(h.administration()).Routes,
		api.New(api.Config{TakeLetter: h.takeSigned, MaxLetter: h.Config.MaxLetter}).Routes,
	}
	if h.tray != nil {
		all = append(all, h.tray.Routes)
	}
	return all
}

// administration is what the administrator's pages may ask of the rooms.
func (h *House) administration() admin.Config {
	c := admin.Config{
		Desk: h.Desk, BaseURL: baseURL(h.Config),
		TestFetch: func(ctx context.Context, box okno.MailboxID, f okno.Fetch) (admin.Found, error) {
			t, err := h.Receiver.Test(ctx, box, f)
			return admin.Found{Letters: int(t.Letters), Unseen: t.Unseen}, err
		},
		AskConsent: func(ctx context.Context, by okno.Actor, c admin.Connecting) (string, error) {
			asked, err := h.access.Ask(ctx, by, c.Mailbox, c.Provider, c.Address, c.Fetching)
			return asked.URL, err
		},
		FinishConsent: h.access.Finish,
		DropAccess:    h.access.Drop,
		Inspect:       intake.Inspect,
		TestLetter: func(ctx context.Context, to string, box okno.MailboxID) error {
			return h.notifier.Try(ctx, okno.Person{Address: to}, box)
		},
		LookupTXT: lookupTXT(h.Config.DNS),
		Templates: h.templates(),
	}
	if h.tray == nil {
		c.TestRelay = h.post.Try
	}
	switch {
	case h.relay != nil:
		c.CheckRelay = h.relay.Check
	case h.tray != nil:
		c.CheckRelay = func(context.Context) error { return nil } // the tray takes every letter
	}
	return c
}

// listenConfig has the fetcher look again once a mailbox has changed, and fetch
// when an administrator asks for it, at whichever process he does.
func (h *House) listenConfig() {
	h.onClose(h.DB.Listen(desk.RoundTopic, h.fetcher.FetchNow))
	h.onClose(h.DB.Listen(desk.ConfigTopic, func(string) { h.fetcher.Reload() }))
}

// templates are the letters of notify, for the administrator's pages.
func (h *House) templates() admin.Templates {
	return admin.Templates{
		Names: notify.TemplateNames(),
		Phrases: func(name, lang string) []admin.Phrase {
			var all []admin.Phrase
			for _, p := range notify.Phrases(name, lang) {
				all = append(all, admin.Phrase(p))
			}
			return all
		},
		Check: notify.CheckTemplate,
		Preview: func(name, lang string, texts map[string]string, s okno.Settings) admin.LetterPreview {
			return admin.LetterPreview(h.notifier.PreviewTemplate(name, lang, texts, s))
		},
	}
}
