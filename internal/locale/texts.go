package locale

import (
	"slices"
	"strings"
)

// Texts are an installation's own words in the place of the catalogue's, by
// key, taken apart once.
type Texts map[string]blanks

// NewTexts takes texts apart.
func NewTexts(by map[string]string) Texts {
	t := Texts{}
	for key, text := range by {
		t[key] = newBlanks(text)
	}
	return t
}

// With is the locale with an installation's own words.
func (l *Locale) With(own Texts) *Locale { return &Locale{words: l.words, zone: l.zone, own: own} }

// Written is the catalogue's text of a key as it is written there, with its
// places "{{.Name}}"; "": it has none, or needs a count.
func (l *Locale) Written(key string) string {
	if text, ok := l.words.plain[key]; ok {
		return text
	}
	return l.words.open[key].written()
}

func (b blanks) written() string {
	var out strings.Builder
	for i, name := range b.names {
		out.WriteString(b.before[i] + "{{." + name + "}}")
	}
	return out.String() + b.rest
}

// Places are the names of a text's places, each once; rest reports whether
// something is left that looks like a place and is none.
func Places(text string) (names []string, rest bool) {
	b := newBlanks(text)
	for _, name := range b.names {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	left := strings.Join(b.before, "") + b.rest
	return names, strings.Contains(left, "{{") || strings.Contains(left, "}}")
}
