// Package access connects mailboxes with the providers they lie at, by OAuth
// 2.0 (RFC 6749, with PKCE, RFC 7636), and keeps a good token for each.
package access

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/outbound"
)

// Bounds of one exchange with a provider.
const (
	askTime   = 20 * time.Second
	maxAnswer = 256 << 10 // bytes
)

// Path is where providers send people back to.
const Path = "/admin/mailboxes/access"

// Access keeps mailboxes' tokens. It is safe for concurrent use.
type Access struct {
	desk *desk.Desk
	do   func(*http.Request) (*http.Response, error) // guarded
	with func(context.Context) context.Context       // has oauth2 do the same
	back string                                      // where providers send people back to
	log  *slog.Logger
}

// New makes one that reaches providers by out. baseURL begins the pages'
// addresses, without a slash at its end.
func New(d *desk.Desk, out *outbound.Dialer, baseURL string, log *slog.Logger) *Access {
	guarded := out.Direct(askTime, maxAnswer)
	return &Access{
		desk: d, do: guarded.Do, back: baseURL + Path, log: log,
		with: func(ctx context.Context) context.Context { return context.WithValue(ctx, oauth2.HTTPClient, guarded) },
	}
}

// Asked is a consent that was begun.
type Asked struct {
	desk.Consent
	URL string // where the person goes to give it
}

// Ask begins to connect a mailbox, as desk.AskConsent says.
func (a *Access) Ask(ctx context.Context, by okno.Actor, ref okno.Ref, kind okno.ProviderKind, address string, fetching bool) (Asked, error) {
	c, err := a.desk.AskConsent(ctx, by, ref, kind, address, fetching)
	if err != nil {
		return Asked{}, err
	}
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(c.Verifier), oauth2.SetAuthURLParam("login_hint", c.Address)}
	if kind == okno.Google {
		// Without these Google gives a refresh token only the first time.
		options = append(options, oauth2.AccessTypeOffline, oauth2.SetAuthURLParam("prompt", "consent"))
	} else {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"))
	}
	return Asked{c, a.config(&c.Provider).AuthCodeURL(c.State, options...)}, nil
}

// Finish connects the mailbox of a consent with the code that the provider gave
// for it.
func (a *Access) Finish(ctx context.Context, by okno.Actor, state, code string) (okno.Mailbox, error) {
	c, err := a.desk.TakeConsent(ctx, by, state)
	if err != nil {
		return okno.Mailbox{}, err
	}
	token, err := a.config(&c.Provider).Exchange(a.with(ctx), code, oauth2.VerifierOption(c.Verifier))
	if err != nil {
		said := explain(err)
		a.log.Warn("a mailbox could not be connected", "mailbox", c.Mailbox.Ref, "provider", c.Provider.Kind, "error", said)
		return c.Mailbox, &okno.Error{Reason: okno.Conflict, Key: "error.consent.refused", Args: []any{"Why", said.Error()}}
	}
	if token.RefreshToken == "" {
		return c.Mailbox, okno.Refuse(okno.Conflict, "error.consent.norefresh")
	}
	t := a.tokens(token)
	if t.Address = addressIn(token, c.Provider.App); t.Address == "" {
		return c.Mailbox, okno.Refuse(okno.Conflict, "error.consent.nobody")
	}
	if err := a.desk.KeepAccess(ctx, by, c, t); err != nil {
		return c.Mailbox, err
	}
	a.log.Info("a mailbox was connected", "mailbox", c.Mailbox.Ref, "provider", c.Provider.Kind)
	return c.Mailbox, nil
}

// Drop disconnects a mailbox: its tokens are forgotten, and the provider told so
// where it wants to know. told is false where it could not be.
func (a *Access) Drop(ctx context.Context, by okno.Actor, ref okno.Ref) (told bool, err error) {
	p, refresh, err := a.desk.DropAccess(ctx, by, ref)
	if err != nil {
		return false, err
	}
	at := p.Endpoints().RevokeURL
	if at == "" || refresh == "" {
		return true, nil
	}
	if err := a.revoke(ctx, at, &p, refresh); err != nil {
		a.log.Warn("a provider could not be told that a mailbox is disconnected", "mailbox", ref, "provider", p.Kind, "error", err)
		return false, nil
	}
	return true, nil
}

