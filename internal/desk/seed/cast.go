package seed

import (
	"fmt"
	"slices"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/blob"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// cast is what the tickets stand on.
type cast struct {
	settings    okno.Settings
	statuses    map[okno.StatusKind]okno.StatusID
	departments []okno.DepartmentID // the first has most of the tickets, the last one in a hundred
	agents      [][]okno.Person     // by department
	people      []requester         // the first have most of the tickets
	password    string              // hash that no password has
	attached    []blob.Blob
	ids         store.LastIDs
	number      int64 // the last one given
	given       map[okno.PersonID]time.Time
	began       time.Time // when the oldest ticket was opened
}

type requester struct {
	okno.Person
	address string
	company okno.Company // zero: none
}

// Shares of the sample.
const (
	ticketsOfOne    = 8  // tickets a requester has on average
	peopleOfCompany = 10 // contacts of a company
	agentsOfOne     = 8  // agents of a large department
	signingIn       = 20 // customers who have an account
	years           = 3  // over which the tickets are spread
)

// people makes departments, agents, companies and customers.
func (f *filling) people(s store.Tx) error {
	f.began = f.o.Now.AddDate(-years, 0, 0).UTC().Truncate(time.Second)
	f.given = map[okno.PersonID]time.Time{}
	f.statuses = map[okno.StatusKind]okno.StatusID{}
	for _, k := range okno.StatusKinds {
		status, err := s.StatusOf(k)
		if err != nil {
			return err
		}
		f.statuses[k] = status.ID
	}
	if err := f.findDepartments(s); err != nil {
		return err
	}
	b := &store.Bulk{Joined: f.began}
	roles, err := s.Roles()
	if err != nil {
		return err
	}
	grants := map[okno.PersonID]okno.DepartmentID{}
	for i, dep := range f.departments {
		n := agentsOfOne
		if i == len(f.departments)-1 {
			n = 2
		}
		var own []okno.Person
		for range n {
			p := f.person(b, "agent")
			b.People[len(b.People)-1].Agent, p.Agent = true, true
			grants[p.ID] = dep
			own = append(own, p.Person)
			f.account(b, &p)
			f.result.Agents = append(f.result.Agents, p.address)
		}
		f.agents = append(f.agents, own)
	}
	f.customers(b)
	if err := s.AddBulk(b); err != nil {
		return err
	}
	agent := roles[slices.IndexFunc(roles, func(r okno.Role) bool { return r.BuiltIn == "agent" })]
	for p, dep := range grants {
		if err := s.SetGrants(p, []okno.Grant{{Person: p, Role: agent.ID, Department: dep}}); err != nil {
			return err
		}
	}
	return nil
}

// findDepartments takes the first there is and adds two more, once.
func (f *filling) findDepartments(s store.Tx) error {
	there, err := s.Departments()
	if err != nil {
		return err
	}
	lang := &english
	if f.settings.Lang == russian.code {
		lang = &russian
	}
	f.departments = append(f.departments, there[0].ID)
	for _, name := range lang.department {
		i := slices.IndexFunc(there, func(d okno.Department) bool { return d.Name == name })
		if i >= 0 {
			f.departments = append(f.departments, there[i].ID)
			continue
		}
		d := okno.Department{Ref: f.ref(), Name: name}
		if err := s.AddDepartment(&d, f.began); err != nil {
			return err
		}
		f.departments = append(f.departments, d.ID)
	}
	return nil
}

// customers are companies' contacts and people of no company by turns.
func (f *filling) customers(b *store.Bulk) {
	n := max(20, f.o.Tickets/ticketsOfOne)
	var company okno.Company
	for i := range n {
		if i%(2*peopleOfCompany) == 0 {
			f.ids.Company++
			company = okno.Company{ID: okno.CompanyID(f.ids.Company), Ref: f.ref(), Number: fmt.Sprint(70_000 + f.ids.Company), SeesAll: true, Created: f.began}
			company.Name = f.text.fill(f.language(), f.text.one(f.language().companies))
			b.Companies = append(b.Companies, company)
		}
		p := f.person(b, "customer")
		if i%2 == 0 {
			p.company = company
			b.Memberships = append(b.Memberships, okno.Membership{Person: p.ID, Company: company.ID, Administrator: i%(2*peopleOfCompany) == 0})
		}
		if i < signingIn {
			f.account(b, &p)
			f.result.Customers = append(f.result.Customers, p.address)
		}
		f.cast.people = append(f.cast.people, p)
	}
}

// language is Russian for seven of ten.
func (f *filling) language() *language {
	if f.text.rand.IntN(10) < 7 {
		return &russian
	}
	return &english
}

func (f *filling) person(b *store.Bulk, kind string) requester {
	l := f.language()
	f.ids.Person++
	f.ids.Address++
	p := requester{Person: okno.Person{
		ID: okno.PersonID(f.ids.Person), Ref: f.ref(), Lang: l.code, Created: f.began,
		Name: l.given[f.text.rand.IntN(len(l.given))] + " " + l.family[f.text.rand.IntN(len(l.family))],
	}}
	if f.text.rand.IntN(3) == 0 {
		p.Phone = fmt.Sprintf("+37529%07d", f.text.rand.IntN(10_000_000))
	}
	p.address = fmt.Sprintf("%s%d@seed.example", kind, p.ID)
	p.Address = p.address
	b.People = append(b.People, p.Person)
	b.Addresses = append(b.Addresses, okno.Address{ID: okno.AddressID(f.ids.Address), Person: p.ID, Address: p.address, Folded: p.address, Confirmed: f.began})
	return p
}

func (f *filling) account(b *store.Bulk, p *requester) {
	b.Accounts = append(b.Accounts, store.Account{Person: p.ID, Login: p.address, Folded: p.address, Password: f.password, Changed: f.began})
}

const refLetters = "abcdefghjkmnpqrstuvwxyz23456789"

// ref is a public name as the seed has it.
func (f *filling) ref() okno.Ref {
	var b [13]byte
	for i := range b {
		b[i] = refLetters[f.text.rand.IntN(len(refLetters))]
	}
	return okno.Ref(b[:])
}
