package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/mail"
	"github.com/oknodesk/okno/internal/secret"
)

// Agent is a person with his place at the desk, as the administrator sees it.
type Agent struct {
	okno.Person
	Login  string
	Grants []AgentGrant
	// Invited: he has not chosen a password yet.
	Invited bool
}

// AgentGrant is one role of an agent by public names.
type AgentGrant struct {
	Role       okno.Role
	Department okno.Department // zero: all
}

// AgentForm is what an administrator says about an agent.
type AgentForm struct {
	Name, Address, Phone string
	Role                 okno.Ref
	Departments          []okno.Ref // none: all
	Disabled             bool
	Version              int64
}

// Roles are all roles.
func (d *Desk) Roles(ctx context.Context, by okno.Actor) ([]okno.Role, error) {
	if !by.MayManage(okno.ManagePeople) {
		return nil, okno.ErrForbidden
	}
	c, err := d.config(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Clone(c.roles), nil
}

// Agents are everyone who holds or held a role, by name.
func (d *Desk) Agents(ctx context.Context, by okno.Actor) ([]Agent, error) {
	if !by.MayManage(okno.ManagePeople) {
		return nil, okno.ErrForbidden
	}
	c, err := d.config(ctx)
	if err != nil {
		return nil, err
	}
	var agents []Agent
	err = d.read(ctx, func(tx store.Tx) error {
		people, err := tx.Agents()
		if err != nil {
			return err
		}
		grants, err := tx.Grants()
		if err != nil {
			return err
		}
		agents = nil
		for _, p := range people {
			a := Agent{Person: p}
			account, err := tx.AccountOf(p.ID)
			if err != nil && okno.ReasonOf(err) != okno.NotFound {
				return err
			}
			a.Login, a.Invited = account.Login, account.MustChange
			for _, g := range grants {
				if g.Person == p.ID {
					a.Grants = append(a.Grants, AgentGrant{Role: c.role(g.Role), Department: c.department(g.Department)})
				}
			}
			agents = append(agents, a)
		}
		return nil
	})
	return agents, err
}

// Agent is one agent by public name.
func (d *Desk) Agent(ctx context.Context, by okno.Actor, ref okno.Ref) (Agent, error) {
	agents, err := d.Agents(ctx, by)
	if err != nil {
		return Agent{}, err
	}
	i := slices.IndexFunc(agents, func(a Agent) bool { return a.Ref == ref })
	if i < 0 {
		return Agent{}, okno.ErrNotFound
	}
	return agents[i], nil
}

// grants reads a form's role and departments.
func (c *catalogue) grants(f AgentForm) ([]okno.Grant, error) {
	i := slices.IndexFunc(c.roles, func(r okno.Role) bool { return r.Ref == f.Role })
	if i < 0 {
		return nil, choice(okno.ErrNotFound, "role")
	}
	role := c.roles[i].ID
	if len(f.Departments) == 0 {
		return []okno.Grant{{Role: role}}, nil
	}
	var grants []okno.Grant
	for _, ref := range f.Departments {
		j := slices.IndexFunc(c.departments, func(x okno.Department) bool { return x.Ref == ref })
		if j < 0 {
			return nil, choice(okno.ErrNotFound, "department")
		}
		grants = append(grants, okno.Grant{Role: role, Department: c.departments[j].ID})
	}
	return grants, nil
}

// AddAgent gives a person a role and mails an invitation to choose a
// password. Someone who is a customer already becomes an agent too.
func (d *Desk) AddAgent(ctx context.Context, by okno.Actor, key string, f AgentForm) error {
	c, err := d.config(ctx)
	if err != nil {
		return err
	}
	var wrong okno.Errors
	f.Name = strings.TrimSpace(f.Name)
	address, err := checkAddress("email", f.Address)
	for _, err := range []error{err, okno.CheckName("name", f.Name)} {
		if err := wrong.Add(err); err != nil {
			return err
		}
	}
	grants, err := c.grants(f)
	if err := wrong.Add(err); err != nil {
		return err
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	if !by.MayManage(okno.ManagePeople) {
		return okno.ErrForbidden
	}
	// Nobody knows this password: the invitation's link sets the first one.
	hash, err := secret.HashPassword(ctx, secret.GeneratePassword())
	if err := busy(err); err != nil {
		return err
	}
	return d.once(ctx, key, func(tx store.Tx) (string, error) {
		id, err := d.personOf(tx, f.Name, address, f.Phone, "")
		if err != nil {
			return "", err
		}
		p, err := tx.Person(id)
		if err != nil {
			return "", err
		}
		if p.Agent {
			return "", okno.Errors{{Reason: okno.Invalid, Key: "error.taken", Field: "email"}}
		}
		p.Agent, p.Name = true, f.Name
		if err := d.savePerson(tx, &p); err != nil {
			return "", err
		}
		if err := tx.SetGrants(id, grants); err != nil {
			return "", err
		}
		if _, err := tx.AccountOf(id); okno.ReasonOf(err) == okno.NotFound {
			a := store.Account{Person: id, Login: address, Folded: mail.Fold(address), Password: hash, MustChange: true, Expires: d.Now().Add(issuedLasts), Changed: d.Now()}
			if err := taken(tx.SetAccount(a), "account.folded", "email"); err != nil {
				return "", err
			}
		} else if err != nil {
			return "", err
		}
		e := okno.NewEvent(okno.PersonAdded, okno.EventData{Person: id})
		e.Subject = int64(id)
		return string(p.Ref), d.record(tx, by, nil, e)
	}, func(string) error { return nil })
}

// InviteAgain mails a new invitation; the earlier ones stop working.
func (d *Desk) InviteAgain(ctx context.Context, by okno.Actor, ref okno.Ref) error {
	return d.manage(ctx, by, okno.ManagePeople, func(tx store.Tx) (int64, okno.Event, error) {
		p, err := tx.PersonByRef(ref)
		if err != nil {
			return 0, okno.Event{}, err
		}
		if err := tx.DropLinks(p.ID, store.LinkInvite); err != nil {
			return 0, okno.Event{}, err
		}
		return int64(p.ID), okno.NewEvent(okno.PersonAdded, okno.EventData{Person: p.ID, Reason: "again"}), nil
	})
}

// SaveAgent changes an agent's name, phone, roles and whether he may come in.
// The last administrator keeps his role.
func (d *Desk) SaveAgent(ctx context.Context, by okno.Actor, ref okno.Ref, f AgentForm) error {
	c, err := d.config(ctx)
	if err != nil {
		return err
	}
	var wrong okno.Errors
	f.Name = strings.TrimSpace(f.Name)
	if err := wrong.Add(okno.CheckName("name", f.Name)); err != nil {
		return err
	}
	grants, err := c.grants(f)
	if err := wrong.Add(err); err != nil {
		return err
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	return d.manage(ctx, by, okno.ManagePeople, func(tx store.Tx) (int64, okno.Event, error) {
		p, err := tx.PersonByRef(ref)
		if err != nil {
			return 0, okno.Event{}, err
		}
		p.Name, p.Phone, p.Version = f.Name, f.Phone, f.Version
		switch {
		case f.Disabled && p.Disabled.IsZero():
			p.Disabled = d.Now()
		case !f.Disabled:
			p.Disabled = time.Time{}
		}
		if err := d.savePerson(tx, &p); err != nil {
			return 0, okno.Event{}, err
		}
		if err := tx.SetGrants(p.ID, grants); err != nil {
			return 0, okno.Event{}, err
		}
		if any, err := tx.AnyAdmin(); err != nil || !any {
			if err == nil {
				err = okno.Errors{{Reason: okno.Conflict, Key: "error.lastadmin", Field: "role"}}
			}
			return 0, okno.Event{}, err
		}
		// What he may do has changed: his open pages must find out.
		tx.Announce(LiveTopic, rightsChanged(p.ID))
		return int64(p.ID), okno.NewEvent(okno.GrantsChanged, okno.EventData{Person: p.ID}), nil
	})
}

func (d *Desk) personByRef(ctx context.Context, ref okno.Ref) (okno.Person, error) {
	var p okno.Person
	err := d.read(ctx, func(tx store.Tx) (err error) {
		p, err = tx.PersonByRef(ref)
		return err
	})
	return p, err
}

// SetOwn changes what a person sets for himself: the language and theme of
// his pages; empty leaves it as it is.
func (d *Desk) SetOwn(ctx context.Context, by okno.Actor, change func(*okno.Person)) error {
	if by.Person == 0 {
		return nil
	}
	return d.write(ctx, func(tx store.Tx) error {
		p, err := tx.Person(by.Person)
		if err != nil {
			return err
		}
		own := p
		change(&own)
		p.Lang, p.Theme, p.Zone, p.Away, p.AwayUntil, p.Shortcuts = own.Lang, own.Theme, own.Zone, own.Away, own.AwayUntil, own.Shortcuts
		return tx.SavePerson(&p)
	})
}

// SetLang keeps the language a person reads in.
func (d *Desk) SetLang(ctx context.Context, by okno.Actor, lang string) error {
	return d.SetOwn(ctx, by, func(p *okno.Person) { p.Lang = lang })
}

// SetTheme keeps whether a person's pages are light or dark; "" follows the
// system.
func (d *Desk) SetTheme(ctx context.Context, by okno.Actor, theme string) error {
	return d.SetOwn(ctx, by, func(p *okno.Person) { p.Theme = theme })
}