// revoke is RFC 7009.
func (a *Access) revoke(ctx context.Context, at string, p *okno.Provider, refresh string) error {
	form := url.Values{"token": {refresh}, "token_type_hint": {"refresh_token"}}
	inHeader := style(p) == oauth2.AuthStyleInHeader
	if !inHeader {
		form.Set("client_id", p.App)
		if p.Secret != "" {
			form.Set("client_secret", p.Secret)
		}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, at, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if inHeader {
		r.SetBasicAuth(url.QueryEscape(p.App), url.QueryEscape(p.Secret))
	}
	answer, err := a.do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode >= http.StatusMultipleChoices {
		return errors.New(answer.Status)
	}
	return nil
}

func (a *Access) config(p *okno.Provider) *oauth2.Config {
	at := p.Endpoints()
	return &oauth2.Config{
		ClientID: p.App, ClientSecret: p.Secret, RedirectURL: a.back, Scopes: at.Scopes,
		Endpoint: oauth2.Endpoint{AuthURL: at.AuthURL, TokenURL: at.TokenURL, AuthStyle: style(p)},
	}
}

// style is how the app shows who it is: in a header, as RFC 6749 2.3.1 has
// every server take it, but for Google and Microsoft, and without a secret.
func style(p *okno.Provider) oauth2.AuthStyle {
	if p.Kind != okno.OtherProvider || p.Secret == "" {
		return oauth2.AuthStyleInParams
	}
	return oauth2.AuthStyleInHeader
}

// usualLife is how long a token is taken to be good that does not say.
const usualLife = time.Hour

// tokens are what was given, its times by our clock.
func (a *Access) tokens(t *oauth2.Token) desk.Tokens {
	now := a.desk.Now()
	life := usualLife
	if t.ExpiresIn > 0 {
		life = time.Duration(t.ExpiresIn) * time.Second
	}
	given := desk.Tokens{Token: t.AccessToken, Refresh: t.RefreshToken, Expires: now.Add(life)}
	// Google's name and Keycloak's.
	for _, name := range []string{"refresh_token_expires_in", "refresh_expires_in"} {
		if seconds, ok := t.Extra(name).(float64); ok && seconds > 0 && seconds < maxSeconds {
			given.Ends = now.Add(time.Duration(seconds) * time.Second)
		}
	}
	return given
}

// maxSeconds bounds what a provider says of an end: ten years on.
const maxSeconds = 10 * 365 * 24 * 3600

// addressIn is whose mailbox the tokens open, by the ID token that came with
// them. It came from the provider itself over TLS, so that its signature need
// not be looked at (OpenID Connect Core 3.1.3.7); empty: there is none.
func addressIn(t *oauth2.Token, app string) string {
	raw, _ := t.Extra("id_token").(string)
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		return ""
	}
	body, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return ""
	}
	var said struct {
		Audience json.RawMessage `json:"aud"`
		Address  string          `json:"email"`
		Login    string          `json:"preferred_username"` // Microsoft's, of those without a mailbox of their own
	}
	if json.Unmarshal(body, &said) != nil || !meant(said.Audience, app) {
		return ""
	}
	if said.Address == "" && strings.Contains(said.Login, "@") {
		return said.Login
	}
	return said.Address
}

// meant reports whether an ID token's audience, one or a list, holds the app.
func meant(audience json.RawMessage, app string) bool {
	var one string
	if json.Unmarshal(audience, &one) == nil {
		return one == app
	}
	var many []string
	if json.Unmarshal(audience, &many) != nil {
		return false
	}
	for _, m := range many {
		if m == app {
			return true
		}
	}
	return false
}
