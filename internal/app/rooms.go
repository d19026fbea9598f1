package app

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"net/url"

	"github.com/oknodesk/okno/internal/access"
	"github.com/oknodesk/okno/internal/demo"
	"github.com/oknodesk/okno/internal/intake"
	"github.com/oknodesk/okno/internal/notify"
	"github.com/oknodesk/okno/internal/outbound"
	"github.com/oknodesk/okno/internal/post"
	"github.com/oknodesk/okno/internal/push"
)

// furnish puts the rooms over the desk: letters in, words about facts, letters
// out, pages.
func (h *House) furnish() error {
	c := h.Config
	if err := h.traceWork(); err != nil {
		return err
	}
	base, err := url.Parse(baseURL(c))
	if err != nil {
		return err
	}
	dialer, err := outbound.New(c.OutboundAllow)
	if err != nil {
		return fmt.Errorf("--outbound-allow: %w", err)
	}
	h.notifier = notify.New(notify.Config{Desk: h.Desk, BaseURL: base, Key: h.Key.Sub("letter names"), Log: h.Log})
	h.notifier.Register(h.Runner)
	push.New(push.Config{Desk: h.Desk, Web: push.Web(dialer), BaseURL: base, Log: h.Log}).Register(h.Runner)
	filter, err := spamFilter(c)
	if err != nil {
		return err
	}
	h.access = access.New(h.Desk, dialer, baseURL(c), h.Log)
	h.access.Register(h.Runner)
	h.Receiver = intake.New(intake.Config{
		Filter: filter, Tokens: h.access,
		Mark: h.notifier.Mark(), Desk: h.Desk, Log: h.Log, Now: h.Now, MaxLetter: c.MaxLetter, TrustedRelays: trusted(c), Resolver: resolver(c.DNS), Outbound: dialer, Trace: h.trace,
	})
	h.Receiver.Register(h.Runner)
	h.fetcher = intake.NewFetcher(h.Receiver)
	h.listenConfig()
	if err := h.furnishPost(dialer); err != nil {
		return err
	}
	h.duties()
	h.measure()
	h.crowd = newCrowd(h.inside)
	h.Runner.GiveWay(h.crowd.waits)
	return h.furnishPages()
}

// inside is how many people and mail servers wait for an answer just now.
func (h *House) inside() int64 { return h.Web.UnderWay() + h.Receiver.UnderWay() }

// furnishPost lets letters leave: through a mailbox's own relay, the
// installation's, or into the demo's tray. Where there is none they wait in the
// outbox.
func (h *House) furnishPost(dialer *outbound.Dialer) error {
	c := h.Config
	switch {
	case c.Demo:
		tray, err := demo.NewTray(h.Config.Data, h.Receiver, h.Now)
		if err != nil {
			return err
		}
		h.tray, h.transport = tray, tray
	case c.Relay != nil:
		relay := post.NewSMTP(post.Relay{
			Host: c.Relay.Host, Port: c.Relay.Port, Login: c.Relay.Login, Password: c.Relay.Password, TLS: post.TLS(c.Relay.TLS), Name: hostName(c),
		})
		h.onClose(relay.Close)
		h.relay, h.transport = relay, relay
	}
	h.post = post.New(h.Desk, h.transport, h.Log)
	if h.tray == nil {
		h.post.Through(dialer.DialContext, hostName(c), h.access)
		h.onClose(h.post.Close)
	}
	h.post.Register(h.Runner)
	return nil
}

// trusted are the relays whose judgement of a letter counts.
func trusted(c *Config) []intake.TrustedRelay {
	relays := make([]intake.TrustedRelay, len(c.TrustedRelays))
	for i, r := range c.TrustedRelays {
		relays[i] = intake.TrustedRelay(r)
	}
	return relays
}

// spamFilter is the rspamd of --rspamd, which alone its dialer may reach; nil:
// none.
func spamFilter(c *Config) (*intake.Filter, error) {
	if c.Rspamd == nil {
		return nil, nil
	}
	d, err := outbound.New([]string{c.Rspamd.Hostname()})
	if err != nil {
		return nil, fmt.Errorf("--rspamd: %w", err)
	}
	return intake.NewFilter(c.Rspamd, d), nil
}

// resolver asks the server of --dns; nil is the system's.
func resolver(at netip.AddrPort) *net.Resolver {
	if !at.IsValid() {
		return nil
	}
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, at.String())
	}}
}

// lookupTXT asks that server, or the system's, for texts.
func lookupTXT(at netip.AddrPort) func(context.Context, string) ([]string, error) {
	if r := resolver(at); r != nil {
		return r.LookupTXT
	}
	return net.DefaultResolver.LookupTXT
}

// hostName is what we call ourselves to mail servers.
func hostName(c *Config) string {
	if c.BaseURL != nil {
		return c.BaseURL.Hostname()
	}
	return "localhost"
}

// mailTLS is the certificate of the mail listeners; nil: no STARTTLS.
func mailTLS(c *Config) (*tls.Config, error) {
	if c.MailTLSCert == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(c.MailTLSCert, c.MailTLSKey)
	if err != nil {
		return nil, fmt.Errorf("--mail-tls-cert: %w", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}}, nil
}
