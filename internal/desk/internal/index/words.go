// Package index says which words a ticket is found by, and with which signs of
// who sees it they are kept.
package index

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/search"
)

// Words are a ticket's words by column of store.TicketWords.
type Words [][]string

// Columns of names, by their place in Words.
const (
	company   = 2
	requester = 3
)

// Bounds of the index.
const (
	ticketWords  = 15_000 // words of one ticket, its latest messages first
	messageWords = 5_000  // of one message
	// Different words of one ticket, and their bytes: each stands in the index
	// three times, and PostgreSQL takes a megabyte.
	differentWords = 4_000
	differentBytes = 250_000
)

// apart stands between two texts, so that no phrase reaches over both; it is
// in no question.
const apart = "¶"

// Of are the words that a ticket is found by.
func Of(text *store.TicketText) Words {
	t := &text.Ticket
	var open, inside []string
	left := ticketWords
	var different diversity
	add := func(to *[]string, words string, limit int) {
		if limit = min(limit, left); limit > 0 && words != "" {
			stems := different.bound(search.Stems(words, limit))
			left -= len(stems)
			*to = append(append(*to, stems...), apart)
		}
	}
	scope := []string{ScopeTicket(t.ID), ScopeDepartment(t.Department), ScopePerson(t.Requester)}
	for _, p := range t.Participants {
		scope = append(scope, ScopePerson(p))
	}
	if t.Company != 0 {
		scope = append(scope, ScopeCompany(t.Company))
	}
	add(&open, string(t.Number), 10)
	add(&open, t.Subject, messageWords)
	add(&open, text.Requester.Name, 50)
	add(&open, text.Company, 50)
	for _, a := range text.Addresses {
		add(&inside, a.Address, 50)
	}
	add(&inside, text.Requester.Phone, 20)
	for _, p := range text.Others {
		add(&open, p.Name, 50)
		add(&inside, p.Address, 50)
	}
	for i := range text.Messages {
		m := &text.Messages[i]
		to := &open
		if !m.Visible(okno.SideCustomer) {
			to = &inside
		}
		add(to, m.Text, messageWords)
		for _, f := range m.Files {
			add(to, f.Name, 50)
		}
		if len(m.Files) > 0 {
			scope = append(scope, WithFile(m.Visible(okno.SideCustomer)))
		}
	}
	asks := search.Stems(text.Requester.Name, 50)
	for _, a := range text.Addresses {
		asks = append(append(asks, apart), search.Stems(a.Address, 50)...)
	}
	scope = append(scope, within(ScopeDepartment(t.Department), open, inside)...)
	if t.Company != 0 {
		scope = append(scope, within(ScopeCompany(t.Company), open)...)
	}
	slices.Sort(scope)
	return Words{open, inside, search.Stems(text.Company, 50), asks, slices.Compact(scope)}
}

// diversity bounds how many different words a ticket has.
type diversity struct {
	met   map[string]bool
	bytes int
}

// bound cuts words off where there would be too many different ones.
func (d *diversity) bound(stems []string) []string {
	if d.met == nil {
		d.met = map[string]bool{}
	}
	for i, s := range stems {
		if d.met[s] {
			continue
		}
		if len(d.met) == differentWords || d.bytes+len(s) > differentBytes {
			return stems[:i]
		}
		d.met[s] = true
		d.bytes += len(s)
	}
	return stems
}

// Within is the sign of a word in the tickets of a department or a company,
// which is given by its own sign.
func Within(sign, word string) string { return sign + "." + word }

// within are such signs of all words.
func within(sign string, columns ...[]string) []string {
	var all []string
	met := map[string]bool{}
	for _, words := range columns {
		for _, w := range words {
			if w != apart && !met[w] {
				met[w] = true
				all = append(all, Within(sign, w))
			}
		}
	}
	return all
}

// ScopeTicket is the sign of one ticket.
func ScopeTicket(t okno.TicketID) string { return sign("t", t) }

// ScopeDepartment is the sign of a department's tickets.
func ScopeDepartment(d okno.DepartmentID) string { return sign("d", d) }

// ScopePerson is the sign of the tickets that a person has part in.
func ScopePerson(p okno.PersonID) string { return sign("p", p) }

// ScopeCompany is the sign of a company's tickets.
func ScopeCompany(c okno.CompanyID) string { return sign("c", c) }

func sign[T ~int64](kind string, id T) string { return kind + strconv.FormatInt(int64(id), 10) }

// WithFile is the sign of a file that all who see the ticket may see, or that
// only agents may.
func WithFile(all bool) string {
	if all {
		return "file"
	}
	return "filein"
}

// Bounds of what a process remembers of the words that there are.
const (
	vocabularyKept = 50_000
	learnEvery     = 64
)

// Vocabulary counts words as they are met: one that is new to this process is
// written down at once, one that is not after every so many. It is safe for
// concurrent use.
type Vocabulary struct {
	mu  sync.Mutex
	met map[string]int32
}

// NameWord is how a word of a company's or a requester's name is written down
// beside the words of all texts, among which names are rare.
func NameWord(word string) string { return "@" + word }

// OfName is the word of a name that was so written down; false: it is a word of
// any text.
func OfName(written string) (string, bool) { return strings.CutPrefix(written, "@") }

// Learn returns the words to be written down, each with how often it was met
// since it last was.
func (v *Vocabulary) Learn(tickets []Words) map[string]int64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.met == nil || len(v.met) > vocabularyKept {
		v.met = make(map[string]int32)
	}
	found := map[string]int64{}
	for _, columns := range tickets {
		for i, words := range columns[:len(columns)-1] {
			for _, w := range words {
				if i == company || i == requester {
					v.meet(w, NameWord(w), found)
				}
				v.meet(w, w, found)
			}
		}
	}
	return found
}

// meet counts a word under the name that it is written down by.
func (v *Vocabulary) meet(word, as string, found map[string]int64) {
	n, known := v.met[as]
	if !known && !search.Plain(word) {
		return
	}
	v.met[as] = n + 1
	if !known {
		found[as] = 1
	} else if (n+1)%learnEvery == 0 {
		found[as] += learnEvery
	}
}

// Forget has words learned anew when they are met again.
func (v *Vocabulary) Forget(words []string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, w := range words {
		delete(v.met, w)
	}
}
