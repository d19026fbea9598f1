package store

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// Calendars are those that somebody has changed: the installation's
// (department 0) and the departments' own.
func (tx Tx) Calendars() ([]okno.Calendar, error) {
	return db.Collect(tx.Tx, func(row db.Scanner) (okno.Calendar, error) {
		var c okno.Calendar
		var department okno.DepartmentID
		var version int64
		err := row.Scan(&department, document{&c}, &version)
		c.Department, c.Version = department, version
		return c, err
	}, `SELECT department, value, version FROM calendar ORDER BY department LIMIT 1000`)
}

// SaveCalendar keeps a calendar over the version it was read at; version 0
// makes it.
func (tx Tx) SaveCalendar(c okno.Calendar) error {
	if c.Version == 0 {
		return stale(tx.Exec(`INSERT INTO calendar (department, value, version) VALUES (?, ?, 1) ON CONFLICT DO NOTHING`, c.Department, toJSON(c)))
	}
	return stale(tx.Exec(`UPDATE calendar SET value = ?, version = version + 1 WHERE department = ? AND version = ?`, toJSON(c), c.Department, c.Version))
}

// DropCalendar takes a department's own calendar away.
func (tx Tx) DropCalendar(d okno.DepartmentID) error {
	_, err := tx.Exec(`DELETE FROM calendar WHERE department = ?`, d)
	return err
}
