package portal

import (
	"errors"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// loginView is the sign-in page.
type loginView struct {
	ui.Page
	fields fields
	wrong  []ui.Wrong
	// unconfirmed is the address of a registration whose password was typed
	// (spec R28); empty: it was not.
	unconfirmed string
	back        string // where to go afterwards; empty: where the person belongs
}

// askLogin shows the sign-in page (spec R29, R33, R34); whoever is in already
// is led on.
func (p *Portal) askLogin(q *web.Request) error {
	if q.Person.ID != 0 {
		return q.Redirect(q.Return(homeOf(q.Person)))
	}
	return q.Render(loginForm(q, nil, "")(nil))
}

// homeOf is where a person begins.
func homeOf(p okno.Person) string {
	if p.Agent {
		return "/desk"
	}
	return "/tickets"
}

func loginForm(q *web.Request, typed *web.Form, unconfirmed string) func(wrong map[string]string) templ.Component {
	l := q.Locale
	return func(wrong map[string]string) templ.Component {
		fs := fields{
			{Name: "login", Label: l.T("portal.login.name"), Required: true, Autocomplete: "username", Focus: typed == nil},
			{Name: "password", Type: "password", Label: l.T("portal.field.password"), Required: true, Autocomplete: "current-password"},
		}.fill(typed, wrong)
		return loginPage(loginView{Page: q.Page(l.T("portal.login")), fields: fs, wrong: fs.faults(wrong), unconfirmed: unconfirmed, back: q.Return("")})
	}
}

// signIn lets in whoever knows a login and its password. A wrong login and a
// wrong password are answered alike.
func (p *Portal) signIn(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return q.Again(err, loginForm(q, typed, ""))
	}
	token, err := p.tryLogin(q, typed.Word("login"), typed.Get("password"))
	if errors.Is(err, desk.Unconfirmed) {
		return q.Again(err, loginForm(q, typed, typed.Word("login")))
	}
	if err != nil {
		return q.Again(err, loginForm(q, typed, ""))
	}
	return p.welcome(q, token)
}

func (p *Portal) tryLogin(q *web.Request, login, password string) (token string, err error) {
	var wrong okno.Errors
	if login == "" {
		wrong = append(wrong, okno.Missing("login"))
	}
	if password == "" {
		wrong = append(wrong, okno.Missing("password"))
	}
	if err := wrong.Err(); err != nil {
		return "", err
	}
	known := p.desk.KnowsBrowser(q.BrowserMark(), login)
	which := attemptOf(q.RemoteAddr(), login)
	if known {
		which = attemptIn(q.BrowserMark())
	}
	if err := p.attempt(q, p.attempts, which); err != nil {
		return "", err
	}
	if !known {
		if err := p.attempt(q, p.strangers, attemptAt(login)); err != nil {
			return "", err
		}
	}
	token, err = p.desk.SignIn(q.Context(), login, password, q.Session(), q.Browser())
	if err != nil {
		return "", err
	}
	if err := p.succeed(q, p.attempts, which); err != nil {
		return "", err
	}
	if !known {
		q.SetBrowserMark(p.desk.BrowserMark(login))
	}
	return token, nil
}

// welcome gives the browser its session and leads to where the person
// belongs, or back to where he came from.
func (p *Portal) welcome(q *web.Request, token string) error {
	_, person, err := p.desk.ActorOf(q.Context(), token, okno.DoorPortal)
	if err != nil {
		return err
	}
	q.SetSession(token)
	return q.Redirect(q.Return(homeOf(person)))
}

// signOut ends the session.
func (p *Portal) signOut(q *web.Request) error {
	if err := p.desk.SignOut(q.Context(), q.Actor); err != nil {
		return err
	}
	q.DropSession()
	return q.Redirect("/")
}
