package seed

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"
)

// language is the words that texts of one language are made of. A sentence is
// a pattern whose capitals stand for a word of a list.
type language struct {
	code       string
	given      []string // first names
	family     []string
	companies  []string // patterns
	things     []string // what fails or is asked about, the frequent first
	troubles   []string // what it does
	places     []string
	times      []string
	asks       []string
	answers    []string
	notes      []string
	subjects   []string
	greetings  []string
	farewells  []string
	files      []string
	department []string
}

// writer makes texts; the same source makes the same ones.
type writer struct {
	rand *rand.Rand
	zipf map[int]*rand.Zipf // by how many there are to choose from
}

func newWriter(source rand.Source) *writer {
	return &writer{rand: rand.New(source), zipf: map[int]*rand.Zipf{}}
}

// often picks one of n, the first ones most often (Zipf's law, s = 1.1).
func (w *writer) often(n int) int {
	z := w.zipf[n]
	if z == nil {
		z = rand.NewZipf(w.rand, 1.1, 4, uint64(n-1))
		w.zipf[n] = z
	}
	return int(z.Uint64())
}

func (w *writer) one(of []string) string { return of[w.often(len(of))] }

// models is how many names of devices there are; the last are rare.
const models = 5000

// fill puts words for the pattern's capitals.
func (w *writer) fill(l *language, pattern string) string {
	var b strings.Builder
	for rest := pattern; rest != ""; {
		at := strings.IndexAny(rest, "ABCDEFGHI")
		if at < 0 || at+1 >= len(rest) || rest[at+1] != '_' {
			if at < 0 {
				b.WriteString(rest)
				break
			}
			b.WriteString(rest[:at+1])
			rest = rest[at+1:]
			continue
		}
		b.WriteString(rest[:at])
		switch rest[at] {
		case 'A':
			b.WriteString(w.one(l.things))
		case 'B':
			b.WriteString(w.one(l.troubles))
		case 'C':
			b.WriteString(w.one(l.places))
		case 'D':
			b.WriteString(w.one(l.times))
		case 'E':
			fmt.Fprintf(&b, "mx%d", 1000+w.often(models))
		case 'F':
			fmt.Fprintf(&b, "sn%07d", w.rand.IntN(10_000_000))
		case 'G':
			fmt.Fprintf(&b, "%d", 1+w.rand.IntN(400))
		case 'H':
			b.WriteString(w.one(l.family))
		case 'I':
			b.WriteString(w.one(l.given))
		}
		rest = rest[at+2:]
	}
	return b.String()
}

// sentences joins some of a list's patterns, none twice in a row.
func (w *writer) sentences(l *language, from []string, n int) string {
	var all []string
	last := -1
	for range n {
		i := w.rand.IntN(len(from))
		if i == last {
			i = (i + 1) % len(from)
		}
		last = i
		s := w.fill(l, from[i])
		all = append(all, capital(s))
	}
	return strings.Join(all, " ")
}

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}
