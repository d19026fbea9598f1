package store

import (
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// Account is a person's way to sign in.
type Account struct {
	Person     okno.PersonID
	Login      string
	Folded     string
	Password   string    // hash
	MustChange bool      // the password was issued, not chosen
	Expires    time.Time // of an issued password; zero: never
	Changed    time.Time
}

func scanAccount(row db.Scanner) (Account, error) {
	var a Account
	err := row.Scan(&a.Person, &a.Login, &a.Folded, &a.Password, flag{&a.MustChange}, moment{&a.Expires}, moment{&a.Changed})
	return a, err
}

const accountColumns = `c.person, c.login, c.folded, c.password, c.must_change, c.expires, c.changed`

// SetAccount makes or replaces a person's account; that the login is someone
// else's is a unique violation of account.folded.
func (tx Tx) SetAccount(a Account) error {
	_, err := tx.Exec(`INSERT INTO account (person, login, folded, password, must_change, expires, changed) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (person) DO UPDATE SET login = excluded.login, folded = excluded.folded, password = excluded.password,
		must_change = excluded.must_change, expires = excluded.expires, changed = excluded.changed`,
		a.Person, a.Login, a.Folded, a.Password, truth(a.MustChange), micro(a.Expires), micro(a.Changed))
	return err
}

// AccountByLogin is the account of a folded login name, else of whoever has
// that folded address, or okno.ErrNotFound.
func (tx Tx) AccountByLogin(folded string) (Account, error) {
	a, err := found(db.First(tx.Tx, scanAccount, `SELECT `+accountColumns+` FROM account c WHERE c.folded = ?`, folded))
	if okno.ReasonOf(err) != okno.NotFound {
		return a, err
	}
	return found(db.First(tx.Tx, scanAccount, `SELECT `+accountColumns+` FROM account c JOIN address a ON a.person = c.person WHERE a.folded = ?`, folded))
}

// AccountOf is a person's account, or okno.ErrNotFound.
func (tx Tx) AccountOf(p okno.PersonID) (Account, error) {
	return found(db.First(tx.Tx, scanAccount, `SELECT `+accountColumns+` FROM account c WHERE c.person = ?`, p))
}

// AnyAdmin reports whether somebody holds the built-in administrator's role
// for all departments and may come in.
func (tx Tx) AnyAdmin() (bool, error) {
	return tx.exists(`SELECT 1 FROM person_role g JOIN role r ON r.id = g.role JOIN person p ON p.id = g.person
		WHERE r.builtin = 'admin' AND g.department = 0 AND p.disabled = 0 LIMIT 1`)
}
