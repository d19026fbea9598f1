package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/secret"
)

// CompanyForm is what an administrator says about a company.
type CompanyForm struct {
	Number, Name, Country string
	Domains               []string
	Agents                []okno.Ref // whom its people may choose; none: nobody
	Assignee              okno.Ref   // one of Agents, else ""
	SeesAll               bool
	Version               int64
	// The first administrator of a new company, who is invited.
	AdminName, AdminAddress string
	Lang                    string // of the page, for the invitation
}

// CompanyCard is a company as it is managed.
type CompanyCard struct {
	okno.Company
	Domains []string
	Agents  []okno.Person
}

// Companies is a page of all companies, the latest first, made before one
// ("": from the latest).
func (d *Desk) Companies(ctx context.Context, by okno.Actor, before okno.Ref) (companies []okno.Company, more bool, err error) {
	if !by.MayManage(okno.ManageCompanies) {
		return nil, false, okno.ErrForbidden
	}
	err = d.read(ctx, func(tx store.Tx) error {
		var from okno.CompanyID
		if before != "" {
			c, err := tx.CompanyByRef(before)
			if err != nil {
				return err
			}
			from = c.ID
		}
		if companies, err = tx.LastCompanies(from, pageRows+1); len(companies) > pageRows {
			companies, more = companies[:pageRows], true
		}
		return err
	})
	return companies, more, err
}

// Company is one company by public name.
func (d *Desk) Company(ctx context.Context, by okno.Actor, ref okno.Ref) (CompanyCard, error) {
	var card CompanyCard
	if !by.MayManage(okno.ManageCompanies) {
		return card, okno.ErrForbidden
	}
	err := d.read(ctx, func(tx store.Tx) (err error) {
		if card.Company, err = tx.CompanyByRef(ref); err != nil {
			return err
		}
		if card.Domains, err = tx.DomainsOf(card.ID); err != nil {
			return err
		}
		agents, err := tx.CompanyAgents(card.ID)
		if err != nil {
			return err
		}
		card.Agents, err = tx.People(agents)
		return err
	})
	return card, err
}

// AgentChoices are the agents who can be put into a team, or be offered to
// customers, by name.
func (d *Desk) AgentChoices(ctx context.Context, by okno.Actor) ([]okno.Person, error) {
	if !by.MayManage(okno.ManageCompanies) && !by.MayManage(okno.ManageDepartments) {
		return nil, okno.ErrForbidden
	}
	var agents []okno.Person
	err := d.read(ctx, func(tx store.Tx) (err error) {
		agents, err = tx.Agents()
		return err
	})
	return slices.DeleteFunc(agents, func(p okno.Person) bool { return !p.Disabled.IsZero() }), err
}

// ProposeCompany is the form of a new company with a number that is free.
func (d *Desk) ProposeCompany(ctx context.Context, by okno.Actor) (CompanyForm, error) {
	f := CompanyForm{SeesAll: true}
	if !by.MayManage(okno.ManageCompanies) {
		return f, okno.ErrForbidden
	}
	err := d.read(ctx, func(tx store.Tx) error {
		last, err := tx.LastCompanies(0, 1)
		if err != nil {
			return err
		}
		n := 1
		if len(last) > 0 {
			n = int(last[0].ID) + 1
			if latest, err := strconv.Atoi(last[0].Number); err == nil && latest < 1<<40 {
				n = latest + 1
			}
		}
		for range 100 { // then somebody else's choice is better
			if _, err = tx.CompanyByNumber(strconv.Itoa(n)); err != nil {
				break
			}
			n++
		}
		f.Number = strconv.Itoa(n)
		return unlessNotFound(err)
	})
	return f, err
}

