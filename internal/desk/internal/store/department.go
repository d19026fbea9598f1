package store

import (
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

func scanDepartment(row db.Scanner) (okno.Department, error) {
	var d okno.Department
	err := row.Scan(&d.ID, &d.Ref, &d.Name, &d.Signature, &d.AnswerWithin, moment{&d.Closed}, &d.Version)
	return d, err
}

const departmentColumns = `id, ref, name, signature, answer_within, closed, version`

// AddDepartment keeps a new department and sets its ID.
func (tx Tx) AddDepartment(d *okno.Department, at time.Time) error {
	id, err := insert(tx, `INSERT INTO department (ref, name, signature, answer_within, created) VALUES (?, ?, ?, ?, ?) RETURNING id`, d.Ref, d.Name, d.Signature, d.AnswerWithin, micro(at))
	d.ID, d.Version = okno.DepartmentID(id), 1
	return err
}

// SaveDepartment keeps a changed department over the version it was read at.
func (tx Tx) SaveDepartment(d *okno.Department) error {
	return stale(tx.Exec(`UPDATE department SET name = ?, signature = ?, answer_within = ?, closed = ?, version = version + 1 WHERE id = ? AND version = ?`,
		d.Name, d.Signature, d.AnswerWithin, micro(d.Closed), d.ID, d.Version))
}

// Departments are all departments, closed ones too, in the order they were
// made.
func (tx Tx) Departments() ([]okno.Department, error) {
	return db.Collect(tx.Tx, scanDepartment, `SELECT `+departmentColumns+` FROM department ORDER BY id LIMIT 1000`)
}

// Department is one department, or okno.ErrNotFound.
func (tx Tx) Department(id okno.DepartmentID) (okno.Department, error) {
	return found(tx.AskDepartment(id).First())
}

// AskDepartment is Department for later.
func (tx Tx) AskDepartment(id okno.DepartmentID) *db.Asked[okno.Department] {
	return db.Ask(tx.Tx, scanDepartment, `SELECT `+departmentColumns+` FROM department WHERE id = ?`, id)
}

// DepartmentByRef is Department by public name.
func (tx Tx) DepartmentByRef(ref okno.Ref) (okno.Department, error) {
	return found(db.First(tx.Tx, scanDepartment, `SELECT `+departmentColumns+` FROM department WHERE ref = ?`, ref))
}
