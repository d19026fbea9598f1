package store

import (
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// LinkJoin leads to the page where a person who was known before joins a
// company, the link's subject; once.
const LinkJoin Purpose = "join"

// Contact is a person's place in a company, offered or taken up.
type Contact struct {
	Ref           okno.Ref
	Person        okno.PersonID
	Company       okno.CompanyID
	Administrator bool
	Name          string // as it was typed when the place was offered
	Login         string // kept free until he joins; empty: not any more
	Folded        string // Login, as compared
	Made          bool   // his account was made for this place
	Joined        time.Time
	Disabled      time.Time
	Returned      time.Time // when the letter that invites him came back; zero: it did not
}

// State is how far the contact has come.
func (c *Contact) State() okno.ContactState {
	switch {
	case !c.Disabled.IsZero():
		return okno.ContactIsDisabled
	case c.Joined.IsZero() && !c.Returned.IsZero():
		return okno.ContactIsUnreached
	case c.Joined.IsZero():
		return okno.ContactIsInvited
	}
	return okno.ContactIsActive
}

const contactColumns = `m.ref, m.person, m.company, m.administrator, m.name, m.login, m.folded, m.made, m.joined, m.disabled, m.returned`

func scanContact(row db.Scanner) (Contact, error) {
	var c Contact
	err := row.Scan(&c.Ref, &c.Person, &c.Company, flag{&c.Administrator}, &c.Name, &c.Login, &c.Folded, flag{&c.Made}, moment{&c.Joined}, moment{&c.Disabled}, moment{&c.Returned})
	return c, err
}

// AddContact offers or gives a person a place in a company; false: he has one.
// That his login is kept for another is a unique violation of
// membership.folded.
func (tx Tx) AddContact(c *Contact) (bool, error) {
	n, err := tx.Exec(`INSERT INTO membership (ref, person, company, administrator, name, login, folded, made, joined) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (person, company) DO NOTHING`,
		c.Ref, c.Person, c.Company, truth(c.Administrator), c.Name, c.Login, c.Folded, truth(c.Made), micro(c.Joined))
	return n == 1, err
}

// SaveContact keeps what is changed of a contact.
func (tx Tx) SaveContact(c *Contact) error {
	_, err := tx.Exec(`UPDATE membership SET administrator = ?, login = ?, folded = ?, joined = ?, disabled = ? WHERE person = ? AND company = ?`,
		truth(c.Administrator), c.Login, c.Folded, micro(c.Joined), micro(c.Disabled), c.Person, c.Company)
	return err
}

// MarkInvitation notes when the letter that invites a contact came back; the
// zero time: another one is under way.
func (tx Tx) MarkInvitation(p okno.PersonID, c okno.CompanyID, returned time.Time) error {
	_, err := tx.Exec(`UPDATE membership SET returned = ? WHERE person = ? AND company = ?`, micro(returned), p, c)
	return err
}

// ContactByRef is one contact, or okno.ErrNotFound.
func (tx Tx) ContactByRef(ref okno.Ref) (Contact, error) {
	return found(db.First(tx.Tx, scanContact, `SELECT `+contactColumns+` FROM membership m WHERE m.ref = ?`, ref))
}

// ContactOf is a person's place in a company, or okno.ErrNotFound.
func (tx Tx) ContactOf(p okno.PersonID, c okno.CompanyID) (Contact, error) {
	return found(db.First(tx.Tx, scanContact, `SELECT `+contactColumns+` FROM membership m WHERE m.person = ? AND m.company = ?`, p, c))
}

// MadePlaces are the places for which a person's account was made and that he
// has not taken up.
func (tx Tx) MadePlaces(p okno.PersonID) ([]Contact, error) {
	return db.Collect(tx.Tx, scanContact, `SELECT `+contactColumns+` FROM membership m WHERE m.person = ? AND m.made = 1 AND m.joined = 0`, p)
}

// NamedContact is a contact with the name its person goes by now.
type NamedContact struct {
	Contact
	PersonName string
}

// Contacts is a page of a company's contacts in the order they became known,
// after one of them (0: from the first).
func (tx Tx) Contacts(c okno.CompanyID, after okno.PersonID, limit int) ([]NamedContact, error) {
	return db.Collect(tx.Tx, func(row db.Scanner) (n NamedContact, err error) {
		err = row.Scan(&n.Ref, &n.Person, &n.Company, flag{&n.Administrator}, &n.Name, &n.Login, &n.Folded, flag{&n.Made}, moment{&n.Joined}, moment{&n.Disabled}, moment{&n.Returned}, &n.PersonName)
		return n, err
	}, `SELECT `+contactColumns+`, p.name FROM membership m JOIN person p ON p.id = m.person
		WHERE m.company = ? AND m.person > ? ORDER BY m.person LIMIT ?`, c, after, limit)
}

// OtherAdministrator reports whether a company has an administrator beside
// one person; joined: one who has taken up his place.
func (tx Tx) OtherAdministrator(c okno.CompanyID, but okno.PersonID, joined bool) (bool, error) {
	sql := `SELECT 1 FROM membership m JOIN person p ON p.id = m.person
		WHERE m.company = ? AND m.person <> ? AND m.administrator = 1 AND m.disabled = 0 AND p.disabled = 0`
	if joined {
		sql += ` AND m.joined > 0`
	}
	return tx.exists(sql+` LIMIT 1`, c, but)
}

// LoginKept reports whether a folded login name is an account's or is kept
// for a contact.
func (tx Tx) LoginKept(folded string) (bool, error) {
	return tx.exists(`SELECT 1 FROM account WHERE folded = ? UNION ALL SELECT 1 FROM membership WHERE folded = ? LIMIT 1`, folded, folded)
}

// Barred reports whether the place that a person's account was made for is
// disabled and he has no other.
func (tx Tx) Barred(p okno.PersonID) (bool, error) {
	return tx.exists(`SELECT 1 FROM membership m WHERE m.person = ? AND m.made = 1 AND m.disabled > 0
		AND NOT EXISTS (SELECT 1 FROM membership o WHERE o.person = m.person AND o.joined > 0 AND o.disabled = 0) LIMIT 1`, p)
}

// MembershipsOf are the places that a person has taken up in companies and
// that are not disabled.
func (tx Tx) MembershipsOf(p okno.PersonID) ([]okno.Membership, error) {
	return db.Collect(tx.Tx, func(row db.Scanner) (okno.Membership, error) {
		var m okno.Membership
		err := row.Scan(&m.Person, &m.Company, flag{&m.Administrator}, flag{&m.SeesAll})
		return m, err
	}, `SELECT m.person, m.company, m.administrator, c.sees_all FROM membership m JOIN company c ON c.id = m.company
		WHERE m.person = ? AND m.joined > 0 AND m.disabled = 0 ORDER BY m.company LIMIT 100`, p)
}

// DropJoinLinks revokes the links by which a person may join a company.
func (tx Tx) DropJoinLinks(p okno.PersonID, c okno.CompanyID) error {
	_, err := tx.Exec(`DELETE FROM link WHERE person = ? AND purpose = ? AND subject = ?`, p, LinkJoin, int64(c))
	return err
}
