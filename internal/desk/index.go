package desk

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/search"
)

// The index of words follows the tickets a moment behind: a change leaves a
// record in its own transaction, and KeepIndexed works those off in batches.

// Bounds of the index.
const (
	indexBatch   = 64     // records worked off at once
	indexWords   = 15_000 // words of one ticket, its latest messages first
	messageWords = 5_000  // of one message
	indexPause   = 150 * time.Millisecond
	indexWait    = 5 * time.Second // that it gives way to people
	indexLook    = time.Minute     // another process may have died over its records
)

// apart stands between two texts, so that no phrase reaches over both; it is
// in no question.
const apart = "¶"

// changesWords reports whether a fact may change what is found of a ticket.
func changesWords(k okno.EventKind) bool {
	switch k {
	case okno.StatusChanged, okno.AssigneeChanged, okno.CloseAsked, okno.LetterReturned,
		okno.CallRequested, okno.CallChanged, okno.ClosingReminded, okno.ClosingStopped:
		return false
	}
	return true
}

// pend has a ticket indexed again once the change is there.
func (d *Desk) pend(tx store.Tx, t okno.TicketID) error {
	tx.OnCommit(d.wakeIndex)
	return tx.Pend(t, d.Now())
}

// savePerson keeps a changed person; his tickets are found by his new name.
func (d *Desk) savePerson(tx store.Tx, p *okno.Person) error {
	before, err := tx.Person(p.ID)
	if err != nil {
		return err
	}
	if before.Name != p.Name || before.Phone != p.Phone {
		tx.OnCommit(d.wakeIndex)
		if err := tx.PendPerson(p.ID, d.Now()); err != nil {
			return err
		}
	}
	return tx.SavePerson(p)
}

func (d *Desk) wakeIndex() {
	select {
	case d.unindexed <- struct{}{}:
	default:
	}
}

// KeepIndexed works off what is to be indexed until ctx ends. It gives way to
// people while busy says that many wait for answers. Several processes may do
// it at once.
func (d *Desk) KeepIndexed(ctx context.Context, busy func() bool) error {
	if err := d.pendLost(ctx); err != nil && ctx.Err() == nil {
		d.log.Error("the search index cannot be looked at", "error", err)
	}
	worked := time.Time{}
	next := time.NewTimer(0)
	defer next.Stop()
	soon := true // next comes soon
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-d.unindexed:
			if !soon {
				soon = true
				next.Reset(indexPause)
			}
			continue
		case <-next.C:
		}
		if busy() && time.Since(worked) < indexWait {
			next.Reset(indexPause)
			continue
		}
		worked = time.Now()
		n, err := d.Index(ctx)
		if ctx.Err() != nil {
			return nil
		}
		pause := time.Duration(0)
		switch {
		case err != nil:
			d.log.Error("tickets could not be indexed", "error", err)
			pause = indexWait
		case n == 0:
			pause = indexLook
		}
		soon = pause < indexWait
		next.Reset(pause)
	}
}

// Index works off one batch of what is to be indexed; it returns how many
// tickets it saw to.
func (d *Desk) Index(ctx context.Context) (int, error) {
	var pending []store.Pending
	var texts []store.TicketText
	if err := d.read(ctx, func(tx store.Tx) (err error) {
		texts = nil
		if pending, err = tx.PendingTickets(indexBatch); err != nil {
			return err
		}
		for _, p := range pending {
			text, err := tx.TicketText(p.Ticket)
			if err != nil {
				return err
			}
			texts = append(texts, text)
		}
		return nil
	}); err != nil || len(pending) == 0 {
		return 0, err
	}
	words := make([]ticketWords, len(texts))
	for i := range texts {
		words[i] = wordsOf(&texts[i])
	}
	learned := d.vocabulary.learn(words)
	err := d.write(ctx, func(tx store.Tx) error {
		mine, err := tx.Indexed(pending)
		if err != nil {
			return err
		}
		if !mine {
			return okno.Refuse(okno.Conflict, "error.stale") // undoes it: whoever came between has read what is newer
		}
		for i, p := range pending {
			if err := store.TicketWords.Put(tx.Tx, int64(p.Ticket), words[i]...); err != nil {
				return err
			}
		}
		if err := tx.LearnWords(learned); err != nil {
			return err
		}
		return store.TicketWords.Tidy(tx.Tx)
	})
	if okno.ReasonOf(err) == okno.Conflict {
		err = nil
	}
	return len(pending), err
}

