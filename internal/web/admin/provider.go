package admin

import (
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// consentPath is where providers send people back to.
const consentPath = "/admin/mailboxes/access"

// providerRoutes are the pages on who gives access to mailboxes, and of giving
// it.
func (a *Admin) providerRoutes(r *web.Router) {
	r.Admins("GET /admin/providers", a.providers)
	r.Admins("GET /admin/providers/{kind}", a.provider)
	r.Admins("POST /admin/providers/{kind}", a.saveProvider)
	r.Admins("POST /admin/providers/{kind}/removal", a.dropProvider)

	r.Admins("POST /admin/mailboxes/{ref}/access", a.askConsent, web.Limit("admin test", 20, time.Minute))
	r.Admins("POST /admin/mailboxes/{ref}/access/removal", a.dropAccess)
	r.Admins("GET /admin/mailboxes/access", a.consent)
	r.Admins("POST /admin/mailboxes/access", a.finishConsent, web.Limit("admin test", 20, time.Minute))
}

// providerName is what a provider is called.
func providerName(l *locale.Locale, p okno.Provider) string {
	if brand := p.Brand(); brand != "" {
		return brand
	}
	return l.T("provider.other")
}

func (a *Admin) providers(q *web.Request) error {
	all, err := a.desk.Providers(q.Context(), q.Actor)
	if err != nil {
		return err
	}
	l := q.Locale
	v := listView{view: sectionView(q, "providers")}
	v.table = table{name: v.Title, head: []string{l.T("admin.provider"), l.T("admin.section.mailboxes"), l.T("admin.field.state")}}
	for _, p := range all {
		v.rows = append(v.rows, []templ.Component{link("/admin/providers/"+string(p.Kind), providerName(l, p.Provider)), text(l.Number(int64(p.Mailboxes))), providerState(q, p)})
	}
	return q.Render(listPage(v))
}

// providerState says whether mailboxes can be connected, and how long.
func providerState(q *web.Request, p desk.ProviderState) templ.Component {
	l := q.Locale
	switch ends := p.SecretEnds; {
	case p.Version == 0:
		return state(off, l.T("admin.provider.none"))
	case !ends.IsZero() && !q.Now.Before(ends):
		return state(bad, l.T("admin.provider.ended", "Date", l.Date(ends)))
	case !ends.IsZero() && q.Now.After(ends.Add(-okno.WarnAhead)):
		return state(slow, l.T("admin.provider.ends", "Date", l.Date(ends)))
	}
	return state(good, l.T("admin.provider.ready"))
}

// providerOf is the provider of the address.
func (a *Admin) providerOf(q *web.Request) (desk.ProviderState, error) {
	all, err := a.desk.Providers(q.Context(), q.Actor)
	if err != nil {
		return desk.ProviderState{}, err
	}
	for _, p := range all {
		if string(p.Kind) == q.Path("kind") {
			return p, nil
		}
	}
	return desk.ProviderState{}, okno.ErrNotFound
}

func (a *Admin) provider(q *web.Request) error {
	p, err := a.providerOf(q)
	if err != nil {
		return err
	}
	return q.Render(formPage(a.providerForm(q, p)))
}

func (a *Admin) providerForm(q *web.Request, p desk.ProviderState) formView {
	l := q.Locale
	v := formView{view: subView(q, "providers", providerName(l, p.Provider)), action: "/admin/providers/" + string(p.Kind), send: l.T("admin.save"), version: p.Version}
	v.lead = l.T("admin.provider.lead." + string(p.Kind))
	secret := l.T("admin.provider.secret.none")
	if p.HasSecret {
		secret = l.T("admin.provider.secret.kept")
	}
	ends := ""
	if !p.SecretEnds.IsZero() {
		ends = p.SecretEnds.In(l.Zone()).Format(time.DateOnly)
	}
	if p.Kind == okno.OtherProvider {
		v.controls = append(v.controls, &control{Field: ui.Field{Name: "name", Label: l.T("admin.provider.name"), Value: p.Name, Required: true, MaxLength: okno.MaxName, Hint: l.T("admin.provider.name.hint"), Autocomplete: "off"}})
	}
	v.controls = append(v.controls,
		&control{Field: ui.Field{Name: "app", Label: l.T("admin.provider.app"), Value: p.App, Required: true, MaxLength: okno.MaxProviderText, Hint: l.T("admin.provider.app.hint"), Autocomplete: "off"}},
		&control{Field: ui.Field{Name: "secret", Label: l.T("admin.provider.secret"), Type: "password", MaxLength: okno.MaxProviderText, Hint: secret, Autocomplete: "new-password"}},
		&control{Field: ui.Field{Name: "secret_ends", Label: l.T("admin.provider.secretends"), Type: "date", Value: ends, Hint: l.T("admin.provider.secretends.hint")}})
	if p.Kind == okno.Microsoft {
		v.controls = append(v.controls, &control{Field: ui.Field{Name: "tenant", Label: l.T("admin.provider.tenant"), Value: p.Tenant, MaxLength: maxHost, Hint: l.T("admin.provider.tenant.hint"), Autocomplete: "off"}})
	}
	if p.Kind == okno.OtherProvider {
		v.controls = append(v.controls, otherControls(l, p.Provider)...)
	}
	v.beside = providerBeside(q, p, a.c.BaseURL+consentPath)
	return v
}

// otherControls are what the program does not know of another provider.
func otherControls(l *locale.Locale, p okno.Provider) []*control {
	if p.Version == 0 {
		p.Scopes = []string{"openid", "email", "offline_access"}
	}
	line := func(name, value string, wanted bool) *control {
		return &control{Field: ui.Field{Name: name, Label: l.T("admin.provider." + name), Value: value, Required: wanted, MaxLength: okno.MaxProviderText, Hint: l.T("admin.provider." + name + ".hint"), Autocomplete: "off"}}
	}
	all := []*control{
		line("auth_url", p.AuthURL, true), line("token_url", p.TokenURL, true), line("revoke_url", p.RevokeURL, false),
		line("scopes", strings.Join(p.Scopes, " "), true), line("hosts", strings.Join(p.Hosts, " "), true),
	}
	all[0].heading = l.T("admin.provider.addresses")
	return all
}

func (a *Admin) saveProvider(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	p, err := a.providerOf(q)
	if err != nil {
		return err
	}
	form := okno.Provider{
		Kind: p.Kind, App: typed.Word("app"), Secret: typed.Get("secret"), Tenant: typed.Word("tenant"), Name: typed.Word("name"),
		AuthURL: typed.Word("auth_url"), TokenURL: typed.Word("token_url"), RevokeURL: typed.Word("revoke_url"),
		Scopes: strings.Fields(typed.Get("scopes")), Hosts: strings.Fields(typed.Get("hosts")), Version: max(versionOf(typed), 0),
	}
	if ends := typed.Word("secret_ends"); ends != "" {
		form.SecretEnds, err = time.ParseInLocation(time.DateOnly, ends, q.Locale.Zone())
		if err != nil {
			err = okno.Errors{{Reason: okno.Invalid, Key: "error.provider.date", Field: "secret_ends"}}
		}
	}
	if err == nil {
		err = a.desk.SaveProvider(q.Context(), q.Actor, form)
	}
	if err == nil {
		return done(q, q.Locale.T("admin.saved"), "/admin/providers")
	}
	return a.providerForm(q, p).again(q, err, typed)
}

func (a *Admin) dropProvider(q *web.Request) error {
	p, err := a.providerOf(q)
	if err != nil {
		return err
	}
	typed, err := q.Form()
	if err != nil {
		return err
	}
	if err := a.desk.DropProvider(q.Context(), q.Actor, p.Kind); err != nil {
		return a.providerForm(q, p).again(q, err, typed)
	}
	return done(q, q.Locale.T("admin.provider.dropped"), "/admin/providers")
}
