package desk

import (
	"context"
	"slices"
	"strconv"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/mail"
)

// Report is what a delivery report says of a letter of ours.
type Report struct {
	// Letter is of the signed return path that the report came to; 0: it came to
	// none.
	Letter okno.LetterID
	// Fingerprint is what the return path says of the letter's Message-ID
	// (mail.Fingerprint); 0: nothing.
	Fingerprint int64
	// MessageID is of the letter that came back, as the report shows it.
	MessageID string
	// Replies are the reply addresses that the report shows: of ticket and
	// person, in pairs. Only the letter's reader and his mail server know his.
	Replies   [][2]int64
	Permanent bool
	Arrived   bool // it tells of no trouble
	Why       string
}

// Reported takes a delivery report in. proven is false, and nothing is changed,
// where the report does not show that whoever wrote it had the letter. A letter
// that is not known is okno.ErrNotFound.
func (d *Desk) Reported(ctx context.Context, r Report) (letter okno.Letter, proven bool, err error) {
	err = d.write(ctx, func(tx store.Tx) error {
		var l store.Letter
		if r.Letter != 0 {
			l, err = tx.Letter(r.Letter)
			if err == nil && r.Fingerprint != 0 && r.Fingerprint != mail.Fingerprint(l.MessageID) {
				err = okno.ErrNotFound // its letter was taken back, and this one has its id
			}
		} else {
			l, err = tx.LetterByMessageID(r.MessageID)
		}
		if err != nil {
			return err
		}
		letter = l.Letter
		proven = r.Letter != 0 || l.Ticket != 0 && slices.Contains(r.Replies, [2]int64{int64(l.Ticket), int64(l.Person)})
		if !proven {
			return nil
		}
		letter, err = d.reported(tx, l, r)
		return err
	})
	return letter, proven, err
}

// reported keeps what became of a letter: what came back stays so, and a delay
// is overtaken by an arrival.
func (d *Desk) reported(tx store.Tx, l store.Letter, r Report) (okno.Letter, error) {
	before := l.State
	switch {
	case r.Arrived:
		if _, err := tx.ClearUndeliverable(l.Folded); err != nil || before != okno.LetterDelayed || l.Sent.IsZero() {
			return l.Letter, err
		}
		l.State, l.Trouble = okno.LetterSent, ""
		return l.Letter, tx.SaveDelivery(&l.Letter)
	case l.CameBack(), before == okno.LetterDelayed && !r.Permanent:
		return l.Letter, nil // told already
	case r.Permanent:
		l.State = okno.LetterBounced
		if err := tx.MarkUndeliverable(l.Folded, cut(r.Why, 500), d.Now()); err != nil {
			return l.Letter, err
		}
	default:
		l.State = okno.LetterDelayed
	}
	l.Trouble = cut(r.Why, 500)
	if err := tx.SaveDelivery(&l.Letter); err != nil {
		return l.Letter, err
	}
	e := okno.NewEvent(okno.LetterReturned, okno.EventData{Letter: l.ID, Message: l.Message, Person: l.Person, Reason: string(l.State)})
	if l.Ticket == 0 {
		if l.CameBack() {
			if err := d.invitationReturned(tx, &l.Letter); err != nil {
				return l.Letter, err
			}
			if err := d.entryReturned(tx, &l.Letter); err != nil {
				return l.Letter, err
			}
		}
		e.Subject, e.Data.Silent = int64(l.ID), true
		return l.Letter, d.record(tx, okno.System(), nil, e)
	}
	t, err := tx.TicketLed(okno.System().Sees(), l.Ticket)
	if err != nil {
		return l.Letter, err
	}
	return l.Letter, d.record(tx, okno.System(), &t, e)
}

// invitationReturned shows who invited a company's contact that the letter did
// not arrive.
func (d *Desk) invitationReturned(tx store.Tx, l *okno.Letter) error {
	if l.Kind != okno.LetterInvitation && l.Kind != okno.LetterJoin || l.Event == 0 {
		return nil
	}
	e, err := tx.Event(l.Event)
	if err != nil {
		return unlessNotFound(err)
	}
	if e.Kind != okno.ContactAdded && e.Kind != okno.ContactInvited {
		return nil
	}
	return tx.MarkInvitation(e.Data.Person, okno.CompanyID(e.Subject), d.Now())
}

// AddressWorks notes that somebody wrote from an address: letters to it arrive.
func (d *Desk) AddressWorks(ctx context.Context, address string) error {
	folded, marked := mail.Fold(address), false
	if err := d.readOne(ctx, func(tx store.Tx) (err error) {
		marked, err = tx.Undeliverable(folded)
		return err
	}); err != nil || !marked {
		return err
	}
	return d.write(ctx, func(tx store.Tx) error {
		_, err := tx.ClearUndeliverable(folded)
		return err
	})
}

