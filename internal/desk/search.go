package desk

import (
	"context"
	"slices"
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/index"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/search"
)

// Asked is what somebody looks for among the tickets he sees.
type Asked struct {
	Text  string            // as typed, up to MaxWords bytes; see search.Read
	Kinds []okno.StatusKind // only these; none: all
	From  string            // where the page begins; "": at the top
	Rows  int               // of a page; 0: 25
}

// Found is one page of what was found, the last opened first.
type Found struct{ List }

// Piece is a part of a text; Hit: it is a word that was looked for.
type Piece = search.Piece

// Filters are the names of the filters that a question may have, in the order
// they are offered.
var Filters = func() (names []string) {
	for _, k := range search.Keys {
		names = append(names, string(k))
	}
	return names
}()

// FilterNamed is the filter of a name in any language, also behind the minus
// that asks for the rest; "": there is none.
func FilterNamed(name string) string {
	return string(search.KeyNamed(strings.TrimPrefix(name, "-")))
}

// Typing is where somebody types in a question: what stands before it, the
// filter as he named it ("": none), and the value or word that he has begun.
func Typing(question string) (before, filter, begun string) { return search.Typing(question) }

// Excerpt is where the words that were looked for stand in a ticket.
type Excerpt struct {
	Subject []Piece
	Text    []Piece // of the latest message that has one; nil: no message has
}

// MaxWords is the longest text searched for, in bytes.
const MaxWords = search.MaxQuestion

// Bounds of a search.
const (
	searchRows  = 25
	searchWords = 24 // words that a beginning stands for
)

// Search finds tickets by their words: for agents in their departments, at the
// portal among those that the customer sees; notes are searched for agents
// only. What was changed in the last moments may not be found yet.
func (d *Desk) Search(ctx context.Context, by okno.Actor, a Asked) (*Found, error) {
	if !by.Agent() && by.Door != okno.DoorPortal {
		return nil, okno.ErrNotFound
	}
	c, err := d.config(ctx)
	if err != nil {
		return nil, err
	}
	q := search.Read(a.Text)
	found := &Found{}
	if q.Empty() {
		return found, nil
	}
	err = d.read(ctx, func(tx store.Tx) error {
		*found = Found{}
		r := d.reading(tx, c, by, okno.OrderNewest, a.From)
		r.narrow.Kinds = a.Kinds
		if ok, err := d.terms(r, c, by, q, &found.List); err != nil || !ok {
			return err
		}
		if a.Rows == 0 {
			a.Rows = searchRows
		}
		return d.readPage(r, c, by, q, a.Rows, &found.List)
	})
	return found, err
}

// terms puts a question into the reading; false: nothing can be found, and the
// list says what was not understood.
func (d *Desk) terms(r *reading, c *catalogue, by okno.Actor, q search.Question, list *List) (bool, error) {
	in := []string{store.WordsOpen}
	if r.scope.Side() == okno.SideAgent {
		in = append(in, store.WordsInside)
	}
	for _, p := range q.Phrases {
		t, err := d.phraseTerm(r.tx, p, in...)
		if err != nil {
			return false, err
		}
		r.words = append(r.words, t)
	}
	f := filtering{desk: d, tx: r.tx, c: c, by: by, narrow: &r.narrow}
	for _, filter := range q.Filters {
		t, ok, err := f.apply(filter)
		if err != nil {
			return false, err
		}
		if !ok {
			list.Misread = append(list.Misread, filter.Text)
		}
		if filter.Not {
			r.without = append(r.without, t...)
		} else {
			r.words = append(r.words, t...)
		}
	}
	return len(list.Misread) == 0, nil
}

// phraseTerm is a phrase, with the words that its last one may be the
// beginning of.
func (d *Desk) phraseTerm(tx store.Tx, p search.Phrase, in ...string) (store.Term, error) {
	t := store.Term{In: in, Phrases: [][]string{p.Stems}}
	if p.Beginning == "" {
		return t, nil
	}
	words, err := d.beginnings(tx, p.Beginning, in)
	for _, w := range words {
		if last := len(p.Stems) - 1; w != p.Stems[last] {
			t.Phrases = append(t.Phrases, append(slices.Clone(p.Stems[:last]), w))
		}
	}
	return t, err
}

// beginnings are the words that begin so; of names only their own, once all are
// known: a word of every text that is in no name is looked for at length.
func (d *Desk) beginnings(tx store.Tx, beginning string, in []string) ([]string, error) {
	var names []string
	if !slices.Contains(in, store.WordsOpen) {
		written, err := tx.WordsBeginning(index.NameWord(beginning), searchWords)
		if err != nil {
			return nil, err
		}
		names = ofNames(written)
		if whole, err := d.indexWhole(tx); err != nil || whole || len(names) == searchWords {
			return names, err
		}
	}
	words, err := tx.WordsBeginning(beginning, searchWords-len(names))
	for _, w := range words {
		if !slices.Contains(names, w) {
			names = append(names, w)
		}
	}
	return names, err
}

func ofNames(written []string) []string {
	words := make([]string, len(written))
	for i, w := range written {
		words[i], _ = index.OfName(w)
	}
	return words
}

// scopeTerm is what an asker sees in the index's signs; none: everything.
// False: he sees nothing.
func scopeTerm(s okno.Scope) ([]store.Term, bool) {
	if s.Everything() {
		return nil, true
	}
	var signs []string
	for _, d := range s.Departments() {
		signs = append(signs, index.ScopeDepartment(d))
	}
	if s.Person() != 0 {
		signs = append(signs, index.ScopePerson(s.Person()))
	}
	for _, c := range s.Companies() {
		signs = append(signs, index.ScopeCompany(c))
	}
	for _, t := range s.Tickets() {
		signs = append(signs, index.ScopeTicket(t))
	}
	return []store.Term{signsTerm(signs)}, len(signs) > 0
}

// excerpts show in each row where the words stand, in what the asker may read.
// Most stand in the latest message: those before it are read where they do not.
func (r *reading) excerpts(tx store.Tx, q search.Question, rows []Row) error {
	if len(q.Phrases) == 0 {
		return nil
	}
	marker := q.Marker()
	for i := range rows {
		rows[i].Excerpt = &Excerpt{Subject: marker.Mark(rows[i].Subject)}
	}
	latest := tx.LatestText
	if r.latest != nil {
		latest = func([]okno.TicketID, okno.Side) (map[okno.TicketID][]string, error) { return r.latest() }
	}
	for _, read := range []func([]okno.TicketID, okno.Side) (map[okno.TicketID][]string, error){latest, tx.EarlierTexts} {
		var ids []okno.TicketID
		for _, row := range rows {
			if row.Excerpt.Text == nil {
				ids = append(ids, row.ID)
			}
		}
		texts, err := read(ids, r.scope.Side())
		if err != nil {
			return err
		}
		for i := range rows {
			for _, text := range texts[rows[i].ID] {
				if rows[i].Excerpt.Text = marker.Excerpt(text); rows[i].Excerpt.Text != nil {
					break
				}
			}
		}
	}
	return nil
}
