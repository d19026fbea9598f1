package desk

import (
	"context"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/mail"
	"github.com/oknodesk/okno/internal/secret"
)

// JoinLink makes the link by which a person who was known before joins a
// company.
func (d *Desk) JoinLink(p okno.PersonID, c okno.CompanyID) LinkToken {
	t := d.linkToken(store.LinkJoin, p, 0, issuedLasts)
	t.link.Subject = int64(c)
	return t
}

// placeOf is what a link to join leads to, or okno.ErrNotFound when it was
// used, has expired or is no longer meant.
func (d *Desk) placeOf(tx store.Tx, link string) (store.Link, store.Contact, error) {
	l, err := d.spendable(tx, store.LinkJoin, link)
	if err != nil {
		return l, store.Contact{}, err
	}
	m, err := tx.ContactOf(l.Person, okno.CompanyID(l.Subject))
	if err == nil && !m.State().Waits() {
		err = okno.ErrNotFound
	}
	return l, m, err
}

// Joining is the company that a link asks to join. It changes nothing: mail
// scanners follow links.
func (d *Desk) Joining(ctx context.Context, link string) (okno.Company, error) {
	var c okno.Company
	err := d.read(ctx, func(tx store.Tx) error {
		_, m, err := d.placeOf(tx, link)
		if err != nil {
			return err
		}
		c, err = tx.Company(m.Company)
		return err
	})
	return c, err
}

// Join spends the link: its person takes up his place in the company. Whoever
// has the link has shown that the address is his. Someone without an account
// gets one, and a link's token by which he chooses the first password; "": he
// has one.
func (d *Desk) Join(ctx context.Context, link string) (entry string, err error) {
	hash, err := secret.HashPassword(ctx, secret.GeneratePassword()) // nobody knows it
	if err := busy(err); err != nil {
		return "", err
	}
	err = d.write(ctx, func(tx store.Tx) error {
		l, m, err := d.placeOf(tx, link)
		if err != nil {
			return err
		}
		if spent, err := tx.SpendLink(l.ID, d.Now()); err != nil || !spent {
			return orNotFound(err)
		}
		p, err := tx.Person(m.Person)
		if err != nil {
			return err
		}
		if err := tx.ConfirmAddresses(p.ID, mail.Fold(p.Address), d.Now()); err != nil {
			return err
		}
		entry = ""
		if _, err = tx.AccountOf(p.ID); okno.ReasonOf(err) == okno.NotFound {
			if err := d.issueAccount(tx, &m, hash); err != nil {
				return err
			}
			entry, err = d.newLink(tx, store.LinkInvite, p.ID, 0, issuedLasts)
		}
		if err != nil {
			return err
		}
		return d.takePlace(tx, &m, "asked")
	})
	return entry, err
}

// takePlace makes a contact of whom a place was offered to.
func (d *Desk) takePlace(tx store.Tx, m *store.Contact, reason string) error {
	m.Joined, m.Login, m.Folded = d.Now(), "", ""
	if err := tx.SaveContact(m); err != nil {
		return err
	}
	tx.Announce(LiveTopic, rightsChanged(m.Person))
	return d.told(tx, okno.Actor{Person: m.Person, Door: okno.DoorPortal}, m, okno.ContactJoined, reason, nil)
}

// entered takes up the places that an account was made for, once its person
// has chosen his own password.
func (d *Desk) entered(tx store.Tx, p okno.PersonID) error {
	places, err := tx.MadePlaces(p)
	for i := range places {
		if err := d.takePlace(tx, &places[i], okno.ContactMade); err != nil {
			return err
		}
	}
	return err
}

// joinByDomain gives a person who came in a place in each company whose mail
// domain stands in an address that was shown to be his. Agents are the
// supplier's.
func (d *Desk) joinByDomain(tx store.Tx, p okno.PersonID) error {
	person, err := tx.Person(p)
	if err != nil || person.Agent {
		return err
	}
	addresses, err := tx.AddressesOf(p)
	if err != nil {
		return err
	}
	for _, a := range addresses {
		if a.Confirmed.IsZero() {
			continue
		}
		c, err := tx.CompanyOfDomain(mail.Domain(a.Folded))
		if err != nil || c == 0 {
			if err != nil {
				return err
			}
			continue
		}
		m := store.Contact{Ref: okno.Ref(secret.NewRef()), Person: p, Company: c, Joined: d.Now()}
		if added, err := tx.AddContact(&m); err != nil || !added {
			if err != nil {
				return err
			}
			continue
		}
		if err := d.takePlace(tx, &m, "domain"); err != nil {
			return err
		}
	}
	return nil
}

// barred reports whether a person may not come in because the company that
// his account was made for has shut him out.
func barred(tx store.Tx, p okno.Person) (bool, error) {
	if p.Agent {
		return false, nil
	}
	return tx.Barred(p.ID)
}
