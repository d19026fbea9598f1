package store

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

func scanTag(row db.Scanner) (okno.Tag, error) {
	var t okno.Tag
	return t, row.Scan(&t.ID, &t.Ref, &t.Name, &t.Into, moment{&t.Created}, &t.Version)
}

// Tags are all tags, those merged into others too.
func (tx Tx) Tags() ([]okno.Tag, error) {
	return db.Collect(tx.Tx, scanTag, `SELECT id, ref, name, merged, created, version FROM tag ORDER BY folded, id`)
}

// TagNamed is the tag of a folded name, or okno.ErrNotFound.
func (tx Tx) TagNamed(folded string) (okno.Tag, error) {
	return found(db.First(tx.Tx, scanTag, `SELECT id, ref, name, merged, created, version FROM tag WHERE folded = ? AND merged = 0`, folded))
}

// HoldTag keeps a tag from being merged before the transaction ends;
// okno.ErrNotFound: it was.
func (tx Tx) HoldTag(id okno.TagID) error {
	_, err := found(db.First(tx.Tx, scanOne[okno.TagID], `SELECT id FROM tag WHERE id = ? AND merged = 0`+tx.RowLock(), id))
	return err
}

// AddTag keeps a new tag and sets its ID. A unique violation means that there
// is one of the name.
func (tx Tx) AddTag(t *okno.Tag, folded string) error {
	id, err := insert(tx, `INSERT INTO tag (ref, name, folded, created) VALUES (?, ?, ?, ?) RETURNING id`, t.Ref, t.Name, folded, micro(t.Created))
	t.ID, t.Version = okno.TagID(id), 1
	return err
}

// SaveTag keeps a renamed or merged tag over the version it was read at. What
// was merged into it before goes with it.
func (tx Tx) SaveTag(t okno.Tag, folded string) error {
	if err := stale(tx.Exec(`UPDATE tag SET name = ?, folded = ?, merged = ?, version = version + 1 WHERE id = ? AND version = ?`, t.Name, folded, t.Into, t.ID, t.Version)); err != nil || t.Into == 0 {
		return err
	}
	_, err := tx.Exec(`UPDATE tag SET merged = ? WHERE merged = ?`, t.Into, t.ID)
	return err
}

// TagsOf are the tags of some tickets as they were put there.
func (tx Tx) TagsOf(tickets []okno.TicketID) (map[okno.TicketID][]okno.TagID, error) {
	tags := make(map[okno.TicketID][]okno.TagID, len(tickets))
	if len(tickets) == 0 {
		return tags, nil
	}
	_, err := among(tx, func(row db.Scanner) (tag okno.TagID, err error) {
		var ticket okno.TicketID
		err = row.Scan(&ticket, &tag)
		tags[ticket] = append(tags[ticket], tag)
		return tag, err
	}, `SELECT ticket, tag FROM ticket_tag WHERE ticket IN `, tickets, ``)
	return tags, err
}

// PutTag puts a tag on a ticket; once is enough.
func (tx Tx) PutTag(t okno.TicketID, tag okno.TagID) error {
	_, err := tx.Exec(`INSERT INTO ticket_tag (ticket, tag) VALUES (?, ?) ON CONFLICT DO NOTHING`, t, tag)
	return err
}

// TakeTag takes a tag off a ticket. Put there again, it is no longer there
// because of a merge.
func (tx Tx) TakeTag(t okno.TicketID, tag okno.TagID) error {
	if _, err := tx.Exec(`DELETE FROM ticket_tag WHERE ticket = ? AND tag = ?`, t, tag); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM merge_tag WHERE tag = ? AND ticket IN (SELECT ticket FROM ticket_merge WHERE target = ?)`, tag, t)
	return err
}

// Tagged are the latest tickets with any of some tags, whoever sees them.
func (tx Tx) Tagged(tags []okno.TagID, limit int) ([]int64, error) {
	part := ``
	var args []any
	for i, tag := range tags {
		if i > 0 {
			part += ` UNION `
		}
		part += `SELECT * FROM (SELECT ticket FROM ticket_tag WHERE tag = ? ORDER BY ticket DESC LIMIT ?) AS part`
		args = append(args, tag, limit)
	}
	return db.Collect(tx.Tx, scanOne[int64], `SELECT ticket FROM (`+part+`) AS part ORDER BY ticket DESC LIMIT ?`, append(args, limit)...)
}
