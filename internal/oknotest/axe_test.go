package oknotest_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/oknodesk/okno/internal/oknotest"
	"github.com/oknodesk/okno/internal/web"
)

// Every page is looked at by axe in each language: in English as wide as a
// desk's screen, in Russian as narrow as the smallest phone; in both also in
// the dark, where only colours differ, and at every width for what sticks out.
func TestEveryPageIsAccessibleInBothLanguagesAtEveryWidthAndInTheDark(t *testing.T) {
	for _, lang := range []string{"en", "ru"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, lang)
			w.known()
			for _, p := range places {
				if !w.shows(p) {
					continue
				}
				v := w.visitor(p.who)
				w.enter(p, v)
				w.lookedAt(p, v)
			}
			for _, v := range w.visitors {
				v.NoFaults()
			}
		})
	}
}

// widths are those of a desk, a tablet and the smallest phone, in CSS pixels.
var widths = [][2]int64{{1440, 900}, {768, 1024}, {320, 640}}

// enter brings a visitor to a place.
func (w *world) enter(p place, v *oknotest.Visitor) {
	w.t.Helper()
	v.Size(widths[0][0], widths[0][1]).Dark(false).Open(w.path(p.path))
	if p.do != nil {
		p.do(w, v)
	}
	if absent := p.route == "" || p.name == "link-expired"; absent != (pageStatus(v) == http.StatusNotFound) {
		w.t.Errorf("%s is answered with %d", p.name, pageStatus(v))
	}
	if words := oknotest.Ask[string](v, `(document.body.innerText.match(/⟦.*|\[[a-z]+(\.[a-z-]+)+\]/) || [""])[0]`); words != "" {
		w.t.Errorf("%s says %q, which stands in no catalogue", p.name, words)
	}
}

// lookedAt sees a place in the dark and at every width.
func (w *world) lookedAt(p place, v *oknotest.Visitor) {
	w.t.Helper()
	narrow := len(widths) - 1
	for i, size := range widths {
		v.Size(size[0], size[1]).Fits()
		if (i == 0) == (w.l.Lang() == "en") && (i == 0 || i == narrow) {
			v.Accessible()
			v.Dark(true).Accessible("color-contrast", "link-in-text-block").Dark(false)
		}
	}
}

// shows is whether there is such a page; a path with no page has none.
func (w *world) shows(p place) bool {
	return p.route == "" || slices.ContainsFunc(w.Web.Routes(), func(r web.Route) bool { return p.of(r.Pattern) })
}

// known fails the test for every page that no place shows, and for every place
// whose page is gone.
func (w *world) known() {
	w.t.Helper()
	for _, route := range w.Web.Routes() {
		shown := slices.ContainsFunc(places, func(p place) bool { return p.of(route.Pattern) })
		if _, none := notPages[route.Pattern]; route.Method() == "GET" && !shown && !none {
			w.t.Errorf("%q answers with a page that stands in no place: add one, or say in notPages why it is none", route.Pattern)
		}
	}
	for _, p := range places {
		if !w.shows(p) {
			w.t.Errorf("there is no page %q for the place %s", p.route, p.name)
		}
	}
}

// Before there is an administrator there is one page; and whoever asks too
// often, or from elsewhere, is told so by a page too.
func TestFirstPageAndRefusalsAreAccessible(t *testing.T) {
	for _, lang := range []string{"en", "ru"} {
		t.Run(lang, func(t *testing.T) {
			r := oknotest.Start(t, oknotest.Options{Lang: lang, Bare: true})
			token, err := r.Desk.SetupLink(t.Context())
			must(t, err)
			v := r.Browser(t).Person("Ada").Dark(false)
			look := func(status int) {
				t.Helper()
				if got := pageStatus(v); got != status {
					t.Errorf("answered with %d, want %d", got, status)
				}
				for _, size := range widths {
					v.Size(size[0], size[1]).Fits().Accessible()
				}
				v.Dark(true).Accessible("color-contrast", "link-in-text-block").Dark(false)
			}
			v.Open("/setup/" + token)
			look(http.StatusOK)
			refused(nil, v)
			look(http.StatusUnprocessableEntity)
			v.Open("data:text/html,<form method=post action=" + r.URL + "/language></form>").Do(`document.forms[0].submit()`)
			v.At("/language").Shows(".sheet")
			look(http.StatusForbidden)
			v.Open("/status").Do(`for (let i = 0; i < 40; i++) { const x = new XMLHttpRequest(); x.open("GET", "/setup/no-such-token", false); x.send() }`)
			v.Open("/setup/no-such-token")
			look(http.StatusTooManyRequests)
			v.NoFaults()
		})
	}
}

func TestAnAgentsBarOfThePortalHasTwoLinesOnAPhone(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{Lang: "ru"})
	v := r.Browser(t).Person("Ann").Size(320, 640).SignIn(oknotest.Ann).Open("/").Shows("main")
	if lines := oknotest.Ask[[]float64](v, `[...new Set([...document.querySelectorAll(".bar > .brand, .bar-end > :not([popover])")].map(e => e.getBoundingClientRect()).map(at => (at.top + at.bottom) / 2))]`); len(lines) > 2 {
		t.Errorf("the bar has %d lines", len(lines))
	}
	v.NoFaults()
}
