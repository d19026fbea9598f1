package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/blob"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/safehtml"
)

const (
	// eraseMessages is how many messages are erased in one transaction.
	eraseMessages = 100
	// SecondLook is how long after it was asked for an erasure looks once more, for what was being
	// written, sent or read while it began.
	SecondLook = time.Hour
	// eraseYoung: bytes put later than this ago may belong to a row that is just
	// being written, and wait for the second look.
	eraseYoung = 30 * time.Minute
	// eraseBytes is how many left bytes are read at once.
	eraseBytes = 100
)

// sweep goes through one table by ranges of its ids: an erasure is rare, and no
// other question needs an index by person there.
type sweep struct {
	table string
	ids   int64 // in one range
	do    func(d *Desk, ctx context.Context, e *erasure, r store.Range) error
}

// sweeps are in the order in which they are done; an erasure that was
// interrupted goes on by its number.
var sweeps = []sweep{
	{"message", 5000, inTickets(store.Tx.TicketsWritten)},
	{"ticket", 5000, inTickets(store.Tx.TicketsRequested)},
	{"call", 5000, inTickets(store.Tx.TicketsOfCalls)},
	{"kept_letter", 200, (*Desk).eraseKept},
	{"letter", 500, (*Desk).eraseLetters},
	{"notice", 5000, func(d *Desk, ctx context.Context, e *erasure, r store.Range) error {
		return d.overwrite(ctx, func(tx store.Tx) error { return tx.EraseNotices(e.Person, r) })
	}},
	{"held_answer", 500, func(d *Desk, ctx context.Context, e *erasure, r store.Range) error {
		return d.overwrite(ctx, func(tx store.Tx) error { return e.eraseCopies(tx, r) })
	}},
}

// overwrite is write for what is to be gone from the disk too.
func (d *Desk) overwrite(ctx context.Context, fn func(store.Tx) error) error {
	return d.write(ctx, func(tx store.Tx) error { return tx.Overwriting(func() error { return fn(tx) }) })
}

// Erase works off an EraseJob in small steps, each kept before the next begins.
func (d *Desk) Erase(ctx context.Context, j jobs.Job) error {
	var job EraseJob
	if err := json.Unmarshal(j.Payload, &job); err != nil {
		return jobs.Cancel(err)
	}
	e, err := d.erasure(ctx, job.Person)
	if okno.ReasonOf(err) == okno.NotFound {
		return nil // it was done, and the process died before the job's end was kept
	}
	if err != nil {
		return err
	}
	if e.Look == 2 && d.Now().Before(e.Asked.Add(SecondLook)) {
		return jobs.Later(e.Asked.Add(SecondLook), errors.New("the second look"))
	}
	for e.Sweep < len(sweeps) {
		if err := d.eraseStep(ctx, &e); err != nil {
			return err
		}
	}
	if err := d.eraseLeft(ctx, &e); err != nil {
		return err
	}
	if e.Look == 1 {
		e.Look, e.Sweep, e.Upto = 2, 0, 0
		if err := d.write(ctx, func(tx store.Tx) error { return tx.SaveErasure(e.Erasure) }); err != nil {
			return err
		}
		return jobs.Later(e.Asked.Add(SecondLook), errors.New("the second look"))
	}
	if err := d.eraseWords(ctx); err != nil {
		return err
	}
	return d.write(ctx, func(tx store.Tx) error {
		if err := tx.EndErasure(e.Person); err != nil {
			return err
		}
		return j.Done(tx.Tx)
	})
}

// eraseStep does the next range of the sweep that is due.
func (d *Desk) eraseStep(ctx context.Context, e *erasure) error {
	s := sweeps[e.Sweep]
	var last int64
	if err := d.read(ctx, func(tx store.Tx) (err error) {
		last, err = tx.LastID(s.table)
		return err
	}); err != nil {
		return err
	}
	r := store.Range{From: e.Upto, To: e.Upto + s.ids}
	if err := s.do(d, ctx, e, r); err != nil {
		return fmt.Errorf("erase from table %s: %w", s.table, err)
	}
	e.Upto = r.To
	if r.To >= last {
		e.Sweep, e.Upto = e.Sweep+1, 0
	}
	return d.write(ctx, func(tx store.Tx) error { return tx.SaveErasure(e.Erasure) })
}

