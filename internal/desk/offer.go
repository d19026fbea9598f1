package desk

import (
	"context"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/secret"
)

// ContactForm is what a company's administrator says about a new contact.
type ContactForm struct {
	Name, Address   string
	Code, Phone     string // country code apart ("+375", "29 625 48 95"); no Phone: none
	Login, Password string
	Administrator   bool
	Lang            string // of the page, for the invitation
}

// ProposeContact is the form of a new contact with a login name that is free,
// a password that nobody knows yet and the country code of the company.
func (d *Desk) ProposeContact(ctx context.Context, by okno.Actor, company okno.Ref) (okno.Company, ContactForm, error) {
	f := ContactForm{Password: secret.GeneratePassword()}
	var c okno.Company
	err := d.read(ctx, func(tx store.Tx) (err error) {
		if c, err = managed(tx, by, company); err != nil {
			return err
		}
		f.Login = c.Number + "-" + secret.NewRef()[:5]
		f.Code = phoneCode(c.Country)
		return nil
	})
	return c, f, err
}

// offer is a place in a company on its way to somebody: all that takes time is
// done.
type offer struct {
	ContactForm
	ref    okno.Ref
	phone  string
	hash   string
	sealed []byte
	first  bool // the company's first administrator
}

// issue prepares an offer: the password is hashed, and sealed for the letter
// that will carry it.
func (d *Desk) issue(ctx context.Context, f ContactForm) (offer, error) {
	o := offer{ContactForm: f, ref: okno.Ref(secret.NewRef()), first: strings.HasPrefix(f.Login, okno.AdminLogin)}
	hash, err := secret.HashPassword(ctx, f.Password)
	if err := busy(err); err != nil {
		return o, err
	}
	o.hash, o.sealed = hash, d.letters.Seal([]byte(f.Password), issuedFor(o.ref))
	return o, nil
}

// issuedFor binds a sealed password to the contact whose letter will carry it.
func issuedFor(contact okno.Ref) string { return "issued/" + string(contact) }

// AddContact offers someone a place in a company (spec R63). Who is not known
// yet gets an account with the issued password; the owner of an address that
// is known is asked by letter to join. What can be seen of it is the same.
func (d *Desk) AddContact(ctx context.Context, by okno.Actor, key string, company okno.Ref, f ContactForm) error {
	var c okno.Company
	if err := d.read(ctx, func(tx store.Tx) (err error) {
		c, err = managed(tx, by, company)
		return err
	}); err != nil {
		return err
	}
	phone, err := f.check()
	if err != nil {
		return err
	}
	o, err := d.issue(ctx, f)
	if err != nil {
		return err
	}
	o.phone = phone
	return d.once(ctx, key, func(tx store.Tx) (string, error) {
		return string(o.ref), d.offerPlace(tx, by, c, o)
	}, func(string) error { return nil })
}

// check names every field that is wrong.
func (f *ContactForm) check() (phone string, err error) {
	f.Name, f.Login = strings.TrimSpace(f.Name), strings.TrimSpace(f.Login)
	var wrong okno.Errors
	address, err := checkAddress("email", f.Address)
	phone, badPhone := checkPhone(f.Code, f.Phone)
	badPassword := checkPassword(f.Password)
	if f.Password == "" {
		badPassword = okno.Missing("password")
	}
	for _, err := range []error{okno.CheckName("name", f.Name), err, badPhone, okno.CheckLogin("login", f.Login), badPassword} {
		if err := wrong.Add(err); err != nil {
			return "", err
		}
	}
	f.Address = address
	return phone, wrong.Err()
}

