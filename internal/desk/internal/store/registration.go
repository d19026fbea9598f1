package store

import (
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// Registration is an account that was asked for and is not confirmed.
type Registration struct {
	ID       int64
	Address  string
	Folded   string
	Name     string
	Phone    string
	Lang     string
	Password string // hash
	Created  time.Time
}

const registrationColumns = `id, address, folded, name, phone, lang, password, created`

func scanRegistration(row db.Scanner) (Registration, error) {
	var r Registration
	err := row.Scan(&r.ID, &r.Address, &r.Folded, &r.Name, &r.Phone, &r.Lang, &r.Password, moment{&r.Created})
	return r, err
}

// AddRegistration keeps a registration and sets its ID.
func (tx Tx) AddRegistration(r *Registration) (err error) {
	r.ID, err = insert(tx, `INSERT INTO registration (address, folded, name, phone, lang, password, created) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		r.Address, r.Folded, r.Name, r.Phone, r.Lang, r.Password, micro(r.Created))
	return err
}

// Registration is one registration, or okno.ErrNotFound.
func (tx Tx) Registration(id int64) (Registration, error) {
	return found(db.First(tx.Tx, scanRegistration, `SELECT `+registrationColumns+` FROM registration WHERE id = ?`, id))
}

// LastRegistration is the latest one for a folded address since a moment, or
// okno.ErrNotFound.
func (tx Tx) LastRegistration(folded string, since time.Time) (Registration, error) {
	return found(db.First(tx.Tx, scanRegistration, `SELECT `+registrationColumns+` FROM registration WHERE folded = ? AND created > ?
		ORDER BY id DESC LIMIT 1`, folded, micro(since)))
}

// DropRegistrations forgets all registrations for a folded address.
func (tx Tx) DropRegistrations(folded string) error {
	_, err := tx.Exec(`DELETE FROM registration WHERE folded = ?`, folded)
	return err
}

// DropOldRegistrations forgets registrations and changes of address that were
// asked for before a moment.
func (tx Tx) DropOldRegistrations(before time.Time) error {
	if _, err := tx.Exec(`DELETE FROM registration WHERE created < ?`, micro(before)); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM address_change WHERE created < ?`, micro(before))
	return err
}

// AddressChange is a new address that a person asked for.
type AddressChange struct {
	ID      int64
	Person  okno.PersonID
	Address string
	Folded  string
	Former  string // what it took the place of; empty: it is not confirmed
	Created time.Time
}

// AddAddressChange keeps a change and sets its ID.
func (tx Tx) AddAddressChange(c *AddressChange) (err error) {
	c.ID, err = insert(tx, `INSERT INTO address_change (person, address, folded, created) VALUES (?, ?, ?, ?) RETURNING id`,
		c.Person, c.Address, c.Folded, micro(c.Created))
	return err
}

// AddressChange is one change, or okno.ErrNotFound.
func (tx Tx) AddressChange(id int64) (AddressChange, error) {
	return found(db.First(tx.Tx, func(row db.Scanner) (AddressChange, error) {
		var c AddressChange
		err := row.Scan(&c.ID, &c.Person, &c.Address, &c.Folded, &c.Former, moment{&c.Created})
		return c, err
	}, `SELECT id, person, address, folded, former, created FROM address_change WHERE id = ?`, id))
}

// CompleteAddressChange puts the new address in the place of the person's
// first one, confirmed; that it is someone else's is a unique violation of
// address.folded.
func (tx Tx) CompleteAddressChange(c AddressChange, first okno.Address, now time.Time) error {
	if _, err := tx.Exec(`DELETE FROM address WHERE person = ? AND folded = ? AND id <> ?`, c.Person, c.Folded, first.ID); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE address SET address = ?, folded = ?, confirmed = ? WHERE id = ?`, c.Address, c.Folded, micro(now), first.ID); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE address_change SET former = ? WHERE id = ?`, first.Address, c.ID)
	return err
}