// AddCompany makes a customer company and its first administrator, with the
// login name Admin-<number>, who is invited (spec R37).
func (d *Desk) AddCompany(ctx context.Context, by okno.Actor, key string, f CompanyForm) (okno.Company, error) {
	c := okno.Company{Ref: okno.Ref(secret.NewRef()), Created: d.Now()}
	if !by.MayManage(okno.ManageCompanies) {
		return c, okno.ErrForbidden
	}
	var wrong okno.Errors
	if err := wrong.Add(f.check()); err != nil {
		return c, err
	}
	first := ContactForm{
		Name: strings.TrimSpace(f.AdminName), Login: okno.AdminLogin + f.Number, Password: secret.GeneratePassword(), Administrator: true, Lang: f.Lang,
	}
	address, err := checkAddress("admin_email", f.AdminAddress)
	for _, err := range []error{okno.CheckName("admin_name", first.Name), err} {
		if err := wrong.Add(err); err != nil {
			return c, err
		}
	}
	if err := wrong.Err(); err != nil {
		return c, err
	}
	first.Address = address
	offer, err := d.issue(ctx, first)
	if err != nil {
		return c, err
	}
	err = d.once(ctx, key, func(tx store.Tx) (string, error) {
		c := c
		if err := d.fillCompany(tx, &c, f, func() error { return taken(tx.AddCompany(&c), "company.number", "number") }); err != nil {
			return "", err
		}
		e := okno.NewEvent(okno.CompanyAdded, okno.EventData{})
		e.Subject = int64(c.ID)
		if err := d.record(tx, by, nil, e); err != nil {
			return "", err
		}
		return string(c.Ref), d.offerPlace(tx, by, c, offer)
	}, func(ref string) error { c.Ref = okno.Ref(ref); return nil })
	if err != nil {
		return c, err
	}
	err = d.read(ctx, func(tx store.Tx) (err error) {
		c, err = tx.CompanyByRef(c.Ref)
		return err
	})
	return c, err
}

// SaveCompany changes a company over the version that was seen.
func (d *Desk) SaveCompany(ctx context.Context, by okno.Actor, ref okno.Ref, f CompanyForm) error {
	if !by.MayManage(okno.ManageCompanies) {
		return okno.ErrForbidden
	}
	if err := f.check(); err != nil {
		return err
	}
	return d.manage(ctx, by, okno.ManageCompanies, func(tx store.Tx) (int64, okno.Event, error) {
		c, err := tx.CompanyByRef(ref)
		if err != nil {
			return 0, okno.Event{}, err
		}
		if c.Name != f.Name {
			tx.OnCommit(d.wakeIndex)
			if err := tx.PendCompany(c.ID, d.Now()); err != nil {
				return 0, okno.Event{}, err
			}
		}
		c.Version = f.Version
		err = d.fillCompany(tx, &c, f, func() error { return taken(tx.SaveCompany(&c), "company.number", "number") })
		return int64(c.ID), okno.NewEvent(okno.CompanyEdited, okno.EventData{}), err
	})
}

// check names every field that is wrong and brings the others into their form.
func (f *CompanyForm) check() error {
	f.Number, f.Name, f.Country = strings.TrimSpace(f.Number), strings.TrimSpace(f.Name), strings.ToUpper(strings.TrimSpace(f.Country))
	var wrong okno.Errors
	for _, err := range []error{okno.CheckCompanyNumber("number", f.Number), okno.CheckName("name", f.Name)} {
		if err := wrong.Add(err); err != nil {
			return err
		}
	}
	if f.Country != "" && phoneCode(f.Country) == "" {
		wrong = append(wrong, choice(okno.ErrNotFound, "country").(okno.Errors)...)
	}
	var domains []string
	for _, s := range f.Domains {
		domain, err := okno.CheckDomain("domains", s)
		if err := wrong.Add(err); err != nil {
			return err
		}
		if err == nil && !slices.Contains(domains, domain) {
			domains = append(domains, domain)
		}
	}
	if len(domains) > okno.MaxDomains {
		wrong = append(wrong, &okno.Error{Reason: okno.Invalid, Key: "error.domains.many", Field: "domains", Args: []any{"Max", okno.MaxDomains}})
	}
	f.Domains = domains
	return wrong.Err()
}

