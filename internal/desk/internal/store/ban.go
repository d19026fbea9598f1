package store

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

func scanBan(row db.Scanner) (okno.Ban, error) {
	var b okno.Ban
	err := row.Scan(&b.Ref, &b.What, &b.By, moment{&b.At})
	return b, err
}

// AddBan keeps a ban; one that is there already stays as it is.
func (tx Tx) AddBan(b okno.Ban) error {
	_, err := tx.Exec(`INSERT INTO ban (ref, what, person, at) VALUES (?, ?, ?, ?) ON CONFLICT (what) DO NOTHING`, b.Ref, b.What, b.By, micro(b.At))
	return err
}

// Bans are all bans by what they ban.
func (tx Tx) Bans(limit int) ([]okno.Ban, error) {
	return db.Collect(tx.Tx, scanBan, `SELECT ref, what, person, at FROM ban ORDER BY what LIMIT ?`, limit)
}

// LiftBan forgets a ban, or okno.ErrNotFound.
func (tx Tx) LiftBan(ref okno.Ref) error {
	n, err := tx.Exec(`DELETE FROM ban WHERE ref = ?`, ref)
	if err == nil && n == 0 {
		err = okno.ErrNotFound
	}
	return err
}

// Banned reports whether any of these is banned.
func (tx Tx) Banned(what []string) (bool, error) {
	args := make([]any, len(what))
	for i, w := range what {
		args[i] = w
	}
	return tx.exists(`SELECT 1 FROM ban WHERE what IN (`+marks(len(what))+`) LIMIT 1`, args...)
}
