package search

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Piece is a part of a text; Hit: it is a word that was looked for.
type Piece struct {
	Text string
	Hit  bool
}

// Marker finds the words of a question in texts.
type Marker struct {
	stems      map[string]bool
	beginnings []string
	firsts     map[rune]bool // with which letters such words begin
}

// Marker is what finds the question's words.
func (q Question) Marker() *Marker {
	m := &Marker{stems: map[string]bool{}, firsts: map[rune]bool{}}
	add := func(word string) { m.firsts[firstRune(word)] = true }
	for _, p := range q.Phrases {
		for _, s := range p.Stems {
			m.stems[s] = true
			add(s)
		}
		if p.Beginning != "" {
			m.beginnings = append(m.beginnings, p.Beginning)
			add(p.Beginning)
		}
	}
	return m
}

// Bounds of an excerpt, in bytes of the text.
const (
	excerptBefore = 36
	excerptLength = 240
	excerptSearch = 8 << 10
)

// Excerpt is the part of a text around the first word that was looked for, its
// hits marked; nil: the text's beginning has none.
func (m *Marker) Excerpt(text string) []Piece {
	text = strings.Join(strings.Fields(Normal(head(text, excerptSearch))), " ")
	at := -1
	m.hits(text, func(start, _ int) bool {
		at = start
		return false
	})
	if at < 0 {
		return nil
	}
	from := 0
	if at > excerptBefore {
		from = at - excerptBefore
		if blank := strings.IndexByte(text[from:at], ' '); blank >= 0 {
			from += blank + 1
		}
	}
	for from > 0 && !utf8.RuneStart(text[from]) {
		from++
	}
	cut := head(text[from:], excerptLength)
	pieces := m.Mark(cut)
	if from > 0 {
		pieces = append([]Piece{{Text: "…"}}, pieces...)
	}
	if len(cut) < len(text)-from {
		pieces = append(pieces, Piece{Text: "…"})
	}
	return pieces
}

// Mark cuts a text where words stand that were looked for.
func (m *Marker) Mark(text string) []Piece {
	text = Normal(text)
	var pieces []Piece
	last := 0
	m.hits(text, func(start, end int) bool {
		if start > last {
			pieces = append(pieces, Piece{Text: text[last:start]})
		}
		pieces = append(pieces, Piece{Text: text[start:end], Hit: true})
		last = end
		return true
	})
	if last < len(text) {
		pieces = append(pieces, Piece{Text: text[last:]})
	}
	return pieces
}

// Hits reports whether a text has any of the words.
func (m *Marker) Hits(text string) bool {
	found := false
	m.hits(Normal(text), func(int, int) bool {
		found = true
		return false
	})
	return found
}

// hits calls yield with where each word stands. Only words with a letter that
// one of those looked for begins with are stemmed.
func (m *Marker) hits(text string, yield func(start, end int) bool) {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			i += size
			continue
		}
		end := i + size
		for end < len(text) {
			next, size := utf8.DecodeRuneInString(text[end:])
			if !unicode.IsLetter(next) && !unicode.IsDigit(next) && !unicode.IsMark(next) {
				break
			}
			end += size
		}
		if r = unicode.ToLower(r); r == 'ё' {
			r = 'е'
		}
		if m.firsts[r] && m.is(text[i:end]) && !yield(i, end) {
			return
		}
		i = end
	}
}

func (m *Marker) is(word string) bool {
	if m.stems[Stem(word)] {
		return true
	}
	for _, b := range m.beginnings {
		if strings.HasPrefix(Fold(word), b) {
			return true
		}
	}
	return false
}

// head is the beginning of a text, whole characters only.
func head(text string, bytes int) string {
	if len(text) <= bytes {
		return text
	}
	for bytes > 0 && !utf8.RuneStart(text[bytes]) {
		bytes--
	}
	return text[:bytes]
}
