package desk

import (
	"context"
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/mail"
	"github.com/oknodesk/okno/internal/secret"
)

// Entry is a link that leads to a first or a new password.
type Entry struct {
	Person okno.Person
	Login  string
	First  bool // an invitation, not a reset
}

// Entry is what an invitation's or a reset's link leads to, or
// okno.ErrNotFound when it was used or has expired. It changes nothing: mail
// scanners follow links.
func (d *Desk) Entry(ctx context.Context, link string) (Entry, error) {
	var e Entry
	err := d.read(ctx, func(tx store.Tx) error {
		l, err := d.entryLink(tx, link)
		if err != nil {
			return err
		}
		e.First = l.Purpose == store.LinkInvite
		if e.Person, err = tx.Person(l.Person); err != nil {
			return err
		}
		a, err := tx.AccountOf(l.Person)
		e.Login = a.Login
		return err
	})
	return e, err
}

func (d *Desk) entryLink(tx store.Tx, link string) (store.Link, error) {
	l, err := tx.LinkByHash(secret.HashToken(link))
	if err != nil {
		return l, err
	}
	if l.Purpose != store.LinkInvite && l.Purpose != store.LinkReset || !l.Used.IsZero() || !d.Now().Before(l.Expires) {
		return l, okno.ErrNotFound
	}
	return l, nil
}

// UseEntry spends the link by setting the password that was chosen, ends all
// the person's sessions and signs in. Whoever has the link has shown that the
// address is his.
func (d *Desk) UseEntry(ctx context.Context, link, password, token, browser string) (string, error) {
	var l store.Link
	var a store.Account
	if err := d.read(ctx, func(tx store.Tx) (err error) {
		if l, err = d.entryLink(tx, link); err != nil {
			return err
		}
		a, err = tx.AccountOf(l.Person)
		return err
	}); err != nil {
		return "", err
	}
	by := okno.Actor{Door: okno.DoorPortal, Person: l.Person}
	err := d.setPassword(ctx, by, a, password, 0, func(tx store.Tx) error {
		spent, err := tx.SpendLink(l.ID, d.Now())
		if err == nil && !spent {
			return okno.ErrNotFound
		}
		if err != nil {
			return err
		}
		p, err := tx.Person(l.Person)
		if err != nil {
			return err
		}
		return tx.ConfirmAddresses(p.ID, mail.Fold(p.Address), d.Now())
	})
	if err != nil {
		return "", err
	}
	return d.enter(ctx, store.Account{Person: l.Person}, false, token, browser)
}

// ResetByConsole makes a one-time password link for whoever has the address
// or login name, for the console where no mail leaves. It returns the token.
func (d *Desk) ResetByConsole(ctx context.Context, login string) (string, error) {
	var token string
	err := d.write(ctx, func(tx store.Tx) error {
		a, err := tx.AccountByLogin(foldLogin(login))
		if err != nil {
			return err
		}
		e := okno.NewEvent(okno.ResetAsked, okno.EventData{Person: a.Person, Silent: true})
		e.Subject = int64(a.Person)
		if token, err = d.newLink(tx, store.LinkReset, a.Person, 0, resetLasts); err != nil {
			return err
		}
		return d.record(tx, okno.Console(), nil, e)
	})
	return token, err
}

// Setup is what the first start asks for.
type Setup struct {
	Name, Address, Password string
	Company, Product        string
	Support                 string // the first mailbox's address
	Lang, Zone              string
}

// NeedsSetup reports whether there is no administrator yet.
func (d *Desk) NeedsSetup(ctx context.Context) (bool, error) {
	c, err := d.config(ctx)
	return err == nil && !c.setUp, err
}

// SetupLink is a token for the page that asks the same as the setup command,
// good for one hour; it is printed to the console and to nowhere else.
func (d *Desk) SetupLink(ctx context.Context) (token string, err error) {
	err = d.write(ctx, func(tx store.Tx) error {
		token, err = d.newLink(tx, store.LinkSetup, 0, 0, setupLasts)
		return err
	})
	return token, err
}

// CheckSetupLink refuses a setup link that is not, or is no longer, good.
func (d *Desk) CheckSetupLink(ctx context.Context, link string) error {
	return d.read(ctx, func(tx store.Tx) error {
		_, err := d.setupLink(tx, link)
		return err
	})
}

func (d *Desk) setupLink(tx store.Tx, link string) (store.Link, error) {
	l, err := tx.LinkByHash(secret.HashToken(link))
	if err == nil && (l.Purpose != store.LinkSetup || !l.Used.IsZero() || !d.Now().Before(l.Expires)) {
		return l, okno.ErrNotFound
	}
	return l, err
}

