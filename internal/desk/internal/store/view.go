package store

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

func scanView(row db.Scanner) (okno.View, error) {
	var v okno.View
	return v, row.Scan(&v.Ref, &v.Person, &v.Name, &v.Question, flag{&v.Shared}, moment{&v.Created})
}

// AddView keeps a saved view.
func (tx Tx) AddView(v okno.View) error {
	_, err := tx.Exec(`INSERT INTO saved_view (ref, person, name, question, shared, created) VALUES (?, ?, ?, ?, ?, ?)`,
		v.Ref, v.Person, v.Name, v.Question, truth(v.Shared), micro(v.Created))
	return err
}

// ViewsOf are an agent's own saved views and those of others that are shared,
// the first saved first, at most limit of each.
func (tx Tx) ViewsOf(p okno.PersonID, limit int) ([]okno.View, error) {
	return db.Collect(tx.Tx, scanView, `SELECT ref, person, name, question, shared, created FROM (
			SELECT * FROM (SELECT * FROM saved_view WHERE person = ? ORDER BY id LIMIT ?) AS part
			UNION ALL SELECT * FROM (SELECT * FROM saved_view WHERE shared = 1 AND person <> ? ORDER BY id LIMIT ?) AS part) AS own_and_shared
		ORDER BY id`, p, limit, p, limit)
}

// View is one saved view, or okno.ErrNotFound.
func (tx Tx) View(ref okno.Ref) (okno.View, error) {
	return found(db.First(tx.Tx, scanView, `SELECT ref, person, name, question, shared, created FROM saved_view WHERE ref = ?`, ref))
}

// DropView forgets a saved view.
func (tx Tx) DropView(ref okno.Ref) error {
	_, err := tx.Exec(`DELETE FROM saved_view WHERE ref = ?`, ref)
	return err
}

// CountViews is how many views an agent has saved.
func (tx Tx) CountViews(p okno.PersonID) (int, error) {
	return db.First(tx.Tx, scanOne[int], `SELECT COUNT(*) FROM saved_view WHERE person = ?`, p)
}