// fillCompany puts a form into a company and keeps it (save) with its domains
// and agents.
func (d *Desk) fillCompany(tx store.Tx, c *okno.Company, f CompanyForm, save func() error) error {
	agents, err := tx.Agents()
	if err != nil {
		return err
	}
	of := func(ref okno.Ref) okno.PersonID {
		return pick(agents, func(p okno.Person) bool { return p.Ref == ref && p.Disabled.IsZero() }).ID
	}
	var own []okno.PersonID
	for _, ref := range f.Agents {
		if id := of(ref); id != 0 && !slices.Contains(own, id) {
			own = append(own, id)
		}
	}
	c.Number, c.Name, c.Country, c.SeesAll, c.Assignee = f.Number, f.Name, f.Country, f.SeesAll, 0
	if f.Assignee != "" {
		if c.Assignee = of(f.Assignee); c.Assignee == 0 || !slices.Contains(own, c.Assignee) {
			return okno.Errors{{Reason: okno.Invalid, Key: "error.company.assignee", Field: "assignee"}}
		}
	}
	if err := save(); err != nil {
		return err
	}
	domain, err := tx.SetDomains(c.ID, f.Domains)
	if err != nil {
		return err
	}
	if domain != "" {
		return okno.Errors{{Reason: okno.Invalid, Key: "error.domain.taken", Field: "domains", Args: []any{"Domain", domain}}}
	}
	return tx.SetCompanyAgents(c.ID, own)
}

// OwnCompanies are the companies whose contact the actor is, by name; he
// opens a ticket for one of them.
func (d *Desk) OwnCompanies(ctx context.Context, by okno.Actor) ([]okno.Company, error) {
	var ids []okno.CompanyID
	for _, m := range by.Companies {
		ids = append(ids, m.Company)
	}
	var companies []okno.Company
	err := d.read(ctx, func(tx store.Tx) (err error) {
		companies, err = tx.Companies(ids)
		return err
	})
	return byName(companies), err
}

// CallerCompanies are the companies whose contact the person of an address
// is, by name, for the agent who files a ticket for him.
func (d *Desk) CallerCompanies(ctx context.Context, by okno.Actor, address string) ([]okno.Company, error) {
	if !by.Agent() {
		return nil, okno.ErrNotFound
	}
	p, err := d.KnownSender(ctx, address)
	if err != nil {
		return nil, unlessNotFound(err)
	}
	var companies []okno.Company
	err = d.read(ctx, func(tx store.Tx) error {
		ms, err := tx.MembershipsOf(p.ID)
		if err != nil {
			return err
		}
		var ids []okno.CompanyID
		for _, m := range ms {
			ids = append(ids, m.Company)
		}
		companies, err = tx.Companies(ids)
		return err
	})
	return byName(companies), err
}

func byName(companies []okno.Company) []okno.Company {
	slices.SortFunc(companies, func(a, b okno.Company) int {
		if c := strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)); c != 0 {
			return c
		}
		return int(a.ID - b.ID)
	})
	return companies
}

// companyFor is the company that a ticket is opened for: that of the ticket which
// it continues, unless a stranger does; the requester's only one, else the one
// that was chosen. Who is one of several people's and may
// say so must choose; whoever is not known to us hears nothing of it.
func companyFor(tx store.Tx, by okno.Actor, o Opening, requester okno.PersonID) (okno.CompanyID, error) {
	ms, err := tx.MembershipsOf(requester)
	if err != nil {
		return 0, err
	}
	if old := o.Continues; old != nil && (old.TakesPart(requester) || slices.ContainsFunc(ms, func(m okno.Membership) bool { return m.Company == old.Company })) {
		return old.Company, nil
	}
	if len(ms) == 0 {
		return 0, nil
	}
	if len(ms) == 1 && o.Company == "" {
		return ms[0].Company, nil
	}
	if by.Person == 0 || o.Letter != nil {
		return 0, nil
	}
	if o.Company == "" {
		return 0, okno.Errors{{Reason: okno.Invalid, Key: "error.company.choose", Field: "company"}}
	}
	c, err := tx.CompanyByRef(o.Company)
	if err == nil && slices.ContainsFunc(ms, func(m okno.Membership) bool { return m.Company == c.ID }) {
		return c.ID, nil
	}
	if err == nil || okno.ReasonOf(err) == okno.NotFound {
		return 0, choice(okno.ErrNotFound, "company")
	}
	return 0, err
}
