package desk

import (
	"context"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk/internal/index"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// Two words that many tickets have are rarely both in the few that a narrow
// asker sees, and he would wait while all of his are looked at. So the index
// holds each word of a ticket by its department and its company, too: such a
// question is a question of words that are rare. An index from before that is
// made anew in the background; meanwhile the words alone are asked for.

// settled is how long after the first program that knows the form one that does
// not may still be running beside it, and index in its own way. One process
// alone holds an SQLite database.
const settled = time.Hour

// renewForm has the next tickets indexed again that were indexed in the former
// form; it is called when nothing waits to be indexed. False: there is nothing
// to renew, or not yet.
func (d *Desk) renewForm(ctx context.Context) (bool, error) {
	if d.formWhole.Load() {
		return false, nil
	}
	more := false
	err := d.write(ctx, func(tx store.Tx) error {
		more = false
		f, err := tx.IndexForm()
		if err != nil || f.Whole {
			if err == nil {
				tx.OnCommit(func() { d.formWhole.Store(true) })
			}
			return err
		}
		if f.Since.IsZero() {
			f.Since = d.Now()
			d.log.Info("the search index is made anew in the background, by department and company")
			if err := tx.SaveIndexForm(f, f.Upto); err != nil {
				return err
			}
		}
		if d.db.Dialect() == db.Postgres && d.Now().Sub(f.Since) < settled {
			return nil
		}
		before := f.Upto
		last, err := tx.PendAfter(before, pendBatch, d.Now())
		if err != nil {
			return err
		}
		if more = last != 0; more {
			f.Upto = last
			return tx.SaveIndexForm(f, before)
		}
		if n, _, err := tx.Unindexed(1); err != nil || n > 0 {
			more = err == nil // somebody else's batch is under way
			return err
		}
		f.Whole = true
		tx.OnCommit(func() {
			d.log.Info("the search index is whole, by department and company")
		})
		return tx.SaveIndexForm(f, before)
	})
	if okno.ReasonOf(err) == okno.Conflict {
		return true, nil // another process has gone on
	}
	return more, err
}

// indexWhole reports whether every ticket that is indexed is so in the present
// form. Once it is, it stays, and is not asked again.
func (d *Desk) indexWhole(tx store.Tx) (bool, error) {
	if d.formWhole.Load() {
		return true, nil
	}
	f, err := tx.IndexForm()
	return f.Whole, err
}

// IndexRenewal is how far the index has come that is made anew in another form:
// the tickets up to which it is, and the last one. Both are 0 when it is whole.
func (d *Desk) IndexRenewal(ctx context.Context) (upto, last int64, err error) {
	err = d.read(ctx, func(tx store.Tx) error {
		f, err := tx.IndexForm()
		if err != nil || f.Whole {
			return err
		}
		to, err := tx.LastTicket()
		upto, last = int64(f.Upto), int64(to)
		return err
	})
	return upto, last, err
}

// narrowed bounds the words of one term by department or company; where they
// are more, the words alone are asked for.
const narrowedMost = 96

// ways are the questions whose answers together are what an asker may find:
// scope terms with the words, or the words by department or company.
func ways(s okno.Scope, words []store.Term, whole bool) [][]store.Term {
	signs, ok := scopeTerm(s)
	switch {
	case !ok:
		return nil
	case len(signs) == 0 || !whole || len(s.Departments())+len(s.Companies()) == 0:
		return [][]store.Term{append(signs, words...)}
	}
	var parts, apart []string // those whose words stand by themselves, and the signs of what else he sees
	for _, d := range s.Departments() {
		parts = append(parts, index.ScopeDepartment(d))
	}
	for _, c := range s.Companies() {
		parts = append(parts, index.ScopeCompany(c))
	}
	if s.Person() != 0 {
		apart = append(apart, index.ScopePerson(s.Person()))
	}
	for _, t := range s.Tickets() {
		apart = append(apart, index.ScopeTicket(t))
	}
	within, narrow := narrowed(parts, words)
	if !narrow {
		return [][]store.Term{append(signs, words...)}
	}
	all := [][]store.Term{within}
	if len(apart) > 0 {
		all = append(all, append([]store.Term{signsTerm(apart)}, words...))
	}
	return all
}

// narrowed are the words by each of the departments or companies; false: none
// can be had so. A phrase stays beside its words.
func narrowed(parts []string, words []store.Term) (terms []store.Term, some bool) {
	var rest []store.Term
	for _, t := range words {
		length := len(t.Phrases[0])
		if len(parts)*len(t.Phrases) > narrowedMost || t.In[0] != store.WordsOpen {
			rest = append(rest, t)
			continue
		}
		for at := range length {
			seen := map[string]bool{}
			term := store.Term{In: []string{store.WordsScope}}
			for _, p := range t.Phrases {
				if seen[p[at]] {
					continue
				}
				seen[p[at]] = true
				for _, part := range parts {
					term.Phrases = append(term.Phrases, []string{index.Within(part, p[at])})
				}
			}
			terms = append(terms, term)
		}
		if some = true; length > 1 {
			rest = append(rest, t)
		}
	}
	return append(terms, rest...), some
}

func signsTerm(signs []string) store.Term {
	t := store.Term{In: []string{store.WordsScope}}
	for _, s := range signs {
		t.Phrases = append(t.Phrases, []string{s})
	}
	return t
}
