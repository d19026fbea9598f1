package desk

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// ProviderState is a provider for the administrator; no secret is in it.
type ProviderState struct {
	okno.Provider
	HasSecret bool
	Mailboxes int // that are connected by it
}

// Providers are all kinds of them, those of version 0 not set up.
func (d *Desk) Providers(ctx context.Context, by okno.Actor) ([]ProviderState, error) {
	if !by.MayManage(okno.ManageMailboxes) {
		return nil, okno.ErrForbidden
	}
	var all []ProviderState
	err := d.read(ctx, func(tx store.Tx) error {
		kept, err := tx.Providers()
		if err != nil {
			return err
		}
		accesses, err := tx.Accesses()
		all = nil
		for _, kind := range okno.ProviderKinds {
			p := pick(kept, func(p store.Provider) bool { return p.Kind == kind })
			p.Kind = kind
			s := ProviderState{Provider: p.Provider, HasSecret: len(p.Sealed) > 0}
			for _, a := range accesses {
				if a.Provider == kind {
					s.Mailboxes++
				}
			}
			all = append(all, s)
		}
		return err
	})
	return all, err
}

// providerSecret is what an app's secret is sealed for.
func providerSecret(kind okno.ProviderKind) string { return "secret of " + string(kind) }

// SaveProvider keeps the company's app at a provider, over the version that was
// seen. An empty secret leaves the kept one, unless the app or the place that it
// is sent to is another now. Mailboxes whose app was refused are tried again.
func (d *Desk) SaveProvider(ctx context.Context, by okno.Actor, form okno.Provider) error {
	if err := checkProvider(&form); err != nil {
		return err
	}
	return d.manage(ctx, by, okno.ManageMailboxes, func(tx store.Tx) (int64, okno.Event, error) {
		p, err := tx.Provider(form.Kind)
		if err != nil && okno.ReasonOf(err) != okno.NotFound {
			return 0, okno.Event{}, err
		}
		if p.App != form.App || p.Endpoints().TokenURL != form.Endpoints().TokenURL {
			p.Sealed = nil
		}
		if form.Secret != "" {
			p.Sealed = d.mailboxes.Seal([]byte(form.Secret), providerSecret(form.Kind))
		}
		p.Provider = form
		if err := tx.SaveProvider(&p); err != nil {
			return 0, okno.Event{}, err
		}
		return 0, okno.NewEvent(okno.ProviderEdited, okno.EventData{Reason: string(form.Kind)}), d.tryAgain(tx, form.Kind)
	})
}

// tryAgain has tokens asked for again where a provider refused the app.
func (d *Desk) tryAgain(tx store.Tx, kind okno.ProviderKind) error {
	all, err := tx.Accesses()
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.Provider != kind || a.Refused != okno.AppRefused {
			continue
		}
		a.Refused, a.Again = "", d.Now()
		if err := tx.SaveAccess(&a); err != nil {
			return err
		}
	}
	return nil
}

// DropProvider forgets the company's app at a provider, by which no mailbox may
// be connected any longer.
func (d *Desk) DropProvider(ctx context.Context, by okno.Actor, kind okno.ProviderKind) error {
	return d.manage(ctx, by, okno.ManageMailboxes, func(tx store.Tx) (int64, okno.Event, error) {
		all, err := tx.Accesses()
		if err != nil {
			return 0, okno.Event{}, err
		}
		if slices.ContainsFunc(all, func(a store.Access) bool { return a.Provider == kind }) {
			return 0, okno.Event{}, okno.Refuse(okno.Conflict, "error.provider.used")
		}
		if _, err := tx.Provider(kind); err != nil {
			return 0, okno.Event{}, err
		}
		return 0, okno.NewEvent(okno.ProviderDropped, okno.EventData{Reason: string(kind)}), tx.DropProvider(kind)
	})
}

func checkProvider(p *okno.Provider) error {
	if !slices.Contains(okno.ProviderKinds, p.Kind) {
		return okno.ErrNotFound
	}
	var wrong okno.Errors
	p.App, p.Tenant, p.Name = strings.TrimSpace(p.App), strings.TrimSpace(p.Tenant), strings.TrimSpace(p.Name)
	if p.App == "" {
		wrong = append(wrong, okno.Missing("app"))
	}
	for field, v := range map[string]string{"app": p.App, "secret": p.Secret, "tenant": p.Tenant, "auth_url": p.AuthURL, "token_url": p.TokenURL, "revoke_url": p.RevokeURL} {
		if len(v) > okno.MaxProviderText {
			wrong = append(wrong, okno.TooLong(field, okno.MaxProviderText))
		}
	}
	if p.Kind != okno.Microsoft {
		p.Tenant = ""
	}
	if p.Kind != okno.OtherProvider {
		p.Name, p.AuthURL, p.TokenURL, p.RevokeURL, p.Scopes, p.Hosts = "", "", "", "", nil, nil
		return wrong.Err()
	}
	if p.Name == "" {
		wrong = append(wrong, okno.Missing("name"))
	} else if utf8.RuneCountInString(p.Name) > okno.MaxName {
		wrong = append(wrong, okno.TooLong("name", okno.MaxName))
	}
	wrong = append(wrong, checkEndpoint("auth_url", p.AuthURL, true)...)
	wrong = append(wrong, checkEndpoint("token_url", p.TokenURL, true)...)
	wrong = append(wrong, checkEndpoint("revoke_url", p.RevokeURL, false)...)
	wrong = append(wrong, checkList("scopes", p.Scopes)...)
	return append(wrong, checkList("hosts", p.Hosts)...).Err()
}

// checkEndpoint takes addresses with TLS, and without it those of this machine.
func checkEndpoint(field, address string, wanted bool) okno.Errors {
	if address == "" {
		if wanted {
			return okno.Errors{okno.Missing(field)}
		}
		return nil
	}
	u, err := url.Parse(address)
	local := err == nil && u.Scheme == "http" && slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, u.Hostname())
	if err != nil || u.Host == "" || u.Scheme != "https" && !local || u.User != nil || u.Fragment != "" {
		return okno.Errors{{Reason: okno.Invalid, Key: "error.provider.url", Field: field}}
	}
	return nil
}

func checkList(field string, list []string) okno.Errors {
	if len(list) == 0 {
		return okno.Errors{okno.Missing(field)}
	}
	if len(list) > okno.MaxProviderList || slices.ContainsFunc(list, func(s string) bool { return len(s) > 255 }) {
		return okno.Errors{{Reason: okno.Invalid, Key: "error.provider.list", Args: []any{"Max", okno.MaxProviderList}, Field: field}}
	}
	return nil
}

// providerIn is a provider with its secret opened, or okno.ErrNotFound.
func (d *Desk) providerIn(tx store.Tx, kind okno.ProviderKind) (okno.Provider, error) {
	p, err := tx.Provider(kind)
	if err != nil || len(p.Sealed) == 0 {
		return p.Provider, err
	}
	secret, err := d.mailboxes.Open(p.Sealed, providerSecret(kind))
	p.Secret = string(secret)
	return p.Provider, err
}
