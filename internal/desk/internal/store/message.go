package store

import (
	"slices"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

const messageColumns = `id, ref, ticket, kind, side, author, channel, claim, apart, machine, body, html, quoted, letter, at, edited, deleted, version, published, home`

func scanMessage(row db.Scanner) (okno.Message, error) {
	var m okno.Message
	err := row.Scan(&m.ID, &m.Ref, &m.Ticket, &m.Kind, &m.Side, &m.Author, &m.Channel, &m.Claim, flag{&m.Apart}, flag{&m.Machine},
		&m.Text, &m.HTML, &m.Quoted, &m.Letter, moment{&m.At}, moment{&m.Edited}, moment{&m.Deleted}, &m.Version, &m.Published, &m.Home)
	return m, err
}

// AddMessage keeps a message and sets its ID; its files are added apart.
func (tx Tx) AddMessage(m *okno.Message) error {
	id, err := tx.Add("message", `INSERT INTO message (id, ref, ticket, kind, side, author, channel, claim, apart, machine, body, html, quoted, letter, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		m.Ref, m.Ticket, m.Kind, m.Side, m.Author, m.Channel, m.Claim, truth(m.Apart), truth(m.Machine), m.Text, m.HTML, m.Quoted, m.Letter, micro(m.At))
	m.ID, m.Version = okno.MessageID(id), 1
	return err
}

// seenBy is the condition that leaves only what a side may see of messages.
func seenBy(side okno.Side) string {
	if side == okno.SideAgent {
		return ``
	}
	return ` AND kind = 'public' AND apart = 0 AND machine = 0`
}

// BareMessages is a ticket's dialogue as the side may see it, without files: the
// newest limit messages before a message (0: the last ones), oldest first.
func (tx Tx) BareMessages(t okno.TicketID, side okno.Side, before okno.MessageID, limit int) ([]okno.Message, error) {
	sql := `SELECT ` + messageColumns + ` FROM message WHERE ticket = ?` + seenBy(side)
	args := []any{t}
	if before > 0 {
		sql += ` AND id < ?`
		args = append(args, before)
	}
	ms, err := db.Collect(tx.Tx, scanMessage, sql+` ORDER BY id DESC LIMIT ?`, append(args, limit)...)
	slices.Reverse(ms)
	return ms, err
}

// Attach gives messages their files.
func (tx Tx) Attach(ms []okno.Message) error {
	if len(ms) == 0 {
		return nil
	}
	ids := make([]okno.MessageID, len(ms))
	at := make(map[okno.MessageID]int, len(ms))
	for i, m := range ms {
		ids[i], at[m.ID] = m.ID, i
	}
	files, err := among(tx, scanFile, `SELECT `+fileColumns+` FROM file WHERE message > 0 AND message IN `, ids, ` ORDER BY id`)
	for _, f := range files {
		m := &ms[at[f.Message]]
		m.Files = append(m.Files, f)
	}
	return err
}

// Message is one message with its files; whether the asker may see it is for
// the caller to decide by its ticket.
func (tx Tx) Message(id okno.MessageID) (okno.Message, error) {
	return tx.withFiles(tx.AskMessage(id).First())
}

// AskMessage is Message for later, without its files.
func (tx Tx) AskMessage(id okno.MessageID) *db.Asked[okno.Message] {
	return db.Ask(tx.Tx, scanMessage, `SELECT `+messageColumns+` FROM message WHERE id = ?`, id)
}

// MessageByRef is Message by public name.
func (tx Tx) MessageByRef(ref okno.Ref) (okno.Message, error) {
	return tx.withFiles(db.First(tx.Tx, scanMessage, `SELECT `+messageColumns+` FROM message WHERE ref = ?`, ref))
}

func (tx Tx) withFiles(m okno.Message, err error) (okno.Message, error) {
	if m, err = found(m, err); err != nil {
		return m, err
	}
	m.Files, err = tx.FilesOf(m.ID)
	return m, err
}

// FirstMessage is the message that a ticket was opened with, wherever it stands
// now.
func (tx Tx) FirstMessage(t okno.TicketID) (okno.Message, error) {
	return tx.withFiles(tx.AskFirstMessage(t).First())
}

// FirstOf is the row that was asked for, or okno.ErrNotFound.
func FirstOf[T any](asked *db.Asked[T]) (T, error) { return found(asked.First()) }

// AskFirstMessage is FirstMessage for later, without its files.
func (tx Tx) AskFirstMessage(t okno.TicketID) *db.Asked[okno.Message] {
	return db.Ask(tx.Tx, scanMessage, `SELECT `+messageColumns+` FROM message
		WHERE ticket = (SELECT CASE WHEN merged > 0 THEN merged ELSE id END FROM ticket WHERE id = ?)
			AND home = (SELECT CASE WHEN merged > 0 THEN id ELSE 0 END FROM ticket WHERE id = ?) ORDER BY id LIMIT 1`, t, t)
}

// PublishNote records that a note has become a message; false: it had before.
func (tx Tx) PublishNote(note, message okno.MessageID) (bool, error) {
	n, err := tx.Exec(`UPDATE message SET published = ? WHERE id = ? AND published = 0`, message, note)
	return n > 0, err
}
