package admin

import (
	"strings"

	"github.com/oknodesk/okno/internal/locale"
)

// section is one of the administration's parts: a line of its index.
type section struct{ name, icon string }

// path is where the section begins.
func (s section) path() string { return "/admin/" + s.name }

// title, lead and search are its name, the sentence on what it does, and
// other words by which it is looked for.
func (s section) title(l *locale.Locale) string  { return l.T("admin.section." + s.name) }
func (s section) lead(l *locale.Locale) string   { return l.T("admin.lead." + s.name) }
func (s section) search(l *locale.Locale) string { return l.T("admin.search." + s.name) }

var sections = []section{
	{"agents", "users"},
	{"roles", "shield-lock"},
	{"people", "user-circle"},
	{"companies", "building"},
	{"departments", "sitemap"},
	{"teams", "users-group"},
	{"topics", "category"},
	{"tags", "tag"},
	{"mailboxes", "mailbox"},
	{"providers", "key"},
	{"bans", "user-off"},
	{"settings", "settings"},
	{"calendar", "calendar-time"},
	{"templates", "template"},
	{"letters", "mail-forward"},
	{"kept", "mail-opened"},
	{"jobs", "robot"},
}

// sectionsFor are the sections in which every word of a search stands, in
// either language; all for an empty search.
func sectionsFor(query string) []section {
	var found []section
	for _, s := range sections {
		var text strings.Builder
		for _, lang := range locale.Languages() {
			l := locale.New(lang.Code, nil)
			text.WriteString(strings.ToLower(s.title(l) + " " + s.lead(l) + " " + s.search(l) + " "))
		}
		if holdsAll(text.String(), strings.Fields(strings.ToLower(query))) {
			found = append(found, s)
		}
	}
	return found
}

func holdsAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}
