package store

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// SaveMessage keeps a changed or deleted message over the version it was read
// at; what it said before becomes a version.
func (tx Tx) SaveMessage(before, m *okno.Message) error {
	err := stale(tx.Exec(`UPDATE message SET body = ?, html = ?, quoted = ?, edited = ?, deleted = ?, version = version + 1 WHERE id = ? AND version = ?`,
		m.Text, m.HTML, m.Quoted, micro(m.Edited), micro(m.Deleted), m.ID, before.Version))
	if err != nil {
		return err
	}
	m.Version = before.Version + 1
	written := before.At
	if !before.Edited.IsZero() {
		written = before.Edited
	}
	_, err = tx.Exec(`INSERT INTO message_version (message, version, body, html, at) VALUES (?, ?, ?, ?, ?)`,
		m.ID, before.Version, before.Text, before.HTML, micro(written))
	return err
}

// MessageVersions are what a message said before, oldest first.
func (tx Tx) MessageVersions(m okno.MessageID, limit int) ([]okno.MessageVersion, error) {
	return db.Collect(tx.Tx, func(row db.Scanner) (okno.MessageVersion, error) {
		var v okno.MessageVersion
		err := row.Scan(&v.Text, moment{&v.At})
		return v, err
	}, `SELECT body, at FROM message_version WHERE message = ? ORDER BY version LIMIT ?`, m, limit)
}

// DropFiles forgets a message's files; their bytes go once nothing else needs
// them.
func (tx Tx) DropFiles(m okno.MessageID) error {
	_, err := tx.Exec(`DELETE FROM file WHERE message = ? AND message > 0`, m)
	return err
}

// LastWord is the latest message of the dialogue that stands; the zero
// message: none does.
func (tx Tx) LastWord(t okno.TicketID) (okno.Message, error) {
	ms, err := db.Collect(tx.Tx, scanMessage, `SELECT `+messageColumns+` FROM message WHERE ticket = ? AND deleted = 0`+seenBy(okno.SideCustomer)+` ORDER BY id DESC LIMIT 1`, t)
	if err != nil || len(ms) == 0 {
		return okno.Message{}, err
	}
	return ms[0], nil
}

// LettersHeld are the letters of a message that no relay has taken yet.
func (tx Tx) LettersHeld(m okno.MessageID, limit int) ([]Letter, error) {
	return db.Collect(tx.Tx, scanLetter, `SELECT `+letterColumns+` FROM letter WHERE message = ? AND message > 0 AND sent = 0 AND state IN (?, ?, ?) LIMIT ?`,
		m, okno.LetterQueued, okno.LetterDelayed, okno.LetterFailed, limit)
}

// DropLetter forgets a letter that has not left, and what relays said of it:
// another letter may get its id.
func (tx Tx) DropLetter(id okno.LetterID) error {
	if err := tx.EraseAttempts(id); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM letter WHERE id = ? AND sent = 0`, id)
	return err
}

// AskMessageVersion counts the changes of a message, of which there is none
// before the transaction ends.
func (tx Tx) AskMessageVersion(m okno.MessageID) *db.Asked[int64] {
	return db.Ask(tx.Tx, scanOne[int64], `SELECT version FROM message WHERE id = ?`+tx.RowLock(), m)
}
