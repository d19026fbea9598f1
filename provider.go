package okno

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// Provider gives programs access to mailboxes by OAuth 2.0 (RFC 6749), here
// through the app that the company has registered with it.
type Provider struct {
	Kind   ProviderKind `json:"-"`
	App    string       `json:"app"` // the app's id ("client id")
	Secret string       `json:"-"`   // the app's, sealed at rest; empty in what pages are shown
	// SecretEnds is when the secret stops being good, as the administrator
	// typed it; zero: nobody said.
	SecretEnds time.Time `json:"secret_ends,omitzero"`
	// Tenant is Microsoft's: the directory's id or domain; empty: that of any
	// company.
	Tenant string `json:"tenant,omitempty"`

	// What follows is of another provider only; the program knows Google's and
	// Microsoft's.
	Name      string   `json:"name,omitempty"`
	AuthURL   string   `json:"auth_url,omitempty"`
	TokenURL  string   `json:"token_url,omitempty"`
	RevokeURL string   `json:"revoke_url,omitempty"` // RFC 7009; empty: it has none
	Scopes    []string `json:"scopes,omitempty"`
	Hosts     []string `json:"hosts,omitempty"` // the mail servers that its tokens are shown to

	Version int64 `json:"-"` // 0: it is not set up
}

// ProviderKind tells providers apart.
type ProviderKind string

const (
	Google        ProviderKind = "google"
	Microsoft     ProviderKind = "microsoft"
	OtherProvider ProviderKind = "other" // one of the company's choice, such as its Keycloak
)

// ProviderKinds are all, as pages list them.
var ProviderKinds = []ProviderKind{Google, Microsoft, OtherProvider}

// Bounds of what is typed about a provider.
const (
	MaxProviderText = 2000 // bytes of an id, a secret, an address
	MaxProviderList = 20   // scopes, hosts
)

// Brand is what the provider is called in every language; empty: another one
// that was given no name.
func (p *Provider) Brand() string {
	switch p.Kind {
	case Google:
		return "Google"
	case Microsoft:
		return "Microsoft 365"
	}
	return p.Name
}

// Endpoints are where a provider is asked, and what for.
type Endpoints struct {
	AuthURL, TokenURL, RevokeURL string
	Scopes                       []string
	Hosts                        []string // of its mail servers; ".example.org" is all below it
	IMAP, POP3, SMTP             string   // its hosts; empty: not known
	// Unused is how long access lasts that is not made use of; 0: not known.
	Unused time.Duration
}

// Endpoints are the program's knowledge of Google and Microsoft, and what was typed
// of another.
func (p *Provider) Endpoints() Endpoints {
	const day = 24 * time.Hour
	switch p.Kind {
	case Google: // developers.google.com/identity/protocols/oauth2/web-server
		return Endpoints{
			AuthURL: "https://accounts.google.com/o/oauth2/v2/auth", TokenURL: "https://oauth2.googleapis.com/token", RevokeURL: "https://oauth2.googleapis.com/revoke",
			Scopes: []string{"openid", "email", "https://mail.google.com/"},
			Hosts:  []string{".gmail.com", ".googlemail.com"}, IMAP: "imap.gmail.com", POP3: "pop.gmail.com", SMTP: "smtp.gmail.com",
			Unused: 180 * day,
		}
	case Microsoft: // learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
		tenant := p.Tenant
		if tenant == "" {
			tenant = "common"
		}
		base := "https://login.microsoftonline.com/" + url.PathEscape(tenant) + "/oauth2/v2.0/"
		const mail = "https://outlook.office.com/"
		return Endpoints{
			AuthURL: base + "authorize", TokenURL: base + "token",
			Scopes: []string{"openid", "email", "profile", "offline_access", mail + "IMAP.AccessAsUser.All", mail + "POP.AccessAsUser.All", mail + "SMTP.Send"},
			Hosts:  []string{".office365.com", ".outlook.com"}, IMAP: "outlook.office365.com", POP3: "outlook.office365.com", SMTP: "smtp.office365.com",
			Unused: 90 * day,
		}
	}
	return Endpoints{AuthURL: p.AuthURL, TokenURL: p.TokenURL, RevokeURL: p.RevokeURL, Scopes: p.Scopes, Hosts: p.Hosts}
}

// Serves reports whether a mail server is the provider's: its tokens are shown
// to no other.
func (e Endpoints) Serves(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return slices.ContainsFunc(e.Hosts, func(own string) bool {
		own = strings.ToLower(own)
		return host == own || strings.HasPrefix(own, ".") && strings.HasSuffix(host, own)
	})
}

// The facts about providers.
const (
	ProviderEdited  EventKind = "provider.edited"
	ProviderDropped EventKind = "provider.dropped"
)