// offerPlace keeps the offer with its fact, which a letter follows.
func (d *Desk) offerPlace(tx store.Tx, by okno.Actor, c okno.Company, o offer) error {
	id, known, err := d.personOrNew(tx, o.Name, o.Address, o.phone, o.Lang)
	if err != nil {
		return err
	}
	m := store.Contact{
		Ref: o.ref, Person: id, Company: c.ID, Administrator: o.Administrator,
		Name: o.Name, Login: o.Login, Folded: foldLogin(o.Login), Made: !known,
	}
	login, email := "login", "email"
	if o.first {
		login, email = "number", "admin_email"
	}
	if kept, err := tx.LoginKept(m.Folded); err != nil || kept {
		return refused(err, okno.Errors{{Reason: okno.Invalid, Key: "error.taken", Field: login}})
	}
	added, err := tx.AddContact(&m)
	if err != nil || !added {
		return refused(taken(err, "membership.folded", login), okno.Errors{{Reason: okno.Invalid, Key: "error.contact.already", Field: email}})
	}
	if known {
		return d.told(tx, by, &m, okno.ContactAdded, okno.ContactAsked, nil)
	}
	if err := d.issueAccount(tx, &m, o.hash); err != nil {
		return taken(err, "account.folded", login)
	}
	return d.told(tx, by, &m, okno.ContactAdded, okno.ContactMade, o.sealed)
}

// refused is a failure, else why something was refused.
func refused(failure error, why error) error {
	if failure != nil {
		return failure
	}
	return why
}

// issueAccount gives a contact an account whose password is good for the
// first entry only.
func (d *Desk) issueAccount(tx store.Tx, m *store.Contact, hash string) error {
	return tx.SetAccount(store.Account{
		Person: m.Person, Login: m.Login, Folded: m.Folded, Password: hash, MustChange: true, Expires: d.Now().Add(issuedLasts), Changed: d.Now(),
	})
}

// InviteContact mails a contact who has not come in yet a new invitation; the
// earlier ones stop working.
func (d *Desk) InviteContact(ctx context.Context, by okno.Actor, ref okno.Ref) error {
	password := secret.GeneratePassword()
	if !by.ManagesAnyContacts() && !by.MayManage(okno.ManageCompanies) {
		return okno.ErrNotFound // before anything that takes time
	}
	hash, err := secret.HashPassword(ctx, password)
	if err := busy(err); err != nil {
		return err
	}
	sealed := d.letters.Seal([]byte(password), issuedFor(ref))
	return d.changeContact(ctx, by, ref, func(tx store.Tx, m *store.Contact) error {
		if !m.State().Waits() {
			return okno.Refuse(okno.Conflict, "error.contact.notinvited")
		}
		if err := tx.MarkInvitation(m.Person, m.Company, time.Time{}); err != nil {
			return err
		}
		if err := d.revokeOffer(tx, m); err != nil {
			return err
		}
		if !m.Made {
			return d.told(tx, by, m, okno.ContactInvited, okno.ContactAsked, nil)
		}
		if err := d.issueAccount(tx, m, hash); err != nil {
			return err
		}
		return d.told(tx, by, m, okno.ContactInvited, okno.ContactMade, sealed)
	})
}

// revokeOffer makes the invitations of a contact useless, and ends the
// sessions that an issued password has begun.
func (d *Desk) revokeOffer(tx store.Tx, m *store.Contact) error {
	if err := tx.DropJoinLinks(m.Person, m.Company); err != nil || !m.Made || !m.Joined.IsZero() {
		return err
	}
	if err := tx.DropLinks(m.Person, store.LinkInvite); err != nil {
		return err
	}
	a, err := tx.AccountOf(m.Person)
	if err != nil {
		return err
	}
	a.Expires = d.Now()
	if err := tx.SetAccount(a); err != nil {
		return err
	}
	return d.endSessions(tx, m.Person)
}

// noticeContact adds the company of a contact's fact, and the password that it
// issued.
func (d *Desk) noticeContact(tx store.Tx, n *Notice) error {
	if n.Event.Kind != okno.ContactAdded && n.Event.Kind != okno.ContactInvited {
		return nil
	}
	var err error
	if n.Company, err = tx.Company(okno.CompanyID(n.Event.Subject)); err != nil {
		return err
	}
	sealed, err := tx.Issued(n.Event.ID)
	if err != nil || sealed == nil {
		return err
	}
	m, err := tx.ContactOf(n.Event.Data.Person, n.Company.ID)
	if err != nil {
		return err
	}
	password, err := d.letters.Open(sealed, issuedFor(m.Ref))
	n.Password = string(password)
	return err
}
