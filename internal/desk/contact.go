package desk

import (
	"context"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// ContactList is a page of a company's contacts.
type ContactList struct {
	Company  okno.Company
	Contacts []okno.Contact
	Next     okno.Ref // where the next page begins; "": this was the last
}

// managed is the company of that name if the actor manages its contacts: its
// administrators do, and agents with the right. To others it is not there.
func managed(tx store.Tx, by okno.Actor, ref okno.Ref) (okno.Company, error) {
	c, err := tx.CompanyByRef(ref)
	if err == nil && !managesContacts(by, c.ID) {
		return okno.Company{}, okno.ErrNotFound
	}
	return c, err
}

func managesContacts(by okno.Actor, c okno.CompanyID) bool {
	return by.ManagesContacts(c) || by.MayManage(okno.ManageCompanies)
}

// ManagedCompanies are the companies whose contacts the actor manages as one
// of them, by name.
func (d *Desk) ManagedCompanies(ctx context.Context, by okno.Actor) ([]okno.Company, error) {
	all, err := d.OwnCompanies(ctx, by)
	var own []okno.Company
	for _, c := range all {
		if by.ManagesContacts(c.ID) {
			own = append(own, c)
		}
	}
	if err == nil && len(own) == 0 {
		err = okno.ErrNotFound
	}
	return own, err
}

// Contacts is a page of a company's contacts, after one of them ("": from the
// first). Nothing but what is listed can be learnt of them (spec R64).
func (d *Desk) Contacts(ctx context.Context, by okno.Actor, company, after okno.Ref) (ContactList, error) {
	var list ContactList
	err := d.read(ctx, func(tx store.Tx) (err error) {
		if list.Company, err = managed(tx, by, company); err != nil {
			return err
		}
		var from okno.PersonID
		if after != "" {
			c, err := tx.ContactByRef(after)
			if err != nil || c.Company != list.Company.ID {
				return orNotFound(err)
			}
			from = c.Person
		}
		rows, err := tx.Contacts(list.Company.ID, from, pageRows+1)
		list.Contacts, list.Next = nil, ""
		for i, r := range rows {
			if i == pageRows {
				list.Next = rows[i-1].Ref
				break
			}
			name := r.Name
			if !r.Joined.IsZero() {
				name = r.PersonName
			}
			list.Contacts = append(list.Contacts, okno.Contact{Ref: r.Ref, Name: name, State: r.State(), Administrator: r.Administrator})
		}
		return err
	})
	return list, err
}

// told records a fact about a contact with the sealed password that its letter
// will carry; nil: none.
func (d *Desk) told(tx store.Tx, by okno.Actor, m *store.Contact, kind okno.EventKind, reason string, sealed []byte) error {
	facts := []okno.Event{okno.NewEvent(kind, okno.EventData{Person: m.Person, Reason: reason})}
	facts[0].Subject = int64(m.Company)
	if err := d.record(tx, by, nil, facts...); err != nil || sealed == nil {
		return err
	}
	return tx.KeepIssued(facts[0].ID, sealed, d.Now())
}

// changeContact is change for a place in a company.
func (d *Desk) changeContact(ctx context.Context, by okno.Actor, ref okno.Ref, fn func(tx store.Tx, m *store.Contact) error) error {
	return d.write(ctx, func(tx store.Tx) error {
		m, err := tx.ContactByRef(ref)
		if err != nil {
			return err
		}
		if !managesContacts(by, m.Company) {
			return okno.ErrNotFound
		}
		if err := tx.LockCompany(m.Company); err != nil {
			return err
		}
		if m, err = tx.ContactByRef(ref); err != nil { // as it stands now that nobody else changes it
			return err
		}
		return fn(tx, &m)
	})
}

func (d *Desk) endSessions(tx store.Tx, p okno.PersonID) error {
	sessions, err := tx.SessionsOf(p)
	for _, s := range sessions {
		if err := d.endSession(tx, s); err != nil {
			return err
		}
	}
	return err
}

// errLastAdministrator keeps a company from having none (spec R62).
var errLastAdministrator = okno.Refuse(okno.Conflict, "error.lastcompanyadmin")

// stepDown refuses what would leave the company without an administrator.
func stepDown(tx store.Tx, m *store.Contact) error {
	if !m.Administrator || !m.Disabled.IsZero() {
		return nil
	}
	other, err := tx.OtherAdministrator(m.Company, m.Person, !m.Joined.IsZero())
	if err == nil && !other {
		err = errLastAdministrator
	}
	return err
}

// DisableContact shuts a contact out of the company, or lets him in again. Of
// an invited one the invitations stop working.
func (d *Desk) DisableContact(ctx context.Context, by okno.Actor, ref okno.Ref, disabled bool) error {
	return d.changeContact(ctx, by, ref, func(tx store.Tx, m *store.Contact) error {
		if disabled == !m.Disabled.IsZero() {
			return nil
		}
		reason := "enabled"
		if disabled {
			reason = "disabled"
			if err := stepDown(tx, m); err != nil {
				return err
			}
			if err := d.revokeOffer(tx, m); err != nil {
				return err
			}
		}
		m.Disabled = time.Time{}
		if disabled {
			m.Disabled = d.Now()
		}
		return d.saveContact(tx, by, m, reason)
	})
}

// MakeCompanyAdmin gives a contact a company administrator's rights, or takes
// them; the last administrator keeps his.
func (d *Desk) MakeCompanyAdmin(ctx context.Context, by okno.Actor, ref okno.Ref, administrator bool) error {
	return d.changeContact(ctx, by, ref, func(tx store.Tx, m *store.Contact) error {
		if administrator == m.Administrator {
			return nil
		}
		reason := "promoted"
		if !administrator {
			reason = "demoted"
			if err := stepDown(tx, m); err != nil {
				return err
			}
		}
		m.Administrator = administrator
		return d.saveContact(tx, by, m, reason)
	})
}

// saveContact keeps a contact whose rights have changed and tells his open
// pages to find out.
func (d *Desk) saveContact(tx store.Tx, by okno.Actor, m *store.Contact, reason string) error {
	if err := tx.SaveContact(m); err != nil {
		return err
	}
	barred, err := tx.Barred(m.Person)
	if err != nil {
		return err
	}
	if barred {
		if err := d.endSessions(tx, m.Person); err != nil {
			return err
		}
	}
	tx.Announce(LiveTopic, rightsChanged(m.Person))
	return d.told(tx, by, m, okno.ContactChanged, reason, nil)
}

// ContactPerson is whoever has a contact's place, for the agent who corrects
// his data; a company's administrators never see it (spec R64).
func (d *Desk) ContactPerson(ctx context.Context, by okno.Actor, ref okno.Ref) (okno.Person, error) {
	var p okno.Person
	if !by.MayManage(okno.ManageCompanies) {
		return p, okno.ErrForbidden
	}
	err := d.read(ctx, func(tx store.Tx) error {
		m, err := tx.ContactByRef(ref)
		if err == nil {
			p, err = tx.Person(m.Person)
		}
		return err
	})
	return p, err
}

// CorrectContact changes a contact's name and phone over the version that was
// seen. Those of agents are the administrator's who manages people.
func (d *Desk) CorrectContact(ctx context.Context, by okno.Actor, ref okno.Ref, name, phone string, version int64) error {
	var wrong okno.Errors
	for _, err := range []error{okno.CheckName("name", name), okno.CheckPhone("phone", phone)} {
		if err := wrong.Add(err); err != nil {
			return err
		}
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	return d.manage(ctx, by, okno.ManageCompanies, func(tx store.Tx) (int64, okno.Event, error) {
		m, err := tx.ContactByRef(ref)
		if err != nil {
			return 0, okno.Event{}, err
		}
		p, err := tx.Person(m.Person)
		if err != nil {
			return 0, okno.Event{}, err
		}
		if p.Agent && !by.MayManage(okno.ManagePeople) {
			return 0, okno.Event{}, okno.ErrForbidden
		}
		p.Name, p.Phone, p.Version = name, phone, version
		return int64(p.ID), okno.NewEvent(okno.PersonChanged, okno.EventData{Person: p.ID}), d.savePerson(tx, &p)
	})
}
