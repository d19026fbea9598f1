package desk

import (
	"context"
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/secret"
)

// AddCompany makes a customer company with its number, which is unique.
func (d *Desk) AddCompany(ctx context.Context, by okno.Actor, number, name string) (okno.Company, error) {
	c := okno.Company{Ref: okno.Ref(secret.NewRef()), Number: number, Name: strings.TrimSpace(name)}
	if err := okno.CheckName("name", c.Name); err != nil {
		return c, err
	}
	err := d.manage(ctx, by, okno.ManagePeople, func(tx store.Tx) (int64, okno.Event, error) {
		err := taken(tx.AddCompany(&c, d.Now()), "company.number", "number")
		return int64(c.ID), okno.NewEvent(okno.CompanyAdded, okno.EventData{}), err
	})
	return c, err
}

// AddContact makes a person of that address a contact of a company; one who
// is not known yet is made.
func (d *Desk) AddContact(ctx context.Context, by okno.Actor, company okno.CompanyID, name, address string, administrator bool) error {
	address, err := okno.CheckAddress("email", address)
	if err != nil {
		return err
	}
	return d.manage(ctx, by, okno.ManagePeople, func(tx store.Tx) (int64, okno.Event, error) {
		p, err := d.personOf(tx, name, address, "", "")
		if err != nil {
			return 0, okno.Event{}, err
		}
		err = tx.SetMembership(okno.Membership{Person: p, Company: company, Administrator: administrator})
		return int64(company), okno.NewEvent(okno.ContactAdded, okno.EventData{Person: p}), err
	})
}
