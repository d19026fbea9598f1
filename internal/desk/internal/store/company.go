package store

import (
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// AddCompany keeps a new customer company and sets its ID.
func (tx Tx) AddCompany(c *okno.Company, at time.Time) error {
	id, err := insert(tx, `INSERT INTO company (ref, number, name, created) VALUES (?, ?, ?, ?) RETURNING id`, c.Ref, c.Number, c.Name, micro(at))
	c.ID = okno.CompanyID(id)
	return err
}

// Companies are the companies of those ids, in no order.
func (tx Tx) Companies(ids []okno.CompanyID) ([]okno.Company, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	return db.Collect(tx.Tx, func(row db.Scanner) (okno.Company, error) {
		var c okno.Company
		err := row.Scan(&c.ID, &c.Ref, &c.Number, &c.Name)
		return c, err
	}, `SELECT id, ref, number, name FROM company WHERE id IN (`+marks(len(ids))+`)`, args...)
}

// SetMembership makes a person a contact of a company.
func (tx Tx) SetMembership(m okno.Membership) error {
	_, err := tx.Exec(`INSERT INTO membership (person, company, administrator) VALUES (?, ?, ?)
		ON CONFLICT (person, company) DO UPDATE SET administrator = excluded.administrator`, m.Person, m.Company, truth(m.Administrator))
	return err
}

// MembershipsOf are a person's places in companies.
func (tx Tx) MembershipsOf(p okno.PersonID) ([]okno.Membership, error) {
	return db.Collect(tx.Tx, func(row db.Scanner) (okno.Membership, error) {
		var m okno.Membership
		err := row.Scan(&m.Person, &m.Company, flag{&m.Administrator}, flag{&m.SeesAll})
		return m, err
	}, `SELECT m.person, m.company, m.administrator, c.sees_all FROM membership m JOIN company c ON c.id = m.company WHERE m.person = ? ORDER BY m.company LIMIT 100`, p)
}