// IndexAll works off all that is to be indexed now.
func (d *Desk) IndexAll(ctx context.Context) error {
	for {
		if n, err := d.Index(ctx); err != nil || n == 0 {
			return err
		}
	}
}

// pendBatch bounds the tickets that one transaction has indexed again.
const pendBatch = 5_000

// Reindex has every ticket indexed again, in the background.
func (d *Desk) Reindex(ctx context.Context, by okno.Actor) error {
	if !by.MayManage(okno.ManageSettings) {
		return okno.ErrForbidden
	}
	return d.pendAll(ctx)
}

func (d *Desk) pendAll(ctx context.Context) error {
	for last := okno.TicketID(0); ; {
		if err := d.write(ctx, func(tx store.Tx) (err error) {
			tx.OnCommit(d.wakeIndex)
			last, err = tx.PendAfter(last, pendBatch, d.Now())
			return err
		}); err != nil || last == 0 {
			return err
		}
	}
}

// pendLost has every ticket indexed when the index is empty though there are
// tickets: their rows came from another database.
func (d *Desk) pendLost(ctx context.Context) error {
	lost := false
	if err := d.read(ctx, func(tx store.Tx) (err error) {
		lost, err = tx.AnyUnindexed()
		return err
	}); err != nil || !lost {
		return err
	}
	d.log.Info("the search index is made anew")
	return d.pendAll(ctx)
}

// lagCounted is how far the changes that wait for the index are counted.
const lagCounted = 10_000

// IndexLag is how many changes wait to be indexed, up to 10,000, and how long
// the oldest has.
func (d *Desk) IndexLag(ctx context.Context) (changes int, oldest time.Duration, err error) {
	err = d.read(ctx, func(tx store.Tx) error {
		n, since, err := tx.Unindexed(lagCounted)
		if changes = n; !since.IsZero() {
			oldest = max(0, d.Now().Sub(since))
		}
		return err
	})
	return changes, oldest, err
}

// ticketWords are a ticket's words by column of store.TicketWords.
type ticketWords [][]string

// wordsOf are the words that a ticket is found by.
func wordsOf(text *store.TicketText) ticketWords {
	t := &text.Ticket
	var open, inside []string
	left := indexWords
	add := func(to *[]string, words string, limit int) {
		if limit = min(limit, left); limit > 0 && words != "" {
			stems := search.Stems(words, limit)
			left -= len(stems)
			*to = append(append(*to, stems...), apart)
		}
	}
	scope := []string{scopeTicket(t.ID), scopeDepartment(t.Department), scopePerson(t.Requester)}
	for _, p := range t.Participants {
		scope = append(scope, scopePerson(p))
	}
	if t.Company != 0 {
		scope = append(scope, scopeCompany(t.Company))
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
			scope = append(scope, withFile(m.Visible(okno.SideCustomer)))
		}
	}
	requester := search.Stems(text.Requester.Name, 50)
	for _, a := range text.Addresses {
		requester = append(append(requester, apart), search.Stems(a.Address, 50)...)
	}
	slices.Sort(scope)
	return ticketWords{open, inside, search.Stems(text.Company, 50), requester, slices.Compact(scope)}
}

// Signs in the column of who sees a ticket.

func scopeTicket(t okno.TicketID) string         { return "t" + id(t) }
func scopeDepartment(d okno.DepartmentID) string { return "d" + id(d) }
func scopePerson(p okno.PersonID) string         { return "p" + id(p) }
func scopeCompany(c okno.CompanyID) string       { return "c" + id(c) }

// withFile is the sign of a file that all who see the ticket may see, or that
// only agents may.
func withFile(all bool) string {
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

// vocabulary counts words as they are met: one that is new to this process is
// written down at once, one that is not after every so many.
type vocabulary struct {
	mu  sync.Mutex
	met map[string]int32
}

// learn returns the words to be written down, each with how often it was met
// since it last was.
func (v *vocabulary) learn(tickets []ticketWords) map[string]int64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.met == nil || len(v.met) > vocabularyKept {
		v.met = make(map[string]int32)
	}
	found := map[string]int64{}
	for _, columns := range tickets {
		for _, words := range columns[:len(columns)-1] {
			for _, w := range words {
				n, known := v.met[w]
				if !known && !search.Plain(w) {
					continue
				}
				v.met[w] = n + 1
				if !known {
					found[w] = 1
				} else if (n+1)%learnEvery == 0 {
					found[w] += learnEvery
				}
			}
		}
	}
	return found
}
