package store

import (
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// SaveDraft keeps what a person has typed but not sent; empty forgets it, with
// whatever else was kept of it.
func (tx Tx) SaveDraft(p okno.PersonID, t okno.TicketID, kind okno.MessageKind, body string, at time.Time) error {
	if body == "" {
		_, err := tx.Exec(`DELETE FROM draft WHERE person = ? AND ticket = ? AND kind = ?`, p, t, kind)
		return err
	}
	_, err := tx.Exec(`INSERT INTO draft (person, ticket, kind, body, updated) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (person, ticket, kind) DO UPDATE SET body = excluded.body, updated = excluded.updated,
			html = CASE WHEN draft.body = excluded.body THEN draft.html ELSE '' END`, p, t, kind, body, micro(at))
	return err
}

// KeepDraft keeps a whole draft in the place of what was there.
func (tx Tx) KeepDraft(p okno.PersonID, t okno.TicketID, kind okno.MessageKind, d okno.Draft, at time.Time) error {
	if d.Files == nil {
		d.Files = []okno.Ref{}
	}
	_, err := tx.Exec(`INSERT INTO draft (person, ticket, kind, body, html, cc, files, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (person, ticket, kind) DO UPDATE SET body = excluded.body, html = excluded.html, cc = excluded.cc, files = excluded.files, updated = excluded.updated`,
		p, t, kind, d.Text, d.HTML, strings.Join(d.CC, ", "), toJSON(d.Files), micro(at))
	return err
}

// Drafts are what a person has typed on a ticket, by kind.
func (tx Tx) Drafts(p okno.PersonID, t okno.TicketID) (map[okno.MessageKind]okno.Draft, error) {
	drafts := map[okno.MessageKind]okno.Draft{}
	_, err := db.Collect(tx.Tx, func(row db.Scanner) (okno.Draft, error) {
		var kind okno.MessageKind
		var d okno.Draft
		var cc string
		err := row.Scan(&kind, &d.Text, &d.HTML, &cc, document{&d.Files})
		if cc != "" {
			d.CC = strings.Split(cc, ", ")
		}
		drafts[kind] = d
		return d, err
	}, `SELECT kind, body, html, cc, files FROM draft WHERE person = ? AND ticket = ?`, p, t)
	return drafts, err
}
