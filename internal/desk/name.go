package desk

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/search"
)

// NameKind is what bears a name that may be looked for.
type NameKind string

const (
	NameOfRequester  NameKind = "requester"
	NameOfCompany    NameKind = "company"
	NameOfAgent      NameKind = "assignee"
	NameOfDepartment NameKind = "department"
)

// Names are those who may be meant by the beginning of a name.
type Names struct {
	Requesters  []okno.Person  // of tickets that the asker sees, who asked last first
	Companies   []okno.Company // of such tickets
	Agents      []okno.Person  // by name
	Departments []okno.Department
}

// Bounds of a search for names.
const (
	namesFound  = 8   // of each kind
	namesLooked = 100 // tickets looked at together for whose they are
	namesReads  = 3   // such looks
)

// Names finds whom an agent may mean: each word that was typed begins a word of
// the name. He learns of no company and no customer none of whose tickets he
// sees, and of no department that he does not work in.
func (d *Desk) Names(ctx context.Context, by okno.Actor, typed string, kinds ...NameKind) (*Names, error) {
	if !keepsViews(by) {
		return nil, okno.ErrNotFound
	}
	c, err := d.config(ctx)
	if err != nil {
		return nil, err
	}
	var names *Names
	err = d.read(ctx, func(tx store.Tx) error {
		n := naming{desk: d, tx: tx, c: c, by: by, typed: nameWords(typed)}
		names = &n.Names
		return n.find(kinds)
	})
	return names, err
}

// naming is one search for names under way.
type naming struct {
	Names
	desk  *Desk
	tx    store.Tx
	c     *catalogue
	by    okno.Actor
	typed []string // its words, folded
}

// nameWords are the words of a name as they are compared.
func nameWords(name string) []string {
	var words []string
	text := search.Normal(cut(name, MaxWords))
	search.Words(text, func(w search.Word) bool {
		words = append(words, search.Fold(text[w.Start:w.End]))
		return len(words) < 8
	})
	return words
}

// fits reports whether each word that was typed begins a word of the name.
func (n *naming) fits(name string) bool {
	words := nameWords(name)
	for _, t := range n.typed {
		if !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, t) }) {
			return false
		}
	}
	return true
}

// Fits reports whether each word that was typed begins a word of a caption, or
// is another form of one.
func Fits(caption, typed string) bool {
	words := nameWords(caption)
	for _, t := range nameWords(typed) {
		if !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, t) || search.Stem(w) == search.Stem(t) }) {
			return false
		}
	}
	return true
}

func (n *naming) find(kinds []NameKind) error {
	for _, kind := range kinds {
		var err error
		switch kind {
		case NameOfRequester:
			err = n.requesters()
		case NameOfCompany:
			err = n.companies()
		case NameOfAgent:
			err = n.agents()
		case NameOfDepartment:
			scope := n.by.Sees()
			for _, d := range n.c.departments {
				if d.Closed.IsZero() && (scope.Everything() || slices.Contains(scope.Departments(), d.ID)) && n.fits(d.Name) {
					n.Departments = append(n.Departments, d)
				}
			}
			n.Departments = n.Departments[:min(len(n.Departments), namesFound)]
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (n *naming) agents() error {
	all, err := n.tx.AgentNames()
	for _, p := range all {
		if len(n.Agents) < namesFound && n.fits(p.Name) {
			n.Agents = append(n.Agents, p)
		}
	}
	return err
}

// asking are for whom the latest tickets were opened in whose names the words
// stand.
func (n *naming) asking(column string, take func([]store.Asking) (enough bool, err error)) error {
	terms, ok := scopeTerm(n.by.Sees())
	if !ok {
		return nil
	}
	for _, word := range n.typed {
		p := search.Phrase{Stems: []string{search.Stem(word)}}
		if search.Plain(word) {
			p.Beginning = word
		}
		t, err := n.desk.phraseTerm(n.tx, p, column)
		if err != nil {
			return err
		}
		terms = append(terms, t)
	}
	below := int64(math.MaxInt64)
	for range namesReads {
		var tickets []int64
		var err error
		if len(n.typed) == 0 {
			tickets, err = n.latest()
		} else {
			tickets, err = store.TicketWords.Find(n.tx.Tx, terms, below, namesLooked)
		}
		if err != nil {
			return err
		}
		all, err := n.tx.AskedBy(n.by.Sees(), tickets)
		if err != nil {
			return err
		}
		if enough, err := take(all); err != nil || enough || len(tickets) < namesLooked || len(n.typed) == 0 {
			return err
		}
		below = tickets[len(tickets)-1]
	}
	return nil
}

// latest are the tickets that were changed last, for whom nothing was typed.
func (n *naming) latest() ([]int64, error) {
	scope := n.by.Sees()
	places, err := n.tx.Places(store.Listing{
		Kinds: alive, Departments: scope.Departments(), Everywhere: scope.Everything(), Order: okno.OrderChanged, Limit: namesLooked,
	})
	ids := make([]int64, len(places))
	for i, p := range places {
		ids[i] = int64(p.ID)
	}
	return ids, err
}

func (n *naming) requesters() error {
	known := map[okno.PersonID]bool{}
	return n.asking(store.WordsRequester, func(all []store.Asking) (bool, error) {
		var ids []okno.PersonID
		for _, a := range all {
			if !known[a.Requester] {
				known[a.Requester] = true
				ids = append(ids, a.Requester)
			}
		}
		people, err := n.tx.People(ids)
		for _, id := range ids {
			p := pick(people, func(p okno.Person) bool { return p.ID == id })
			if p.ID != 0 && p.Erased.IsZero() && p.Short() != "" && len(n.Requesters) < namesFound {
				n.Requesters = append(n.Requesters, p)
			}
		}
		return len(n.Requesters) == namesFound, err
	})
}

func (n *naming) companies() error {
	known := map[okno.CompanyID]bool{0: true}
	return n.asking(store.WordsCompany, func(all []store.Asking) (bool, error) {
		var ids []okno.CompanyID
		for _, a := range all {
			if !known[a.Company] {
				known[a.Company] = true
				ids = append(ids, a.Company)
			}
		}
		companies, err := n.tx.Companies(ids)
		for _, id := range ids {
			if c := pick(companies, func(c okno.Company) bool { return c.ID == id }); c.ID != 0 && n.fits(c.Name) && len(n.Companies) < namesFound {
				n.Companies = append(n.Companies, c)
			}
		}
		return len(n.Companies) == namesFound, err
	})
}
