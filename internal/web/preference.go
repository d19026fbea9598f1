package web

import (
	"fmt"
	"slices"

	"github.com/oknodesk/okno"
)

// Themes are those a reader can choose; empty follows his system.
var Themes = []string{"", "light", "dark"}

// language changes the language: of the account, and of this browser for
// whoever has none or signs out.
func language(q *Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	lang := form.Get("lang")
	if !spoken(lang) {
		return &okno.Error{Reason: okno.Invalid, Key: "error.lang", Field: "lang"}
	}
	q.setCookie(cookieLang, lang, preferenceAge)
	if q.Actor.Person != 0 {
		if err := q.server.source.SetLang(q.Context(), q.Actor, lang); err != nil {
			return fmt.Errorf("set the language: %w", err)
		}
	}
	return q.Redirect(q.Return("/"))
}

// theme changes the theme in the same way.
func theme(q *Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	chosen := form.Get("theme")
	if !slices.Contains(Themes, chosen) {
		return &okno.Error{Reason: okno.Invalid, Key: "error.theme", Field: "theme"}
	}
	age := preferenceAge
	if chosen == "" {
		age = 0
	}
	q.setCookie(cookieTheme, chosen, age)
	if q.Actor.Person != 0 {
		if err := q.server.source.SetTheme(q.Context(), q.Actor, chosen); err != nil {
			return fmt.Errorf("set the theme: %w", err)
		}
	}
	return q.Redirect(q.Return("/"))
}

// Theme is the account's theme, else the browser's; empty follows the system.
func (q *Request) Theme() string {
	chosen := q.cookie(cookieTheme)
	if q.Person.ID != 0 {
		chosen = q.Person.Theme
	}
	if !slices.Contains(Themes, chosen) {
		return ""
	}
	return chosen
}
