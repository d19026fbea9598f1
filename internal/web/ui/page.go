// Package ui is how Okno looks: the shells of its pages and the parts they
// are made of. A part knows words, times and looks; it knows nothing of
// tickets' rules and asks nobody anything.
package ui

import (
	"encoding/json"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web/assets"
)

// Page is what a page knows about itself and its reader.
type Page struct {
	L       *locale.Locale
	Now     time.Time
	Title   string
	Theme   string // "" follows the system; else light or dark
	Product string
	Company string
	Logo    string // URL; "": the mark
	Accent  string // URL of the accent's stylesheet; "": the theme's own
	Path    string // of this page, for coming back to it
	Reader  *Reader
	Bell    *Bell // nil: the reader has none here
	// Script names the entry that the page needs: "", "portal" or "workspace".
	Script string
	// Shortcuts: single-letter keys are on.
	Shortcuts bool
	// ReadOnly: nothing can be sent or changed, which every page says.
	ReadOnly bool
	// Toast is said once, on arrival; "": nothing.
	Toast string
	Kind  string // of the toast: "", "error"
	Undo  string // where a POST takes back what the toast says; "": cannot be
}

// Reader is who looks at the page.
type Reader struct {
	Name    string
	Picture string // URL; "": none
	Agent   bool
	Admin   bool
	// Contacts: he administers a company and manages its contacts.
	Contacts bool
}

// FullTitle is what stands in the browser's tab.
func (p Page) FullTitle() string {
	if p.Title == "" {
		return p.Product
	}
	return p.Title + " · " + p.Product
}

// words are the texts the scripts need, as JSON.
func (p Page) words() string {
	m := map[string]string{}
	for name, key := range scriptWords {
		m[name] = p.L.T(key)
	}
	b, err := json.Marshal(m)
	if err != nil {
		return "{}" // a map of texts is always JSON
	}
	return string(b)
}

// scriptWords are the catalogue's keys of the texts the scripts need.
var scriptWords = map[string]string{
	"sending":     "js.sending",
	"saved":       "js.saved",
	"saving":      "js.saving",
	"unsaved":     "js.unsaved",
	"kept":        "js.kept",
	"offline":     "js.offline",
	"failed":      "js.failed",
	"remove":      "js.remove",
	"undo":        "js.undo",
	"close":       "js.close",
	"cancel":      "js.cancel",
	"yes":         "js.yes",
	"uploading":   "js.uploading",
	"nofile":      "js.nofile",
	"fileword":    "js.fileword",
	"new":         "js.new",
	"bold":        "js.bold",
	"italic":      "js.italic",
	"link":        "js.link",
	"list":        "js.list",
	"quote":       "js.quote",
	"numbers":     "js.numbers",
	"linkaddress": "js.linkaddress",
	"formatting":  "js.formatting",
	"drop":        "js.drop",
	"dismiss":     "js.dismiss",
	"nothing":     "js.nothing",
	"code":        "js.code",
	"copied":      "js.copied",
}

// Initials are what stands in an avatar: the first letters of the first and
// the last word of a name.
func Initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) == 0 {
		return "?"
	}
	first, _ := utf8.DecodeRuneInString(words[0])
	s := string(unicode.ToUpper(first))
	if len(words) > 1 {
		last, _ := utf8.DecodeRuneInString(words[len(words)-1])
		s += string(unicode.ToUpper(last))
	}
	return s
}

// hue is one of eight tints for a name, the same wherever it stands.
func hue(name string) string {
	n := 0
	for _, r := range name {
		n = (n*31 + int(r)) & 0xffff
	}
	return string(rune('0' + n%8))
}

// asset is the address of a built file.
func asset(name string) string { return assets.Path(name) }
