package admin

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// accessView is a mailbox's access on the mailbox's page.
type accessView struct {
	*web.Request
	m         desk.MailboxState
	providers []desk.ProviderState // that are set up
	typed     *web.Form            // nil: nothing was
	wrong     map[string]string
}

func (a *Admin) accessView(q *web.Request, m desk.MailboxState) (accessView, error) {
	all, err := a.desk.Providers(q.Context(), q.Actor)
	all = slices.DeleteFunc(all, func(p desk.ProviderState) bool { return p.Version == 0 })
	return accessView{Request: q, m: m, providers: all}, err
}

// scopeLines are what a provider is asked for.
func scopeLines(p desk.ProviderState) string { return strings.Join(p.Endpoints().Scopes, "\n") }

// provider is the name of the one that the mailbox is connected with.
func (v accessView) provider() string {
	for _, p := range v.providers {
		if p.Kind == v.m.Access.Provider {
			return providerName(v.Locale, p.Provider)
		}
	}
	return v.Locale.T("provider.other")
}

// address is who is to give access.
func (v accessView) address() string {
	switch {
	case v.typed != nil:
		return v.typed.Text("access_address")
	case v.m.Access != nil:
		return v.m.Access.Address
	}
	return v.m.Address
}

// options are the providers that can be chosen.
func (v accessView) options() []ui.Option {
	var all []ui.Option
	for _, p := range v.providers {
		all = append(all, ui.Option{Value: string(p.Kind), Label: providerName(v.Locale, p.Provider)})
	}
	return all
}

// chosen is the provider that is offered first.
func (v accessView) chosen() string {
	switch {
	case v.typed != nil:
		return v.typed.Get("provider")
	case v.m.Access != nil:
		return string(v.m.Access.Provider)
	}
	return string(v.providers[0].Kind)
}

// fetches reports whether connecting could have the letters fetched: nothing
// is, and some provider's server is known.
func (v accessView) fetches() bool {
	return v.m.Fetch == nil && slices.ContainsFunc(v.providers, func(p desk.ProviderState) bool { return p.Endpoints().IMAP != "" })
}

// accessState says how a mailbox's access stands.
func accessState(l *locale.Locale, m desk.MailboxState) templ.Component {
	a := m.Access
	switch {
	case a.Refused != "":
		return state(bad, l.T("admin.access.refused."+string(a.Refused)))
	case a.Trouble != "":
		return state(slow, l.T("admin.access.trouble"))
	case a.Alarm.Kind == okno.AlarmEnds:
		return state(slow, l.T("admin.access.ending", "Date", l.Date(m.AccessEnds)))
	case a.Alarm.Kind == okno.AlarmSecretEnds:
		return state(slow, l.T("admin.access.secretending"))
	}
	return state(good, l.T("admin.access.good"))
}

// signInControl chooses between a password and the mailbox's token; nil: there
// is no token to choose.
func signInControl(l *locale.Locale, connected bool, now okno.SignIn) []*control {
	if !connected && now == okno.ByPassword {
		return nil
	}
	return []*control{{kind: choice, Field: ui.Field{Name: "sign_in", Label: l.T("admin.access.signin"), Value: signInChoice(now), Hint: l.T("admin.access.signin.hint"), Options: []ui.Option{
		{Value: signInChoice(okno.ByToken), Label: l.T("admin.access.signin.token")}, {Value: signInChoice(okno.ByPassword), Label: l.T("admin.access.signin.password")},
	}}}}
}

// byPassword stands for okno.ByPassword, which is empty, in the form.
const byPassword = "password"

func signInChoice(s okno.SignIn) string {
	if s == okno.ByPassword {
		return byPassword
	}
	return string(s)
}

// signInTyped is what the form says of it; where it asks for nothing, a
// password.
func signInTyped(f *web.Form) okno.SignIn {
	if s := f.Get("sign_in"); s != byPassword {
		return okno.SignIn(s)
	}
	return okno.ByPassword
}

// askConsent begins to connect a mailbox and leads to the provider.
func (a *Admin) askConsent(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	m, err := a.mailboxOf(q)
	if err != nil {
		return err
	}
	v, err := a.accessView(q, m)
	if err != nil {
		return err
	}
	c := Connecting{Mailbox: m.Ref, Provider: okno.ProviderKind(typed.Get("provider")), Address: typed.Word("access_address"), Fetching: typed.Has("access_fetch")}
	url := ""
	if c.Address == "" {
		err = okno.Errors{okno.Missing("address")}
	} else {
		url, err = a.c.AskConsent(q.Context(), q.Actor, c)
	}
	if err == nil {
		name := ""
		for _, p := range v.providers {
			if p.Kind == c.Provider {
				name = providerName(q.Locale, p.Provider)
			}
		}
		return q.Render(leavePage(subView(q, "mailboxes", q.Locale.T("admin.access.leave", "Provider", name)), m, c.Address, name, url))
	}
	page, missing := a.mailboxForm(q, m)
	if missing != nil {
		return missing
	}
	return q.Again(err, func(wrong map[string]string) templ.Component {
		if wrong["address"] != "" {
			wrong["access_address"] = wrong["address"]
			delete(wrong, "address")
		}
		v.typed, v.wrong = typed, wrong
		page.beside, page.wrong = mailboxBeside(q, m, v), besideWrong(wrong)
		return formPage(page)
	})
}

// Bounds of what a provider sends somebody back with, in bytes.
const (
	maxState = 200
	maxCode  = 8000
	maxNo    = 80
)

// consent is where a provider sends people back to. Nothing is changed before
// the button is pressed.
func (a *Admin) consent(q *web.Request) error {
	state, code, no := q.Query("state"), q.Query("code"), q.Query("error")
	v := subView(q, "mailboxes", q.Locale.T("admin.access.back"))
	if no != "" || state == "" || code == "" || len(state) > maxState || len(code) > maxCode {
		return q.Render(deniedPage(v, consentWords(q.Locale, no)))
	}
	return q.Render(finishPage(v, state, code))
}

// consentWords say why a provider sent somebody back with nothing.
func consentWords(l *locale.Locale, no string) string {
	switch {
	case no == "access_denied": // RFC 6749 4.1.2.1
		return l.T("admin.access.denied")
	case no != "":
		return l.T("admin.access.failed", "Why", clipped(strings.Join(strings.Fields(no), " "), maxNo))
	}
	return l.T("error.consent.over")
}

// finishConsent connects the mailbox.
func (a *Admin) finishConsent(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	box, err := a.c.FinishConsent(q.Context(), q.Actor, typed.Get("state"), typed.Get("code"))
	path := "/admin/mailboxes"
	if box.Ref != "" {
		path += "/" + string(box.Ref)
	}
	if err == nil {
		return done(q, q.Locale.T("admin.access.connected", "Address", box.Address), path)
	}
	return q.Again(err, func(wrong map[string]string) templ.Component {
		words := ""
		for _, w := range wrong {
			words += w
		}
		return deniedPage(subView(q, "mailboxes", q.Locale.T("admin.access.back")), words)
	})
}

// dropAccess disconnects a mailbox.
func (a *Admin) dropAccess(q *web.Request) error {
	m, err := a.mailboxOf(q)
	if err != nil {
		return err
	}
	told, err := a.c.DropAccess(q.Context(), q.Actor, m.Ref)
	if err != nil {
		return err
	}
	path := "/admin/mailboxes/" + string(m.Ref)
	if !told {
		q.Toast(web.Toast{Text: q.Locale.T("admin.access.untold"), Kind: "error"})
		return q.Redirect(path)
	}
	return done(q, q.Locale.T("admin.access.dropped"), path)
}
