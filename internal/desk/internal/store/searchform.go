package store

import (
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// IndexForm is how far the index has come that is made anew in a form with a
// ticket's words by department and by company.
type IndexForm struct {
	Whole bool          // every ticket that is indexed is so
	Since time.Time     // when a program that knows the form was first here; zero: not yet
	Upto  okno.TicketID // the last ticket that was asked to be indexed again
}

// IndexForm reads it.
func (tx Tx) IndexForm() (IndexForm, error) {
	return db.First(tx.Tx, func(row db.Scanner) (f IndexForm, err error) {
		return f, row.Scan(flag{&f.Whole}, moment{&f.Since}, &f.Upto)
	}, `SELECT whole, since, upto FROM search_form WHERE one = 1`)
}

// SaveIndexForm keeps how far it has come since it was read; a conflict:
// somebody else has gone on meanwhile.
func (tx Tx) SaveIndexForm(f IndexForm, before okno.TicketID) error {
	return stale(tx.Exec(`UPDATE search_form SET whole = ?, since = ?, upto = ? WHERE one = 1 AND upto = ?`, truth(f.Whole), micro(f.Since), f.Upto, before))
}

// LastTicket is the ticket opened last; 0: there is none.
func (tx Tx) LastTicket() (okno.TicketID, error) {
	return db.First(tx.Tx, scanOne[okno.TicketID], `SELECT COALESCE(MAX(id), 0) FROM ticket`)
}
