package desk

import (
	"context"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/mail"
	"github.com/oknodesk/okno/internal/secret"
)

// RegistrationLasts is for how long a confirmation link is good (spec R27).
const RegistrationLasts = 48 * time.Hour

// registrationKept is for how long the letter of a registration that nobody
// confirmed can be sent again.
const registrationKept = 14 * 24 * time.Hour

// Registration is an account that a visitor asks for.
type Registration struct {
	Key                            string // submission key
	Name, Address, Phone, Password string
	Lang                           string // of the page
}

// Unconfirmed is the refusal to let in whoever knows the right password of an
// account that is not confirmed (spec R28).
var Unconfirmed = okno.Refuse(okno.Invalid, "error.unconfirmed")

// Register keeps what a visitor asks for until the owner of the address
// confirms it (ConfirmRegistration), and has a letter sent to it. What it does
// and how long that takes is the same whether or not the address is known; only
// the letter knows.
func (d *Desk) Register(ctx context.Context, r Registration) error {
	if err := r.check(); err != nil {
		return err
	}
	hash, err := secret.HashPassword(ctx, r.Password)
	if err := busy(err); err != nil {
		return err
	}
	return d.once(ctx, r.Key, func(tx store.Tx) (string, error) {
		row := store.Registration{
			Address: r.Address, Folded: mail.Fold(r.Address), Name: r.Name, Phone: r.Phone, Lang: r.Lang, Password: hash, Created: d.Now(),
		}
		if err := tx.AddRegistration(&row); err != nil {
			return "", err
		}
		e := okno.NewEvent(okno.RegistrationAsked, okno.EventData{})
		e.Subject = row.ID
		return "asked", d.record(tx, okno.Nobody(r.Lang), nil, e)
	}, func(string) error { return nil })
}

func (r *Registration) check() error {
	r.Name, r.Phone = strings.TrimSpace(r.Name), strings.TrimSpace(r.Phone)
	var wrong okno.Errors
	address, err := checkAddress("email", r.Address)
	for _, err := range []error{okno.CheckName("name", r.Name), err, okno.CheckPhone("phone", r.Phone), checkPassword(r.Password)} {
		if err := wrong.Add(err); err != nil {
			return err
		}
	}
	r.Address = address
	return wrong.Err()
}

// AddressJob is the duty to act for whoever has an address. It is put whether
// or not anybody has it, so that answer and time tell nothing.
type AddressJob struct {
	Sealed []byte `json:"sealed"` // address; never in the clear, it may be a stranger's
	Lang   string `json:"lang"`
}

// RegistrationJobKind is the kind of the job that RegisterAgain puts.
const RegistrationJobKind = "registration"

// RegisterAgain asks for the confirmation letter once more. It never says
// whether there is anything to confirm.
func (d *Desk) RegisterAgain(ctx context.Context, lang, address string) error {
	return d.askFor(ctx, RegistrationJobKind, lang, address)
}

