package store

import (
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

const viewColumns = `id, ref, person, name, shared, team, sorting, version, created`

// keptView is a saved view and its id.
type keptView struct {
	id   int64
	view okno.View
}

func scanView(row db.Scanner) (keptView, error) {
	var k keptView
	v := &k.view
	return k, row.Scan(&k.id, &v.Ref, &v.Person, &v.Name, flag{&v.Shared}, &v.Team, &v.Order, &v.Version, moment{&v.Created})
}

// AddView keeps a saved view.
func (tx Tx) AddView(v okno.View) error {
	id, err := insert(tx, `INSERT INTO saved_view (ref, person, name, question, shared, team, sorting, created) VALUES (?, ?, ?, '', ?, ?, ?, ?) RETURNING id`,
		v.Ref, v.Person, v.Name, truth(v.Shared), v.Team, v.Order, micro(v.Created))
	if err != nil {
		return err
	}
	return tx.addConditions(id, v.Conditions)
}

func (tx Tx) addConditions(view int64, conditions []okno.Condition) error {
	for i, c := range conditions {
		if _, err := tx.Exec(`INSERT INTO view_condition (view, position, field, op, value) VALUES (?, ?, ?, ?, ?)`,
			view, i+1, c.Field, c.Op, strings.Join(c.Values, "\n")); err != nil {
			return err
		}
	}
	return nil
}

// SaveView keeps a changed view over the version it was read at.
func (tx Tx) SaveView(v okno.View) error {
	if err := stale(tx.Exec(`UPDATE saved_view SET name = ?, shared = ?, team = ?, sorting = ?, version = version + 1 WHERE ref = ? AND version = ?`,
		v.Name, truth(v.Shared), v.Team, v.Order, v.Ref, v.Version)); err != nil {
		return err
	}
	id, err := tx.forgetConditions(v.Ref)
	if err != nil {
		return err
	}
	return tx.addConditions(id, v.Conditions)
}

func (tx Tx) forgetConditions(ref okno.Ref) (view int64, err error) {
	if view, err = found(db.First(tx.Tx, scanOne[int64], `SELECT id FROM saved_view WHERE ref = ?`, ref)); err != nil {
		return 0, err
	}
	_, err = tx.Exec(`DELETE FROM view_condition WHERE view = ?`, view)
	return view, err
}

// ViewsOf are an agent's own saved views and those of others that are shared
// with all or with one of his teams, the first saved first, at most limit of
// each.
func (tx Tx) ViewsOf(p okno.PersonID, teams []okno.TeamID, limit int) ([]okno.View, error) {
	part := ` SELECT * FROM (SELECT ` + viewColumns + ` FROM saved_view WHERE `
	args := []any{p, limit, p, limit}
	sql := part + `person = ? ORDER BY id LIMIT ?) AS part UNION` + part + `shared = 1 AND person <> ? ORDER BY id LIMIT ?) AS part`
	for _, team := range teams {
		sql, args = sql+` UNION`+part+`team = ? AND team > 0 AND person <> ? ORDER BY id LIMIT ?) AS part`, append(args, team, p, limit)
	}
	return tx.views(`SELECT `+viewColumns+` FROM (`+sql+`) AS part ORDER BY id`, args...)
}

func (tx Tx) views(sql string, args ...any) ([]okno.View, error) {
	kept, err := db.Collect(tx.Tx, scanView, sql, args...)
	if err != nil || len(kept) == 0 {
		return nil, err
	}
	at := make(map[int64]int, len(kept))
	views, ids := make([]okno.View, len(kept)), make([]any, len(kept))
	for i, k := range kept {
		at[k.id], views[i], ids[i] = i, k.view, k.id
	}
	_, err = db.Collect(tx.Tx, func(row db.Scanner) (c okno.Condition, err error) {
		var view int64
		var value string
		err = row.Scan(&view, &c.Field, &c.Op, &value)
		c.Values = strings.Split(value, "\n")
		views[at[view]].Conditions = append(views[at[view]].Conditions, c)
		return c, err
	}, `SELECT view, field, op, value FROM view_condition WHERE view IN (`+marks(len(ids))+`) ORDER BY view, position`, ids...)
	return views, err
}

// View is one saved view, or okno.ErrNotFound.
func (tx Tx) View(ref okno.Ref) (okno.View, error) {
	views, err := tx.views(`SELECT `+viewColumns+` FROM saved_view WHERE ref = ?`, ref)
	if err == nil && len(views) == 0 {
		err = okno.ErrNotFound
	}
	if err != nil {
		return okno.View{}, err
	}
	return views[0], nil
}

// DropView forgets a saved view.
func (tx Tx) DropView(ref okno.Ref) error {
	if _, err := tx.forgetConditions(ref); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM saved_view WHERE ref = ?`, ref)
	return err
}

// CountViews is how many views an agent has saved.
func (tx Tx) CountViews(p okno.PersonID) (int, error) {
	return db.First(tx.Tx, scanOne[int], `SELECT COUNT(*) FROM saved_view WHERE person = ?`, p)
}