// inTickets erases a person from the tickets that rows of a range lead to.
func inTickets(find func(store.Tx, okno.PersonID, store.Range) ([]okno.TicketID, error)) func(*Desk, context.Context, *erasure, store.Range) error {
	return func(d *Desk, ctx context.Context, e *erasure, r store.Range) error {
		var tickets []okno.TicketID
		if err := d.read(ctx, func(tx store.Tx) (err error) {
			tickets, err = find(tx, e.Person, r)
			return err
		}); err != nil {
			return err
		}
		for _, t := range tickets {
			if err := d.eraseInTicket(ctx, e.Person, t); err != nil {
				return err
			}
		}
		return nil
	}
}

// eraseInTicket takes from a ticket what a person wrote there, and from his own
// ticket its subject too. It is no change of Desk.change: the ticket keeps its
// place in the lists, for nothing happened in it.
func (d *Desk) eraseInTicket(ctx context.Context, p okno.PersonID, ticket okno.TicketID) error {
	for more := true; more; {
		if err := d.overwrite(ctx, func(tx store.Tx) error {
			t, err := tx.TicketByID(okno.System().Sees(), ticket)
			if err != nil {
				return err
			}
			before := t
			var facts []okno.Event
			if facts, more, err = d.eraseWritten(tx, p, &t); err != nil || len(facts) == 0 {
				return err
			}
			last, err := tx.LastWord(ticket)
			if err != nil {
				return err
			}
			if t.LastWord = safehtml.Preview(last.Text, 160); last.ID != 0 {
				t.LastBy = last.Side
			}
			if err := tx.SaveTicket(&before, &t); err != nil {
				return err
			}
			return d.record(tx, okno.System(), &t, facts...)
		}); err != nil {
			return err
		}
	}
	return nil
}

// eraseWritten takes from a ticket what a person wrote, at most so many
// messages at once; more says that there may be others. A call that he waits
// for is off. Without facts there was nothing.
func (d *Desk) eraseWritten(tx store.Tx, p okno.PersonID, t *okno.Ticket) (facts []okno.Event, more bool, err error) {
	own := t.Requester == p
	open, err := tx.OpenCalls([]okno.TicketID{t.ID})
	if err != nil {
		return nil, false, err
	}
	if c, waits := open[t.ID]; waits && (own || c.Asker == p) {
		if facts, err = d.moveCall(tx, okno.System(), c, okno.CallCancelled); err != nil {
			return nil, false, err
		}
	}
	messages, err := tx.EraseMessages(p, t.ID, d.Now(), eraseMessages)
	if err != nil {
		return nil, false, err
	}
	quotes, err := tx.EraseQuotes(t.ID)
	if err != nil {
		return nil, false, err
	}
	calls, err := tx.EraseCalls(p, t.ID, own)
	if err != nil {
		return nil, false, err
	}
	if messages > 0 || quotes > 0 || calls > 0 || own && t.Subject != "" {
		facts = append(facts, okno.NewEvent(okno.TicketErased, okno.EventData{Person: p}))
	}
	if own {
		t.Subject = ""
	}
	return facts, messages == eraseMessages, nil
}

