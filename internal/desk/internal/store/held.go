package store

import (
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

const heldColumns = `id, ref, ticket, author, session, body, html, status, cc, written, due, planned, after, stopped, fact, version`

func scanHeld(row db.Scanner) (okno.HeldAnswer, error) {
	var h okno.HeldAnswer
	err := row.Scan(&h.ID, &h.Ref, &h.Ticket, &h.Author, &h.Session, &h.Text, &h.HTML, &h.Then, document{&h.CC},
		moment{&h.Written}, moment{&h.Due}, flag{&h.Planned}, &h.After, &h.Stopped, &h.Fact, &h.Version)
	return h, err
}

// AddHeld keeps an answer that waits and sets its ID.
func (tx Tx) AddHeld(h *okno.HeldAnswer) error {
	id, err := insert(tx, `INSERT INTO held_answer (ref, ticket, author, session, body, html, status, cc, written, due, planned, after, fact)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0) RETURNING id`,
		h.Ref, h.Ticket, h.Author, h.Session, h.Text, h.HTML, h.Then, toJSON(h.CC), micro(h.Written), micro(h.Due), truth(h.Planned), h.After)
	h.ID, h.Version = okno.HeldID(id), 1
	return err
}

// SaveHeld keeps when a held answer is due or why it waits, over the version it
// was read at.
func (tx Tx) SaveHeld(h *okno.HeldAnswer) error {
	err := stale(tx.Exec(`UPDATE held_answer SET due = ?, planned = ?, after = ?, stopped = ?, version = version + 1 WHERE id = ? AND version = ?`,
		micro(h.Due), truth(h.Planned), h.After, h.Stopped, h.ID, h.Version))
	h.Version++
	return err
}

// SetHeldFact keeps which fact says that an answer is held.
func (tx Tx) SetHeldFact(h okno.HeldID, e okno.EventID) error {
	_, err := tx.Exec(`UPDATE held_answer SET fact = ? WHERE id = ?`, e, h)
	return err
}

// DropHeld takes a held answer away; false: somebody else was faster. One that
// was changed since it was read is ErrRaced.
func (tx Tx) DropHeld(h *okno.HeldAnswer) (bool, error) {
	n, err := tx.Exec(`DELETE FROM held_answer WHERE id = ? AND version = ?`, h.ID, h.Version)
	if err != nil || n == 1 {
		return n == 1, err
	}
	changed, err := tx.exists(`SELECT 1 FROM held_answer WHERE id = ?`, h.ID)
	if err == nil && changed {
		err = ErrRaced
	}
	return false, err
}

// Held is an answer that waits, with its files, or okno.ErrNotFound.
func (tx Tx) Held(id okno.HeldID) (okno.HeldAnswer, error) {
	return tx.heldFiles(db.First(tx.Tx, scanHeld, `SELECT `+heldColumns+` FROM held_answer WHERE id = ?`, id))
}

// HeldByRef is Held by public name.
func (tx Tx) HeldByRef(ref okno.Ref) (okno.HeldAnswer, error) {
	return tx.heldFiles(db.First(tx.Tx, scanHeld, `SELECT `+heldColumns+` FROM held_answer WHERE ref = ?`, ref))
}

func (tx Tx) heldFiles(h okno.HeldAnswer, err error) (okno.HeldAnswer, error) {
	if h, err = found(h, err); err != nil {
		return h, err
	}
	h.Files, err = db.Collect(tx.Tx, scanFile, `SELECT `+fileColumns+` FROM file WHERE held = ? AND held > 0 ORDER BY id`, h.ID)
	return h, err
}

// HeldOf are a ticket's answers that wait, with their files, oldest first.
func (tx Tx) HeldOf(t okno.TicketID, limit int) ([]okno.HeldAnswer, error) {
	all, err := db.Collect(tx.Tx, scanHeld, `SELECT `+heldColumns+` FROM held_answer WHERE ticket = ? ORDER BY due, id LIMIT ?`, t, limit)
	for i := range all {
		if err != nil {
			return nil, err
		}
		all[i], err = tx.heldFiles(all[i], nil)
	}
	return all, err
}

// TakeUploadHeld makes a session's upload a held answer's file; false: it is
// not there, another's, or already taken.
func (tx Tx) TakeUploadHeld(ref okno.Ref, s okno.SessionID, h okno.HeldID) (bool, error) {
	n, err := tx.Exec(`UPDATE file SET held = ?, session = 0 WHERE ref = ? AND session = ? AND message = 0 AND held = 0`, h, ref, s)
	return n == 1, err
}

// GiveHeldFiles makes a held answer's files a message's; it returns how many.
func (tx Tx) GiveHeldFiles(h okno.HeldID, m okno.MessageID) (int, error) {
	n, err := tx.Exec(`UPDATE file SET message = ?, held = 0 WHERE held = ? AND held > 0`, m, h)
	return int(n), err
}

// FreeHeldFiles makes a held answer's files uploads of a session again.
func (tx Tx) FreeHeldFiles(h okno.HeldID, s okno.SessionID, at time.Time) error {
	_, err := tx.Exec(`UPDATE file SET session = ?, held = 0, created = ? WHERE held = ? AND held > 0`, s, micro(at), h)
	return err
}

// CustomerWroteAfter reports whether a customer's message that counts came to
// a ticket after another.
func (tx Tx) CustomerWroteAfter(t okno.TicketID, m okno.MessageID) (bool, error) {
	return tx.exists(`SELECT 1 FROM message WHERE ticket = ? AND id > ? AND side = 'customer' AND deleted = 0`+seenBy(okno.SideCustomer)+` LIMIT 1`, t, m)
}

// HeldOfFile is the ticket of the held answer that a file belongs to; 0: to
// none.
func (tx Tx) HeldOfFile(f okno.FileID) (okno.TicketID, error) {
	ids, err := db.Collect(tx.Tx, scanOne[okno.TicketID], `SELECT h.ticket FROM file f JOIN held_answer h ON h.id = f.held WHERE f.id = ? AND f.held > 0`, f)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return ids[0], nil
}
