package ui

import "github.com/oknodesk/okno/internal/locale"

// Erased is what stands in the place of the name of a person whose data was
// erased.
func Erased(l *locale.Locale, agent bool) string {
	if agent {
		return l.T("words.erased.agent")
	}
	return l.T("words.erased.customer")
}

// Subject is a ticket's or letter's subject, or words that it has none, so that
// a link or a heading says something.
func Subject(l *locale.Locale, subject string) string {
	if subject == "" {
		return l.T("words.nosubject")
	}
	return subject
}