// eraseKept forgets the bytes of letters that came from him, of all that came to
// his tickets, which quote him, and of those that name his address and became
// no message: bounces among them.
func (d *Desk) eraseKept(ctx context.Context, e *erasure, r store.Range) error {
	var kept []store.ErasedKept
	if err := d.read(ctx, func(tx store.Tx) (err error) {
		kept, err = tx.KeptToErase(r)
		return err
	}); err != nil {
		return err
	}
	for _, k := range kept {
		his := k.Author == e.Person || k.Requester == e.Person || e.his(k.EnvelopeFrom, k.At)
		if !his && k.Message == 0 && k.State != okno.KeptNew && !k.At.After(e.Asked) {
			letter, err := d.KeptLetter(ctx, k.ID)
			if errors.Is(err, blob.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			his = e.named(letter)
		}
		if !his || k.State == okno.KeptNew {
			continue
		}
		if err := d.overwrite(ctx, func(tx store.Tx) error { return tx.EraseKept(e.Person, k.KeptLetter) }); err != nil {
			return err
		}
	}
	return nil
}

// eraseCopies takes his addresses from answers that wait and from drafts, so that
// no answer is given that would make him take part again.
func (e *erasure) eraseCopies(tx store.Tx, r store.Range) error {
	if err := tx.EraseHeldCopies(r, e.his); err != nil {
		return err
	}
	return tx.EraseDraftCopies(e.his)
}

// named reports whether a letter names one of his addresses.
func (e *erasure) named(k okno.KeptLetter) bool {
	raw := bytes.ToLower(k.Raw)
	for address := range e.addresses {
		if bytes.Contains(raw, []byte(address)) {
			return true
		}
	}
	return false
}

// eraseLetters forgets what letters to him said, and what others' letters said
// of his tickets and in his words; a digest may have named them and is forgotten
// whole. One that has not left and is to him, or tells what he wrote, does not
// leave any more.
func (d *Desk) eraseLetters(ctx context.Context, e *erasure, r store.Range) error {
	var letters []store.ErasedLetter
	if err := d.read(ctx, func(tx store.Tx) (err error) {
		letters, err = tx.LettersToErase(r)
		return err
	}); err != nil {
		return err
	}
	for _, l := range letters {
		to := l.Person == e.Person || e.his(l.Folded, l.At)
		if l.Kind == okno.LetterDigest {
			l.Author = e.Person
		}
		if !to && l.Author != e.Person && l.Requester != e.Person {
			continue
		}
		if err := d.overwrite(ctx, func(tx store.Tx) error { return d.eraseLetter(tx, e, l, to) }); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) eraseLetter(tx store.Tx, e *erasure, l store.ErasedLetter, to bool) error {
	if l.Sent.IsZero() && (to || l.Author == e.Person) {
		taken, err := jobs.Withdraw(tx.Tx, PostJobKind, id(l.ID))
		if err != nil {
			return err
		}
		for n := range l.Attempts + 1 { // what an administrator had sent again
			if _, err := jobs.Withdraw(tx.Tx, PostJobKind, id(l.ID)+"/again/"+strconv.Itoa(n)); err != nil {
				return err
			}
		}
		if !taken {
			return nil // it is being sent: the second look finds it
		}
		if err := tx.LeaveBytes(e.Person, l.Blob); err != nil {
			return err
		}
		return tx.DropLetter(l.ID)
	}
	return tx.EraseLetter(e.Person, l.Letter, to)
}

// eraseLeft deletes the bytes that lost their row, unless somebody else's row
// needs them or they are too young to be sure.
func (d *Desk) eraseLeft(ctx context.Context, e *erasure) error {
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	after := ""
	for {
		var left []string
		if err := d.read(ctx, func(tx store.Tx) (err error) {
			left, err = tx.LeftBytes(e.Person, after, eraseBytes)
			return err
		}); err != nil || len(left) == 0 {
			return err
		}
		for _, hash := range left {
			after = hash
			used := false
			if err := d.read(ctx, func(tx store.Tx) (err error) {
				used, err = tx.HashUsed(hash)
				return err
			}); err != nil {
				return err
			}
			used = used || hash == s.Logo
			if !used {
				if err := d.blob.Delete(ctx, hash, d.Now().Add(-eraseYoung)); err != nil && !errors.Is(err, blob.ErrNotFound) {
					return err
				}
			}
			if !used && e.Look == 1 {
				continue // young bytes are tried again
			}
			if err := d.write(ctx, func(tx store.Tx) error { return tx.ForgetBytes(e.Person, hash) }); err != nil {
				return err
			}
		}
	}
}
