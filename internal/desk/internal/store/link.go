package store

import (
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// Purpose is what a mailed link is good for.
type Purpose string

const (
	LinkAccess Purpose = "access" // to one ticket; again and again until it expires
	LinkInvite Purpose = "invite" // to the first entry; once
	LinkReset  Purpose = "reset"  // to a new password; once
	LinkSetup  Purpose = "setup"  // to the first administrator; once

	LinkRegistration Purpose = "registration" // confirms an account that was asked for; once
	LinkAddress      Purpose = "address"      // confirms a new address; once
)

// Link is a token that stands in a letter or on the console.
type Link struct {
	ID      int64
	Hash    []byte
	Purpose Purpose
	Person  okno.PersonID
	Ticket  okno.TicketID
	Subject int64 // the registration or change of address it completes
	Created time.Time
	Expires time.Time
	Used    time.Time
}

// AddLinks keeps links.
func (tx Tx) AddLinks(links ...Link) error {
	for some := range db.Batches(links) {
		const row = `(?, ?, ?, ?, ?, ?, ?)`
		var args []any
		for _, l := range some {
			args = append(args, l.Hash, l.Purpose, l.Person, l.Ticket, l.Subject, micro(l.Created), micro(l.Expires))
		}
		if err := tx.Send(`INSERT INTO link (hash, purpose, person, ticket, subject, created, expires) VALUES `+row+strings.Repeat(", "+row, len(some)-1), args...); err != nil {
			return err
		}
	}
	return nil
}

// LinkByHash is the link of a token's hash, expired and used ones too, or
// okno.ErrNotFound.
func (tx Tx) LinkByHash(hash []byte) (Link, error) {
	return found(db.First(tx.Tx, func(row db.Scanner) (Link, error) {
		var l Link
		err := row.Scan(&l.ID, &l.Hash, &l.Purpose, &l.Person, &l.Ticket, &l.Subject, moment{&l.Created}, moment{&l.Expires}, moment{&l.Used})
		return l, err
	}, `SELECT id, hash, purpose, person, ticket, subject, created, expires, used FROM link WHERE hash = ?`, hash))
}

// SpendLink uses a link up; false: it was used already.
func (tx Tx) SpendLink(id int64, now time.Time) (bool, error) {
	n, err := tx.Exec(`UPDATE link SET used = ? WHERE id = ? AND used = 0`, micro(now), id)
	return n == 1, err
}

// DropLinks revokes a person's links of a purpose.
func (tx Tx) DropLinks(p okno.PersonID, purpose Purpose) error {
	_, err := tx.Exec(`DELETE FROM link WHERE person = ? AND purpose = ?`, p, purpose)
	return err
}

// DropOldLinks forgets links that expired before a moment.
func (tx Tx) DropOldLinks(before time.Time) error {
	_, err := tx.Exec(`DELETE FROM link WHERE expires < ?`, micro(before))
	return err
}