// SetUp makes the first administrator, the settings, the first department and
// the support mailbox; it fails once there is an administrator, in the same
// transaction. link is a setup link's token; the console needs none.
func (d *Desk) SetUp(ctx context.Context, by okno.Actor, link string, s Setup) error {
	if err := s.check(); err != nil {
		return err
	}
	hash, err := secret.HashPassword(ctx, s.Password)
	if err := busy(err); err != nil {
		return err
	}
	return d.write(ctx, func(tx store.Tx) error {
		if any, err := tx.AnyAdmin(); err != nil || any {
			if err == nil {
				err = okno.Refuse(okno.Conflict, "error.setup.done")
			}
			return err
		}
		if !by.Trusted() {
			l, err := d.setupLink(tx, link)
			if err != nil {
				return err
			}
			if _, err := tx.SpendLink(l.ID, d.Now()); err != nil {
				return err
			}
		}
		d.reconfigure(tx)
		return d.setUpIn(tx, by, s, hash)
	})
}

func (s *Setup) check() error {
	var wrong okno.Errors
	for _, err := range []error{okno.CheckName("name", strings.TrimSpace(s.Name)), checkPassword(s.Password)} {
		if err := wrong.Add(err); err != nil {
			return err
		}
	}
	addr, err := checkAddress("email", s.Address)
	if err := wrong.Add(err); err != nil {
		return err
	}
	support, err := checkAddress("support", s.Support)
	if err := wrong.Add(err); err != nil {
		return err
	}
	if len(wrong) == 0 && mail.Fold(addr) == mail.Fold(support) {
		wrong = append(wrong, &okno.Error{Reason: okno.Invalid, Key: "error.support.own", Field: "support"})
	}
	s.Address, s.Support = addr, support
	if s.Lang != "ru" {
		s.Lang = "en"
	}
	return wrong.Err()
}

func (d *Desk) setUpIn(tx store.Tx, by okno.Actor, s Setup, hash string) error {
	now := d.Now()
	settings := okno.DefaultSettings(s.Lang)
	settings.Company = strings.TrimSpace(s.Company)
	if s.Product != "" {
		settings.Product = strings.TrimSpace(s.Product)
	}
	if s.Zone != "" {
		settings.Zone = s.Zone
	}
	if err := tx.SaveSettings(settings); err != nil {
		return err
	}
	for i, k := range okno.StatusKinds {
		if err := tx.AddStatus(&okno.Status{Kind: k, Names: map[string]string{}, Position: i}); err != nil {
			return err
		}
	}
	dep := okno.Department{Ref: okno.Ref(secret.NewRef()), Name: map[string]string{"ru": "Поддержка", "en": "Support"}[s.Lang]}
	if err := tx.AddDepartment(&dep, now); err != nil {
		return err
	}
	var admin okno.Role
	for _, name := range []string{"agent", "admin"} {
		r := okno.Role{Ref: okno.Ref(secret.NewRef()), Name: name, BuiltIn: name, Permissions: okno.RolePermissions(name)}
		if err := tx.AddRole(&r); err != nil {
			return err
		}
		admin = r
	}
	p := okno.Person{Ref: okno.Ref(secret.NewRef()), Name: strings.TrimSpace(s.Name), Lang: s.Lang, Agent: true, Created: now}
	if err := tx.AddPerson(&p); err != nil {
		return err
	}
	if err := tx.AddAddress(&okno.Address{Person: p.ID, Address: s.Address, Folded: mail.Fold(s.Address), Confirmed: now}, now); err != nil {
		return err
	}
	if err := tx.SetAccount(store.Account{Person: p.ID, Login: s.Address, Folded: mail.Fold(s.Address), Password: hash, Changed: now}); err != nil {
		return err
	}
	if err := tx.SetGrants(p.ID, []okno.Grant{{Person: p.ID, Role: admin.ID}}); err != nil {
		return err
	}
	box := store.Mailbox{Mailbox: okno.Mailbox{Ref: okno.Ref(secret.NewRef()), Address: s.Support, Folded: mail.Fold(s.Support), Department: dep.ID, Lang: s.Lang}}
	if err := tx.AddMailbox(&box, now); err != nil {
		return err
	}
	return d.record(tx, by, nil, okno.NewEvent(okno.DeskSetUp, okno.EventData{Person: p.ID}))
}

// taken turns a unique violation of a column into the refusal of a field.
func taken(err error, column, field string) error {
	if db.IsUnique(err, column) {
		return okno.Errors{{Reason: okno.Invalid, Key: "error.taken", Field: field}}
	}
	return err
}