// askFor puts the duty of a kind for an address that anyone may have typed.
func (d *Desk) askFor(ctx context.Context, kind, lang, address string) error {
	address, err := checkAddress("email", address)
	var wrong okno.Errors
	if err := wrong.Add(err); err != nil {
		return err
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	sealed := d.letters.Seal([]byte(mail.Fold(address)), kind)
	return d.write(ctx, func(tx store.Tx) error {
		return jobs.Put(tx.Tx, d.Now(), jobs.New{Kind: kind, V: 1, Payload: AddressJob{Sealed: sealed, Lang: lang}})
	})
}

// RegistrationWanted works off a job of RegisterAgain: the address's latest
// registration is told of once more; without one nothing happens.
func (d *Desk) RegistrationWanted(ctx context.Context, j AddressJob) error {
	folded, err := d.letters.Open(j.Sealed, RegistrationJobKind)
	if err != nil {
		return err
	}
	return d.write(ctx, func(tx store.Tx) error {
		r, err := tx.LastRegistration(string(folded), d.Now().Add(-registrationKept))
		if okno.ReasonOf(err) == okno.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		e := okno.NewEvent(okno.RegistrationAsked, okno.EventData{Reason: "again"})
		e.Subject = r.ID
		return d.record(tx, okno.System(), nil, e)
	})
}

// RegistrationLink makes the link of a confirmation letter.
func (d *Desk) RegistrationLink(registration int64) LinkToken {
	return d.confirmationLink(store.LinkRegistration, registration)
}

func (d *Desk) confirmationLink(purpose store.Purpose, subject int64) LinkToken {
	t := d.linkToken(purpose, 0, 0, RegistrationLasts)
	t.link.Subject = subject
	return t
}

// spendable is a link of a purpose that can still be spent, or
// okno.ErrNotFound.
func (d *Desk) spendable(tx store.Tx, purpose store.Purpose, link string) (store.Link, error) {
	l, err := tx.LinkByHash(secret.HashToken(link))
	if err == nil && (l.Purpose != purpose || !l.Used.IsZero() || !d.Now().Before(l.Expires)) {
		return l, okno.ErrNotFound
	}
	return l, err
}

// orNotFound is why something could not be done: err, else that it is no
// longer there.
func orNotFound(err error) error {
	if err == nil {
		return okno.ErrNotFound
	}
	return err
}

// registrationOf is what a confirmation link completes. Once the address has
// an account there is nothing to complete.
func (d *Desk) registrationOf(tx store.Tx, link string) (l store.Link, r store.Registration, err error) {
	if l, err = d.spendable(tx, store.LinkRegistration, link); err != nil {
		return l, r, err
	}
	if r, err = tx.Registration(l.Subject); err != nil {
		return l, r, err
	}
	p, err := tx.PersonByAddress(r.Folded)
	if okno.ReasonOf(err) == okno.NotFound {
		return l, r, nil
	}
	if err != nil {
		return l, r, err
	}
	switch _, err = tx.AccountOf(p.ID); {
	case err == nil, !p.Disabled.IsZero():
		return l, r, okno.ErrNotFound
	case okno.ReasonOf(err) == okno.NotFound:
		return l, r, nil
	}
	return l, r, err
}

// RegisteredAddress is the address that a confirmation link confirms, or
// okno.ErrNotFound when there is nothing to confirm (any more). It changes
// nothing: mail scanners follow links.
func (d *Desk) RegisteredAddress(ctx context.Context, link string) (address string, err error) {
	err = d.read(ctx, func(tx store.Tx) error {
		_, r, err := d.registrationOf(tx, link)
		address = r.Address
		return err
	})
	return address, err
}

// ConfirmRegistration makes the account and signs in. The link shows that the
// address is his, the password that it was he who registered: a stranger who
// typed the address knows no link, and whoever follows a link that a stranger
// caused does not know the password. A known person without an account keeps
// all his tickets.
func (d *Desk) ConfirmRegistration(ctx context.Context, link, password, token, browser string) (string, error) {
	var r store.Registration
	if err := d.read(ctx, func(tx store.Tx) (err error) {
		_, r, err = d.registrationOf(tx, link)
		return err
	}); err != nil {
		return "", err
	}
	ok, _, err := secret.VerifyPassword(ctx, r.Password, password)
	if err := busy(err); err != nil {
		return "", err
	}
	if !ok {
		return "", okno.Errors{{Reason: okno.Invalid, Key: "error.password.registration", Field: "password"}}
	}
	var a store.Account
	err = d.write(ctx, func(tx store.Tx) (err error) {
		a, err = d.confirmIn(tx, link)
		return err
	})
	if err != nil {
		return "", err
	}
	return d.enter(ctx, a, false, token, browser)
}

func (d *Desk) confirmIn(tx store.Tx, link string) (a store.Account, err error) {
	l, r, err := d.registrationOf(tx, link)
	if err != nil {
		return a, err
	}
	if spent, err := tx.SpendLink(l.ID, d.Now()); err != nil || !spent {
		return a, orNotFound(err)
	}
	person, err := d.personOf(tx, r.Name, r.Address, r.Phone, r.Lang)
	if err != nil {
		return a, err
	}
	p, err := tx.Person(person)
	if err != nil {
		return a, err
	}
	// He has shown that he is who he says: what he says of himself counts.
	p.Name = r.Name
	if r.Phone != "" {
		p.Phone = r.Phone
	}
	if r.Lang != "" {
		p.Lang = r.Lang
	}
	if err := d.savePerson(tx, &p); err != nil {
		return a, err
	}
	if err := tx.ConfirmAddresses(p.ID, r.Folded, d.Now()); err != nil {
		return a, err
	}
	a = store.Account{Person: p.ID, Login: r.Address, Folded: r.Folded, Password: r.Password, Changed: d.Now()}
	err = tx.SetAccount(a)
	if db.IsUnique(err, "account.folded") {
		return a, okno.ErrNotFound // the address is someone else's login name
	}
	if err != nil {
		return a, err
	}
	if err := tx.DropRegistrations(r.Folded); err != nil {
		return a, err
	}
	e := okno.NewEvent(okno.PersonRegistered, okno.EventData{Person: p.ID})
	e.Subject = int64(p.ID)
	return a, d.record(tx, okno.Actor{Person: p.ID, Door: okno.DoorPortal}, nil, e)
}

// refuseSignIn says why a login and a password let nobody in. Whoever knows
// the password of a registration hears that it is not confirmed, whether or
// not the address has an account beside it; the work is the same for all.
func (d *Desk) refuseSignIn(ctx context.Context, login, password string) error {
	var r store.Registration
	err := d.read(ctx, func(tx store.Tx) (err error) {
		r, err = tx.LastRegistration(foldLogin(login), d.Now().Add(-registrationKept))
		return err
	})
	if okno.ReasonOf(err) == okno.NotFound {
		if err := busy(secret.VerifyNothing(ctx, password)); err != nil {
			return err
		}
		return errSignIn
	}
	if err != nil {
		return err
	}
	ok, _, err := secret.VerifyPassword(ctx, r.Password, password)
	if err := busy(err); err != nil {
		return err
	}
	if ok {
		return Unconfirmed
	}
	return errSignIn
}
