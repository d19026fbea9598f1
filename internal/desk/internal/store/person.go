package store

import (
	"slices"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

const personColumns = `p.id, p.ref, p.name, p.phone, p.lang, p.zone, p.theme, p.agent, p.away, p.away_until, p.shortcuts, p.created, p.disabled, p.erased, p.picture, p.picture_type, p.switches, p.version,
	COALESCE((SELECT a.address FROM address a WHERE a.person = p.id ORDER BY CASE WHEN a.undeliverable > 0 THEN 1 ELSE 0 END, a.id LIMIT 1), '')`

func scanPerson(row db.Scanner) (okno.Person, error) {
	var p okno.Person
	err := row.Scan(&p.ID, &p.Ref, &p.Name, &p.Phone, &p.Lang, &p.Zone, &p.Theme, flag{&p.Agent}, flag{&p.Away}, moment{&p.AwayUntil}, flag{&p.Shortcuts},
		moment{&p.Created}, moment{&p.Disabled}, moment{&p.Erased}, &p.Picture, &p.PictureType, &p.Switches, &p.Version, &p.Address)
	return p, err
}

// AddPerson keeps a new person and sets the ID.
func (tx Tx) AddPerson(p *okno.Person) error {
	id, err := tx.Add("person", `INSERT INTO person (id, ref, name, phone, lang, zone, agent, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		p.Ref, p.Name, p.Phone, p.Lang, p.Zone, truth(p.Agent), micro(p.Created))
	p.ID, p.Version = okno.PersonID(id), 1
	return err
}

// Person is one person, or okno.ErrNotFound.
func (tx Tx) Person(id okno.PersonID) (okno.Person, error) {
	return found(db.First(tx.Tx, scanPerson, `SELECT `+personColumns+` FROM person p WHERE p.id = ?`, id))
}

// PersonByRef is Person by public name.
func (tx Tx) PersonByRef(ref okno.Ref) (okno.Person, error) {
	return found(db.First(tx.Tx, scanPerson, `SELECT `+personColumns+` FROM person p WHERE p.ref = ?`, ref))
}

// PersonByAddress is whose the folded address is, or okno.ErrNotFound.
func (tx Tx) PersonByAddress(folded string) (okno.Person, error) {
	return found(tx.AskPersonByAddress(folded).First())
}

// AskPersonByAddress is PersonByAddress for later; without a row: nobody's.
func (tx Tx) AskPersonByAddress(folded string) *db.Asked[okno.Person] {
	return db.Ask(tx.Tx, scanPerson, `SELECT `+personColumns+` FROM person p WHERE p.id = (SELECT person FROM address WHERE folded = ? AND folded <> '')`, folded)
}

// People are the persons of those ids, in no order.
func (tx Tx) People(ids []okno.PersonID) ([]okno.Person, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return tx.AskPeople(ids).All()
}

// AskPeople is People for later, of at least one.
func (tx Tx) AskPeople(ids []okno.PersonID) *db.Asked[okno.Person] {
	args := db.Padded(ids)
	return db.Ask(tx.Tx, scanPerson, `SELECT `+personColumns+` FROM person p WHERE p.id IN (`+marks(len(args))+`)`, args...)
}

// Agents are the people who hold or held a role, by name.
func (tx Tx) Agents() ([]okno.Person, error) {
	return db.Collect(tx.Tx, scanPerson, `SELECT `+personColumns+` FROM person p WHERE p.agent = 1 AND p.erased = 0 ORDER BY p.name, p.id LIMIT 2000`)
}

// SavePerson keeps a changed person over the version he was read at.
func (tx Tx) SavePerson(p *okno.Person) error {
	return stale(tx.Exec(`UPDATE person SET name = ?, phone = ?, lang = ?, zone = ?, theme = ?, agent = ?, away = ?, away_until = ?, shortcuts = ?, disabled = ?,
		picture = ?, picture_type = ?, version = version + 1 WHERE id = ? AND version = ?`,
		p.Name, p.Phone, p.Lang, p.Zone, p.Theme, truth(p.Agent), truth(p.Away), micro(p.AwayUntil), truth(p.Shortcuts), micro(p.Disabled), p.Picture, p.PictureType, p.ID, p.Version))
}

// SaveSwitches keeps what a person wants to be told, and by which way.
func (tx Tx) SaveSwitches(id okno.PersonID, s okno.Switches) error {
	_, err := tx.Exec(`UPDATE person SET switches = ? WHERE id = ?`, s, id)
	return err
}

// LearnLang stores the language of a person of whom none is known yet.
func (tx Tx) LearnLang(id okno.PersonID, lang string) error {
	return tx.Send(`UPDATE person SET lang = ? WHERE id = ? AND lang = ''`, lang, id)
}

// AddAddress gives a person an address; that it is someone else's already is
// a unique violation of address.folded.
func (tx Tx) AddAddress(a *okno.Address, at time.Time) error {
	id, err := insert(tx, `INSERT INTO address (person, address, folded, confirmed, created) VALUES (?, ?, ?, ?, ?) RETURNING id`,
		a.Person, a.Address, a.Folded, micro(a.Confirmed), micro(at))
	a.ID = okno.AddressID(id)
	return err
}

// ClaimAddress gives a person an address unless it is someone's already
// (false).
func (tx Tx) ClaimAddress(a *okno.Address, at time.Time) (bool, error) {
	ids, err := tx.AskClaimAddress(a, at).All()
	if len(ids) == 1 {
		a.ID = ids[0]
	}
	return len(ids) == 1, err
}

// AskClaimAddress is ClaimAddress for later; without a row: it is someone's
// already.
func (tx Tx) AskClaimAddress(a *okno.Address, at time.Time) *db.Asked[okno.AddressID] {
	return db.Ask(tx.Tx, scanOne[okno.AddressID], `INSERT INTO address (person, address, folded, confirmed, created) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (folded) DO NOTHING RETURNING id`, a.Person, a.Address, a.Folded, micro(a.Confirmed), micro(at))
}

// ForgetPerson takes back a person made in this very transaction.
func (tx Tx) ForgetPerson(id okno.PersonID) error {
	_, err := tx.Exec(`DELETE FROM person WHERE id = ?`, id)
	return err
}

// AddressesOf are a person's addresses, the one that he is written to first.
func (tx Tx) AddressesOf(id okno.PersonID) ([]okno.Address, error) {
	return tx.AskAddressesOf(id).All()
}

// AskAddressesOf is AddressesOf for later.
func (tx Tx) AskAddressesOf(id okno.PersonID) *db.Asked[okno.Address] {
	return db.Ask(tx.Tx, scanAddress, `SELECT id, person, address, folded, confirmed, undeliverable, trouble FROM address WHERE person = ?
		ORDER BY CASE WHEN undeliverable > 0 THEN 1 ELSE 0 END, id LIMIT 100`, id)
}

func scanAddress(row db.Scanner) (okno.Address, error) {
	var a okno.Address
	err := row.Scan(&a.ID, &a.Person, &a.Address, &a.Folded, moment{&a.Confirmed}, moment{&a.Undeliverable}, &a.Trouble)
	return a, err
}

// ConfirmAddresses marks a person's address as his own; once confirmed it
// keeps its first date.
func (tx Tx) ConfirmAddresses(id okno.PersonID, folded string, at time.Time) error {
	_, err := tx.Exec(`UPDATE address SET confirmed = ? WHERE person = ? AND folded = ? AND confirmed = 0`, micro(at), id, folded)
	return err
}

// TicketsBefore are a requester's latest tickets that were opened before one: of
// each its subject and when it was opened.
func (tx Tx) TicketsBefore(requester okno.PersonID, t okno.TicketID, limit int) ([]okno.Ticket, error) {
	return db.Collect(tx.Tx, func(row db.Scanner) (t okno.Ticket, err error) {
		return t, row.Scan(&t.Subject, moment{&t.Opened})
	}, `SELECT subject, opened FROM ticket WHERE requester = ? AND id < ? AND merged = 0 ORDER BY updated DESC, id DESC LIMIT ?`, requester, t, limit)
}

// OtherTickets are a requester's latest tickets within the scope's
// departments, other than one and those that went into another: of each what a
// line about it says (ID, Number, Subject, Kind, Department, Updated), from an
// index alone.
func (tx Tx) OtherTickets(scope okno.Scope, requester okno.PersonID, but okno.TicketID, limit int) ([]okno.Ticket, error) {
	ts, err := db.Collect(tx.Tx, func(row db.Scanner) (t okno.Ticket, err error) {
		err = row.Scan(&t.ID, &t.Number, &t.Subject, &t.Kind, &t.Department, moment{&t.Updated})
		return t, err
	}, `SELECT id, number, subject, kind, department, updated FROM ticket WHERE requester = ? AND id <> ? AND merged = 0
		ORDER BY updated DESC, id DESC LIMIT ?`, requester, but, limit)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(ts, func(t okno.Ticket) bool { return !scope.Admits(&t) }), nil
}
