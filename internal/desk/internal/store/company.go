package store

import (
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

const companyColumns = `id, ref, number, name, country, sees_all, assignee, created, version`

func scanCompany(row db.Scanner) (okno.Company, error) {
	var c okno.Company
	err := row.Scan(&c.ID, &c.Ref, &c.Number, &c.Name, &c.Country, flag{&c.SeesAll}, &c.Assignee, moment{&c.Created}, &c.Version)
	return c, err
}

// AddCompany keeps a new customer company and sets its ID; that the number is
// another's is a unique violation of company.number.
func (tx Tx) AddCompany(c *okno.Company) error {
	id, err := insert(tx, `INSERT INTO company (ref, number, name, country, sees_all, assignee, created) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		c.Ref, c.Number, c.Name, c.Country, truth(c.SeesAll), c.Assignee, micro(c.Created))
	c.ID, c.Version = okno.CompanyID(id), 1
	return err
}

// SaveCompany keeps a changed company over the version it was read at.
func (tx Tx) SaveCompany(c *okno.Company) error {
	return stale(tx.Exec(`UPDATE company SET number = ?, name = ?, country = ?, sees_all = ?, assignee = ?, version = version + 1
		WHERE id = ? AND version = ?`, c.Number, c.Name, c.Country, truth(c.SeesAll), c.Assignee, c.ID, c.Version))
}

// Company is one company, or okno.ErrNotFound.
func (tx Tx) Company(id okno.CompanyID) (okno.Company, error) {
	return found(db.First(tx.Tx, scanCompany, `SELECT `+companyColumns+` FROM company WHERE id = ?`, id))
}

// CompanyByRef is Company by public name.
func (tx Tx) CompanyByRef(ref okno.Ref) (okno.Company, error) {
	return found(db.First(tx.Tx, scanCompany, `SELECT `+companyColumns+` FROM company WHERE ref = ?`, ref))
}

// CompanyByNumber is Company by number.
func (tx Tx) CompanyByNumber(number string) (okno.Company, error) {
	return found(db.First(tx.Tx, scanCompany, `SELECT `+companyColumns+` FROM company WHERE number = ?`, number))
}

// Companies are the companies of those ids, in no order.
func (tx Tx) Companies(ids []okno.CompanyID) ([]okno.Company, error) {
	return among(tx, scanCompany, `SELECT `+companyColumns+` FROM company WHERE id IN `, ids, ``)
}

// LastCompanies is a page of all companies, the latest first, made before one
// (0: from the latest).
func (tx Tx) LastCompanies(before okno.CompanyID, limit int) ([]okno.Company, error) {
	return db.Collect(tx.Tx, scanCompany, `SELECT `+companyColumns+` FROM company WHERE ? = 0 OR id < ? ORDER BY id DESC LIMIT ?`, before, before, limit)
}

// LockCompany keeps others from changing who is what in the company until the
// transaction ends.
func (tx Tx) LockCompany(id okno.CompanyID) error {
	_, err := tx.Exec(`UPDATE company SET version = version WHERE id = ?`, id)
	return err
}

// DomainsOf are a company's mail domains, by name.
func (tx Tx) DomainsOf(c okno.CompanyID) ([]string, error) {
	return db.Collect(tx.Tx, scanOne[string], `SELECT domain FROM company_domain WHERE company = ? ORDER BY domain LIMIT ?`, c, okno.MaxDomains)
}

// SetDomains replaces a company's mail domains. The first that is another
// company's is returned.
func (tx Tx) SetDomains(c okno.CompanyID, domains []string) (taken string, err error) {
	if _, err := tx.Exec(`DELETE FROM company_domain WHERE company = ?`, c); err != nil {
		return "", err
	}
	for _, domain := range domains {
		n, err := tx.Exec(`INSERT INTO company_domain (domain, company) VALUES (?, ?) ON CONFLICT (domain) DO NOTHING`, domain, c)
		if err != nil || n == 0 {
			return domain, err
		}
	}
	return "", nil
}

// CompanyOfDomain is the company of a mail domain; 0: none.
func (tx Tx) CompanyOfDomain(domain string) (okno.CompanyID, error) {
	ids, err := db.Collect(tx.Tx, scanOne[okno.CompanyID], `SELECT company FROM company_domain WHERE domain = ?`, domain)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return ids[0], nil
}

// CompanyAgents are the agents whom a company's people may choose.
func (tx Tx) CompanyAgents(c okno.CompanyID) ([]okno.PersonID, error) {
	return db.Collect(tx.Tx, scanOne[okno.PersonID], `SELECT person FROM company_agent WHERE company = ? ORDER BY person LIMIT 1000`, c)
}

// SetCompanyAgents replaces them.
func (tx Tx) SetCompanyAgents(c okno.CompanyID, agents []okno.PersonID) error {
	return tx.setAgents("company_agent", "company", int64(c), agents)
}

// KeepIssued keeps the sealed password that a fact issued.
func (tx Tx) KeepIssued(e okno.EventID, sealed []byte, at time.Time) error {
	_, err := tx.Exec(`INSERT INTO issued (event, sealed, created) VALUES (?, ?, ?)`, e, sealed, micro(at))
	return err
}

// Issued is the sealed password that a fact issued; nil: there is none, or its
// letter is queued.
func (tx Tx) Issued(e okno.EventID) ([]byte, error) {
	all, err := db.Collect(tx.Tx, scanOne[[]byte], `SELECT sealed FROM issued WHERE event = ?`, e)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return all[0], nil
}

// DropIssued forgets the password that a fact issued.
func (tx Tx) DropIssued(e okno.EventID) error {
	_, err := tx.Exec(`DELETE FROM issued WHERE event = ?`, e)
	return err
}

// DropOldIssued forgets passwords issued before a moment.
func (tx Tx) DropOldIssued(before time.Time) error {
	_, err := tx.Exec(`DELETE FROM issued WHERE created < ?`, micro(before))
	return err
}
