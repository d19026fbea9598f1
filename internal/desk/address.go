package desk

import (
	"context"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/mail"
	"github.com/oknodesk/okno/internal/secret"
)

// checkAddress is okno.CheckAddress of what can be compared, too: two addresses
// that cannot would be one person's.
func checkAddress(field, s string) (string, error) {
	address, err := okno.CheckAddress(field, s)
	if err == nil && mail.Fold(address) == "" {
		return "", &okno.Error{Reason: okno.Invalid, Key: "error.address.wrong", Field: field}
	}
	return address, err
}

// AskAddress has a link mailed to a new address of the actor's, which counts
// once it is confirmed (ConfirmAddress). Whoever asks shows his password:
// where the letters go, a new password goes too. That the address is someone
// else's is told to its owner only.
func (d *Desk) AskAddress(ctx context.Context, by okno.Actor, present, address string) error {
	if err := himself(by); err != nil {
		return err
	}
	var wrong okno.Errors
	address, err := checkAddress("email", address)
	if err := wrong.Add(err); err != nil {
		return err
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	var a store.Account
	if err := d.read(ctx, func(tx store.Tx) (err error) {
		a, err = tx.AccountOf(by.Person)
		return err
	}); err != nil {
		return err
	}
	ok, _, err := secret.VerifyPassword(ctx, a.Password, present)
	if err := busy(err); err != nil {
		return err
	}
	if !ok {
		return okno.Errors{{Reason: okno.Invalid, Key: "error.password.present", Field: "present"}}
	}
	return d.write(ctx, func(tx store.Tx) error {
		c := store.AddressChange{Person: by.Person, Address: address, Folded: mail.Fold(address), Created: d.Now()}
		if err := tx.AddAddressChange(&c); err != nil {
			return err
		}
		e := okno.NewEvent(okno.AddressAsked, okno.EventData{Person: by.Person})
		e.Subject = c.ID
		return d.record(tx, by, nil, e)
	})
}

// AddressConfirmationLink makes the link of a letter that confirms a new
// address.
func (d *Desk) AddressConfirmationLink(change int64) LinkToken {
	return d.confirmationLink(store.LinkAddress, change)
}

func (d *Desk) addressChangeOf(tx store.Tx, link string) (l store.Link, c store.AddressChange, err error) {
	if l, err = d.spendable(tx, store.LinkAddress, link); err != nil {
		return l, c, err
	}
	if c, err = tx.AddressChange(l.Subject); err != nil {
		return l, c, err
	}
	p, err := tx.Person(c.Person)
	if err == nil && !p.Disabled.IsZero() {
		err = okno.ErrNotFound
	}
	return l, c, err
}

// NewAddress is the address that a link confirms, or okno.ErrNotFound when
// there is nothing to confirm (any more). It changes nothing.
func (d *Desk) NewAddress(ctx context.Context, link string) (address string, err error) {
	err = d.read(ctx, func(tx store.Tx) error {
		_, c, err := d.addressChangeOf(tx, link)
		address = c.Address
		return err
	})
	return address, err
}

// ConfirmAddress puts the new address in the place of the person's first one,
// of his login too where that was the address. Links that were mailed to the
// former address stop working.
func (d *Desk) ConfirmAddress(ctx context.Context, link string) error {
	return d.write(ctx, func(tx store.Tx) error {
		l, c, err := d.addressChangeOf(tx, link)
		if err != nil {
			return err
		}
		if spent, err := tx.SpendLink(l.ID, d.Now()); err != nil || !spent {
			return orNotFound(err)
		}
		addresses, err := tx.AddressesOf(c.Person)
		if err != nil {
			return err
		}
		if len(addresses) == 0 {
			return okno.ErrNotFound
		}
		if err := d.replaceAddress(tx, c, addresses[0]); err != nil {
			return err
		}
		for _, purpose := range []store.Purpose{store.LinkInvite, store.LinkReset, store.LinkAccess} {
			if err := tx.DropLinks(c.Person, purpose); err != nil {
				return err
			}
		}
		e := okno.NewEvent(okno.AddressChanged, okno.EventData{Person: c.Person})
		e.Subject = c.ID
		return d.record(tx, okno.Actor{Person: c.Person, Door: okno.DoorPortal}, nil, e)
	})
}

// replaceAddress is okno.ErrNotFound when the new address has become someone
// else's meanwhile.
func (d *Desk) replaceAddress(tx store.Tx, c store.AddressChange, first okno.Address) error {
	err := tx.CompleteAddressChange(c, first, d.Now())
	if db.IsUnique(err, "address.folded") {
		return okno.ErrNotFound
	}
	if err != nil {
		return err
	}
	a, err := tx.AccountOf(c.Person)
	if okno.ReasonOf(err) == okno.NotFound || err == nil && a.Folded != first.Folded {
		return nil
	}
	if err != nil {
		return err
	}
	a.Login, a.Folded = c.Address, c.Folded
	err = tx.SetAccount(a)
	if db.IsUnique(err, "account.folded") {
		return okno.ErrNotFound
	}
	return err
}
