package desk

import (
	"context"
	"slices"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/mail"
)

// Sender finds or makes the person a letter says it is from. A known person
// keeps the name he has.
func (d *Desk) Sender(ctx context.Context, name, address, lang string) (okno.Person, error) {
	var p okno.Person
	err := d.write(ctx, func(tx store.Tx) error {
		id, err := d.personOf(tx, cut(name, 4*okno.MaxName), address, "", lang)
		if err != nil {
			return err
		}
		p, err = tx.Person(id)
		return err
	})
	return p, err
}

// KnownSender is whose the address is, or okno.ErrNotFound.
func (d *Desk) KnownSender(ctx context.Context, address string) (okno.Person, error) {
	var p okno.Person
	err := d.readOneAlong(ctx, func(tx store.Tx) (err error) {
		p, err = tx.PersonByAddress(mail.Fold(address))
		return err
	})
	return p, err
}

// MailActor is who a letter acts as: the person, graded, on the one ticket its
// thread names (0: none, it opens one). A person who takes part in the ticket
// acts as a customer; an agent of its department whose letter is proven, and
// who takes no part in it, acts as an agent.
func (d *Desk) MailActor(ctx context.Context, p okno.PersonID, claim okno.Claim, ticket okno.TicketID) (okno.Actor, error) {
	a := okno.Actor{Person: p, Door: okno.DoorMail, Claim: claim}
	if ticket == 0 {
		return a, nil
	}
	err := d.readAlong(ctx, func(tx store.Tx) error {
		t, err := tx.TicketLed(okno.System().Sees(), ticket)
		if err != nil {
			return err
		}
		a.Guest = map[okno.TicketID]okno.PersonID{t.ID: p}
		if claim != okno.Proven {
			return nil
		}
		if a.Companies, err = tx.MembershipsOf(p); err != nil {
			return err
		}
		if t.TakesPart(p) {
			return nil
		}
		person, err := tx.Person(p)
		if err != nil || !person.Disabled.IsZero() {
			return err
		}
		a.Grants, err = tx.GrantsOf(p)
		if !slices.ContainsFunc(a.Grants, func(g okno.Grant) bool { return g.Department == 0 || g.Department == t.Department }) {
			a.Grants = nil
		}
		return err
	})
	return a, err
}

// TicketOf is the ticket to which an id leads, for the steps of intake, which
// grade what may be done with it.
func (d *Desk) TicketOf(ctx context.Context, ticket okno.TicketID) (okno.Ticket, error) {
	var t okno.Ticket
	err := d.readAlong(ctx, func(tx store.Tx) (err error) {
		t, err = tx.TicketLed(okno.System().Sees(), ticket)
		return err
	})
	return t, err
}

// TicketOfNumber is TicketOf by number.
func (d *Desk) TicketOfNumber(ctx context.Context, n okno.Number) (okno.Ticket, error) {
	var t okno.Ticket
	err := d.readAlong(ctx, func(tx store.Tx) (err error) {
		t, err = tx.Ticket(okno.System().Sees(), n)
		return err
	})
	return t, err
}

// ThreadTickets are the tickets that letters of these Message-IDs belong to,
// the latest first.
func (d *Desk) ThreadTickets(ctx context.Context, messageIDs []string) (ids []okno.TicketID, err error) {
	err = d.readAlong(ctx, func(tx store.Tx) (err error) {
		ids, err = tx.TicketsOfThread(messageIDs[max(0, len(messageIDs)-50):])
		return err
	})
	return ids, err
}

// ThreadClaims says which tickets have taken these Message-IDs for their own,
// those of letters still to come among them.
func (d *Desk) ThreadClaims(ctx context.Context, messageIDs []string) (claims map[string]okno.TicketID, err error) {
	err = d.readOneAlong(ctx, func(tx store.Tx) (err error) {
		claims, err = tx.ThreadClaims(messageIDs)
		return err
	})
	return claims, err
}

// LetterOfOurs reports whether a Message-ID is that of a letter that left here.
func (d *Desk) LetterOfOurs(ctx context.Context, messageID string) (ours bool, err error) {
	err = d.readOneAlong(ctx, func(tx store.Tx) error {
		_, err := tx.LetterByMessageID(messageID)
		ours = err == nil
		return unlessNotFound(err)
	})
	return ours, err
}
