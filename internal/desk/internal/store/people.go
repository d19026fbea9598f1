package store

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// LatestPeople are the people known last, before one of them (0: from the
// newest), newest first, without those who were erased.
func (tx Tx) LatestPeople(before okno.PersonID, limit int) ([]okno.Person, error) {
	return db.Collect(tx.Tx, scanPerson, `SELECT `+personColumns+` FROM person p WHERE p.id < ? AND p.erased = 0 ORDER BY p.id DESC LIMIT ?`, endless(int64(before)), limit)
}

// PeopleAt are the people with an address that begins so, folded, by address.
func (tx Tx) PeopleAt(beginning string, limit int) ([]okno.Person, error) {
	return db.Collect(tx.Tx, scanPerson, `SELECT `+personColumns+` FROM person p WHERE p.id IN
		(SELECT person FROM address WHERE folded >= ? AND folded < ? ORDER BY folded LIMIT ?) ORDER BY p.id DESC`, beginning, beginning+"\U0010FFFF", limit)
}

// CountRequested counts a requester's tickets of some kinds, up to limit.
func (tx Tx) CountRequested(p okno.PersonID, kinds []okno.StatusKind, limit int) (int, error) {
	args := []any{p}
	for _, k := range kinds {
		args = append(args, k)
	}
	ids, err := db.Collect(tx.Tx, scanOne[okno.TicketID], `SELECT id FROM ticket WHERE requester = ? AND kind IN (`+marks(len(kinds))+`) LIMIT ?`, append(args, limit)...)
	return len(ids), err
}

// PlacesOf are a person's places in companies, offered or taken up.
func (tx Tx) PlacesOf(p okno.PersonID) ([]Contact, error) {
	return db.Collect(tx.Tx, scanContact, `SELECT `+contactColumns+` FROM membership m WHERE m.person = ? ORDER BY m.company LIMIT 100`, p)
}
