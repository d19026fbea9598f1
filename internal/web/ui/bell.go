package ui

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno/internal/locale"
)

// Bell is how many notices the reader has not read, and where they are.
type Bell struct {
	Path   string // of their page
	Unread int
}

// mostCounted is as far as a small badge counts.
const mostCounted = 99

// count is what the badge says.
func (b Bell) count() string {
	if b.Unread > mostCounted {
		return strconv.Itoa(mostCounted) + "+"
	}
	return strconv.Itoa(b.Unread)
}

// name is the bell for those who hear the page.
func (b Bell) name(l *locale.Locale) string {
	if b.Unread == 0 {
		return l.T("bell.name")
	}
	return l.T("bell.name") + ": " + l.N("bell.unread", b.Unread)
}

// BellID are the ids under which a page may have its bell; two where a narrow
// window shows it elsewhere.
var BellID = []string{"bell", "bell-bar"}

// BellLine is one notice in words.
type BellLine struct {
	Href, Words, Icon string
	Subject           string
	Actor             string // empty: nobody known
	At                time.Time
	Unread            bool
}

// BellList is some of the reader's notices, newest first.
type BellList struct {
	L      *locale.Locale
	Now    time.Time
	Path   string // of their page
	Lines  []BellLine
	From   bool   // a later page, which does not live
	Next   string // address of the next page; empty: this was the last
	Unread bool   // there is something to be marked as read
	Switch string // address of the page with the switches
}

// live fetches the list anew when there is something new in it.
func (b BellList) live() templ.Attributes {
	if b.From {
		return nil
	}
	return templ.Attributes{"hx-get": b.Path + "?part=list", "hx-trigger": "live-bell from:body, live-all from:body", "hx-swap": "outerMorph"}
}
