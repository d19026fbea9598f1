// Package search knows words as they are looked for: which words a text has,
// in which form they are compared (Russian and English stems), what a question
// asks for, and where in a text its words stand. It is pure; the index itself
// is a database's.
package search

import (
	"strings"
	"sync"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/russian"
	"golang.org/x/text/unicode/norm"
)

// maxRunes is how much of a word is compared, in characters.
const maxRunes = 40

// Word is one word of a text.
type Word struct {
	Stem       string // as it is compared
	Start, End int    // bytes in the text
}

// Normal is a text in the form that Words counts its bytes in: what looks the
// same is the same (Unicode NFC).
func Normal(text string) string {
	if plainly(text) {
		return text
	}
	return norm.NFC.String(text)
}

// plainly reports whether a text has only letters that are in their form
// wherever they stand: Latin, Cyrillic and usual signs, as nearly every text.
// Looking each up in Unicode's tables takes ten times as long.
func plainly(text string) bool {
	for _, r := range text {
		switch {
		case r < 0x300, r >= 0x400 && r < 0x483, r >= 0x2010 && r < 0x2028, r == '№':
		default:
			return false
		}
	}
	return true
}

// Words calls yield with each word of a text in the form of Normal, until it
// returns false.
func Words(text string, yield func(Word) bool) {
	start := -1
	for i, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || start >= 0 && unicode.IsMark(r) {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			if !yield(Word{Stem(text[start:i]), start, i}) {
				return
			}
			start = -1
		}
	}
	if start >= 0 {
		yield(Word{Stem(text[start:]), start, len(text)})
	}
}

// Stems are the words of a text in the form they are compared in, at most
// limit.
func Stems(text string, limit int) []string {
	var stems []string
	Words(Normal(text), func(w Word) bool {
		if len(stems) < limit {
			stems = append(stems, w.Stem)
		}
		return len(stems) < limit
	})
	return stems
}

// Fold is a word without the differences that nobody means: small letters, е
// for ё, no more than 40 characters, no marks over letters that stand apart.
func Fold(word string) string {
	var b strings.Builder
	b.Grow(len(word))
	n := 0
	for _, r := range word {
		if unicode.IsMark(r) {
			continue
		}
		if n++; n > maxRunes {
			break
		}
		if r = unicode.ToLower(r); r == 'ё' {
			r = 'е'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// stemsKept bounds the stems that are remembered; then they are forgotten.
const stemsKept = 1 << 16

// remembered keeps stems once found: most words of letters are the same few.
var (
	remembered   sync.Map // string → string
	rememberedNo atomic.Int64
)

// Stem is a word in the form it is compared in: folded, and without the ending
// of its language, which its letters tell. What has a digit is a name or a
// number and keeps its ending.
func Stem(word string) string {
	if s, ok := remembered.Load(word); ok {
		return s.(string)
	}
	folded := Fold(word)
	stem := folded
	switch scriptOf(folded) {
	case cyrillic:
		env := snowballstem.NewEnv(folded)
		russian.Stem(env)
		stem = env.Current()
	case latin:
		env := snowballstem.NewEnv(folded)
		english.Stem(env)
		stem = env.Current()
	}
	if stem == "" {
		stem = folded
	}
	if rememberedNo.Add(1) > stemsKept {
		remembered.Clear()
		rememberedNo.Store(0)
	}
	remembered.Store(strings.Clone(word), stem)
	return stem
}

type script int

const (
	other script = iota
	latin
	cyrillic
)

// scriptOf is the script of a word all of whose letters are of one.
func scriptOf(word string) script {
	found := other
	for _, r := range word {
		s := other
		switch {
		case r < utf8.RuneSelf && r >= 'a' && r <= 'z':
			s = latin
		case unicode.Is(unicode.Cyrillic, r):
			s = cyrillic
		}
		if s == other || found != other && s != found {
			return other
		}
		found = s
	}
	return found
}

// Plain reports whether a stem is of letters alone: a word of a language, whose
// beginnings can be completed.
func Plain(stem string) bool { return scriptOf(stem) != other }
