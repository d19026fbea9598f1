package store

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// Settings are the installation's, or okno.ErrNotFound before it is set up.
func (tx Tx) Settings() (okno.Settings, error) {
	return found(db.First(tx.Tx, func(row db.Scanner) (okno.Settings, error) {
		s := okno.Settings{UndoSeconds: okno.DefaultUndo, JoinMinutes: okno.DefaultJoin} // of one kept before it could be set
		var version int64
		err := row.Scan(document{&s}, &version)
		s.Version = version
		return s, err
	}, `SELECT value, version FROM setting WHERE name = 'desk'`))
}

// SaveSettings keeps the settings over the version they were read at; version
// 0 makes them.
func (tx Tx) SaveSettings(s okno.Settings) error {
	if s.Version == 0 {
		return stale(tx.Exec(`INSERT INTO setting (name, value, version) VALUES ('desk', ?, 1) ON CONFLICT DO NOTHING`, toJSON(s)))
	}
	return stale(tx.Exec(`UPDATE setting SET value = ?, version = version + 1 WHERE name = 'desk' AND version = ?`, toJSON(s), s.Version))
}
