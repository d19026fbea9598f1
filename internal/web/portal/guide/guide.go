// Package guide is the customers' guide to the product (spec R1): its texts
// and pictures in each language. What it calls a caption stands in the
// catalogue, so that the guide cannot name a button otherwise than the screen.
package guide

import (
	"embed"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/locale"
)

//go:embed text
var texts embed.FS

// anchors name the parts in their order: each is a file of the text and, with
// "guide." before it, the key of a title.
var anchors = []string{"purpose", "opening", "registration", "work", "closing", "account", "companies"}

// Facts are what the guide says of this installation.
type Facts struct {
	Product  string
	Company  string                     // the supplier; empty: not said
	Support  string                     // the address that takes letters in; empty: none does
	Statuses map[okno.StatusKind]string // as the reader's screen calls them
	Phrases  []string                   // that close a ticket by letter, when they are the installation's own
}

func (f Facts) same(other Facts) bool {
	return f.Product == other.Product && f.Company == other.Company && f.Support == other.Support &&
		maps.Equal(f.Statuses, other.Statuses) && slices.Equal(f.Phrases, other.Phrases)
}

// Part is one of the guide's parts.
type Part struct {
	Anchor, Title string
	Sections      []Section
	Text          template.HTML
}

// Section is a heading within a part.
type Section struct{ Anchor, Title string }

// Guide holds the texts and pictures. It is safe for concurrent use.
type Guide struct {
	texts    map[string]*template.Template // by language
	pictures map[string]picture            // by language and name: "ru/home"
	served   map[string][]byte             // by the last element of their address

	mu    sync.Mutex
	ready map[string]edition // by language, the latest
}

// edition is the guide as it was written out for an installation.
type edition struct {
	facts Facts
	parts []Part
}

// New reads the guide. Its files are part of the program, so one that cannot
// be read is a fault of the build and panics.
func New() *Guide {
	g := &Guide{texts: map[string]*template.Template{}, ready: map[string]edition{}}
	for _, lang := range locale.Languages() {
		t := template.New("").Funcs((&writer{}).words())
		g.texts[lang.Code] = template.Must(t.ParseFS(texts, "text/"+lang.Code+"/*.html"))
	}
	g.readPictures()
	return g
}

// Parts is the guide in a reader's language. It is written out once, and anew
// when the facts have changed.
func (g *Guide) Parts(l *locale.Locale, f Facts) ([]Part, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if e, ok := g.ready[l.Lang()]; ok && e.facts.same(f) {
		return e.parts, nil
	}
	var parts []Part
	for _, anchor := range anchors {
		p, err := g.write(l, f, anchor)
		if err != nil {
			return nil, fmt.Errorf("the guide's part %s in %s: %w", anchor, l.Lang(), err)
		}
		parts = append(parts, p)
	}
	g.ready[l.Lang()] = edition{f, parts}
	return parts, nil
}

func (g *Guide) write(l *locale.Locale, f Facts, anchor string) (Part, error) {
	w := &writer{l: l, facts: f, pictures: g.pictures}
	t, err := g.texts[l.Lang()].Clone()
	if err != nil {
		return Part{}, err
	}
	var text strings.Builder
	if err := t.Funcs(w.words()).ExecuteTemplate(&text, anchor+".html", f); err != nil {
		return Part{}, err
	}
	return Part{Anchor: anchor, Title: l.T("guide." + anchor), Sections: w.sections, Text: template.HTML(text.String())}, nil
}