// ClearAddresses says by hand that letters to the addresses of a ticket's
// requester arrive again.
func (d *Desk) ClearAddresses(ctx context.Context, by okno.Actor, number okno.Number) error {
	return d.change(ctx, by, okno.ReaddressLetter, number, func(tx store.Tx, t *okno.Ticket) ([]okno.Event, error) {
		all, err := tx.AddressesOf(t.Requester)
		if err != nil {
			return nil, err
		}
		any := false
		for _, a := range all {
			cleared, err := tx.ClearUndeliverable(a.Folded)
			if err != nil {
				return nil, err
			}
			any = any || cleared
		}
		if !any {
			return nil, nil
		}
		return []okno.Event{okno.NewEvent(okno.AddressCleared, okno.EventData{Person: t.Requester})}, nil
	})
}

// ReturnedPage is a letter of a ticket that came back, with where else it could
// go.
type ReturnedPage struct {
	Letter    okno.Letter
	Person    okno.Person
	Addresses []okno.Address // the person's others
}

// ReturnedLetter is a letter of a ticket that came back, for whoever may send
// it elsewhere.
func (d *Desk) ReturnedLetter(ctx context.Context, by okno.Actor, number okno.Number, ref okno.Ref) (p *ReturnedPage, err error) {
	err = d.see(ctx, by, number, func(tx store.Tx, t *okno.Ticket) error {
		if !by.May(okno.ReaddressLetter, t) {
			return okno.ErrForbidden
		}
		l, err := returnedLetter(tx, t, ref)
		if err != nil {
			return err
		}
		p = &ReturnedPage{Letter: l.Letter}
		if p.Person, err = tx.Person(l.Person); err != nil {
			return err
		}
		all, err := tx.AddressesOf(l.Person)
		for _, a := range all {
			if a.Folded != l.Folded {
				p.Addresses = append(p.Addresses, a)
			}
		}
		return err
	})
	return p, err
}

func returnedLetter(tx store.Tx, t *okno.Ticket, ref okno.Ref) (store.Letter, error) {
	l, err := tx.LetterByRef(ref)
	if err != nil {
		return l, err
	}
	p, err := tx.Person(l.Person)
	if err == nil && (!l.CameBack() || p.Agent) {
		err = okno.ErrNotFound
	}
	if err != nil || l.Ticket == t.ID {
		return l, err
	}
	led, err := tx.TicketLed(okno.System().Sees(), l.Ticket) // it may have left from one that went into this
	if err == nil && led.ID != t.ID {
		err = okno.ErrNotFound
	}
	return l, err
}

// Readdress sends a letter that came back to another address of its reader. A
// new address becomes his; another person's is refused.
func (d *Desk) Readdress(ctx context.Context, by okno.Actor, number okno.Number, ref okno.Ref, to string) error {
	to, err := checkAddress("to", to)
	if err != nil {
		return okno.Errors{err.(*okno.Error)}
	}
	own, err := d.OwnAddress(ctx, to)
	if err != nil {
		return err
	}
	if own {
		return okno.Errors{{Reason: okno.Invalid, Key: "error.readdress.own", Field: "to"}}
	}
	return d.change(ctx, by, okno.ReaddressLetter, number, func(tx store.Tx, t *okno.Ticket) ([]okno.Event, error) {
		l, err := returnedLetter(tx, t, ref)
		if err != nil {
			return nil, err
		}
		if l.Folded == mail.Fold(to) {
			return nil, okno.Errors{{Reason: okno.Invalid, Key: "error.readdress.same", Field: "to"}}
		}
		a, err := d.addressOf(tx, l.Person, to)
		if err != nil {
			return nil, err
		}
		e := okno.NewEvent(okno.LetterReaddressed, okno.EventData{Letter: l.ID, Message: l.Message, Person: l.Person, To: id(a.ID)})
		e.Cause = l.Event
		return []okno.Event{e}, nil
	})
}

// addressOf is an address of a person, his from now on if it was nobody's.
func (d *Desk) addressOf(tx store.Tx, p okno.PersonID, address string) (okno.Address, error) {
	all, err := tx.AddressesOf(p)
	if err != nil {
		return okno.Address{}, err
	}
	a := okno.Address{Person: p, Address: address, Folded: mail.Fold(address)}
	if i := slices.IndexFunc(all, func(one okno.Address) bool { return one.Folded == a.Folded }); i >= 0 {
		return all[i], nil
	}
	if added, err := tx.ClaimAddress(&a, d.Now()); err != nil {
		return a, err
	} else if !added {
		return a, okno.Errors{{Reason: okno.Invalid, Key: "error.readdress.taken", Field: "to"}}
	}
	return a, nil
}

// Readdressed is the letter that goes to another address, by its fact, and
// that address.
func (d *Desk) Readdressed(ctx context.Context, event okno.EventID) (l okno.Letter, to string, err error) {
	err = d.read(ctx, func(tx store.Tx) error {
		e, err := tx.Event(event)
		if err != nil {
			return err
		}
		letter, err := tx.Letter(e.Data.Letter)
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(e.Data.To, 10, 64)
		if err != nil {
			return err
		}
		a, err := tx.AddressByID(okno.AddressID(n))
		l, to = letter.Letter, a.Address
		return err
	})
	return l, to, err
}
