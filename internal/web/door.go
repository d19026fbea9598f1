package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/locale"
)

// begin makes the Request of a route, of nobody yet.
func (s *Server) begin(w *answer, r *http.Request, rt *Route) *Request {
	q := &Request{HTTP: r, Writer: w, Now: s.now(), Desk: s.desk, Route: rt, server: s, answer: w}
	if !rt.plain {
		q.token = readSession(q)
	}
	q.Locale = s.reader(q)
	q.Actor = okno.Nobody(q.Locale.Lang())
	return q
}

// identify finds out who asks, and how he reads.
func (q *Request) identify() error {
	if q.Route.plain {
		return nil
	}
	if err := q.settle(); err != nil {
		return err
	}
	var err error
	if q.token != "" {
		q.Actor, q.Person, err = q.server.source.ActorOf(q.Context(), q.token, q.Route.Gate.Door())
		if err != nil {
			q.Actor, q.Person = okno.Nobody(""), okno.Person{}
			return fmt.Errorf("who asks: %w", err)
		}
	}
	q.Locale = q.server.reader(q)
	q.Actor.Lang = q.Locale.Lang()
	return nil
}

// settle reads the installation's settings.
func (q *Request) settle() error {
	var err error
	if q.Settings, err = q.server.source.Settings(q.Context()); err != nil {
		return fmt.Errorf("the settings: %w", err)
	}
	return nil
}

// reader chooses the language: the account's, else the one chosen in this
// browser, else what the browser asks for, else the installation's.
func (s *Server) reader(q *Request) *locale.Locale {
	lang := q.Person.Lang
	if lang == "" {
		lang = q.cookie(cookieLang)
	}
	if !spoken(lang) {
		lang = locale.Match(q.HTTP.Header.Get("Accept-Language"), q.Settings.Lang)
	}
	return locale.New(lang, s.zones.of(q.Person.Zone, q.Settings.Zone))
}

func spoken(lang string) bool {
	for _, l := range locale.Languages() {
		if l.Code == lang {
			return true
		}
	}
	return false
}

// zones remembers time zones, since loading one reads a file.
type zones struct{ known sync.Map } // name → *time.Location

// of is the first of the names that is a zone, else UTC.
func (z *zones) of(names ...string) *time.Location {
	for _, name := range names {
		if name == "" || name == "Local" {
			continue
		}
		if at, ok := z.known.Load(name); ok {
			return at.(*time.Location)
		}
		if at, err := time.LoadLocation(name); err == nil {
			z.known.Store(name, at)
			return at
		}
	}
	return time.UTC
}

// manage is what opens the administration's door: the right to any of these.
var manage = []okno.Action{okno.ManagePeople, okno.ManageCompanies, okno.ManageDepartments, okno.ManageMailboxes, okno.ManageSettings, okno.SeeLetters, okno.ErasePerson}

// errSignIn asks who is there.
var errSignIn = okno.Refuse(okno.Unknown, "error.signedout")

// admit lets the actor through the route's gate, or says why not. To whom a
// door is closed, what stands behind it does not exist.
func (q *Request) admit() error {
	switch q.Route.Gate {
	case GateAnyone:
		return nil
	case GateCustomers:
		if nobody(q.Actor) {
			return errSignIn
		}
		return nil
	}
	if q.Actor.Person == 0 {
		return errSignIn
	}
	if !q.Actor.Agent() {
		return okno.ErrNotFound
	}
	if q.Route.Gate == GateAgents {
		return nil
	}
	if !q.manages() {
		return okno.ErrNotFound
	}
	return nil
}

// nobody reports whether it is not known at all who asks.
func nobody(by okno.Actor) bool { return by.Person == 0 && len(by.Guest) == 0 }

// manages reports whether the actor may do anything with the installation.
func (q *Request) manages() bool { return slices.ContainsFunc(manage, q.Actor.MayManage) }

// passwordPage is where whoever has an issued password must go first (spec
// R39, R40).
const passwordPage = "/password"

// mustChange reports whether the actor is held at the password page. The
// actor's own word is asked at any door: another door has none of his rights
// to show.
func (q *Request) mustChange() bool { return q.Actor.MustChange && !q.Route.unchanged }

// signInPage leads to the sign-in, and back to what was asked for when that
// was only looked at.
func (q *Request) signInPage() string {
	if q.unsafe() {
		return "/login"
	}
	return "/login?" + url.Values{"back": {q.HTTP.URL.RequestURI()}}.Encode()
}
