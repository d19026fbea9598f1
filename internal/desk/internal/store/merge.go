package store

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

func scanMerge(row db.Scanner) (okno.Merge, error) {
	var m okno.Merge
	err := row.Scan(&m.Ticket, &m.Number, &m.Into, &m.Was, moment{&m.At})
	return m, err
}

// MergesOf are the tickets that lead to one, in the order in which they went
// into it or into each other, without who takes part and which tags there are because of it.
func (tx Tx) MergesOf(t okno.TicketID) ([]okno.Merge, error) {
	return db.Collect(tx.Tx, scanMerge, `SELECT t.id, t.number, m.target, m.was, m.at FROM ticket t JOIN ticket_merge m ON m.ticket = t.id
		WHERE t.merged = ? AND t.merged > 0 ORDER BY m.at, t.id`, t)
}

// Numbers are the numbers of tickets, whether or not they went into another.
func (tx Tx) Numbers(tickets []okno.TicketID) (map[okno.TicketID]okno.Number, error) {
	numbers := make(map[okno.TicketID]okno.Number, len(tickets))
	if len(tickets) == 0 {
		return numbers, nil
	}
	_, err := db.Collect(tx.Tx, func(row db.Scanner) (n okno.Number, err error) {
		var id okno.TicketID
		err = row.Scan(&id, &n)
		numbers[id] = n
		return n, err
	}, `SELECT id, number FROM ticket WHERE id IN (`+marks(len(tickets))+`)`, anys(tickets)...)
	return numbers, err
}

// AddMerge has a ticket, and those that lead to it, lead to another, and moves
// what stands in it there. Who takes part is the caller's to see to.
func (tx Tx) AddMerge(m okno.Merge) error {
	from, into := m.Ticket, m.Into
	for _, change := range []struct {
		sql  string
		args []any
	}{
		{`INSERT INTO ticket_merge (ticket, target, was, at) VALUES (?, ?, ?, ?)`, []any{from, into, m.Was, micro(m.At)}},
		{`UPDATE ticket SET merged = ? WHERE merged = ? AND merged > 0`, []any{into, from}},
		{`UPDATE ticket SET merged = ? WHERE id = ?`, []any{into, from}},
		{`UPDATE message SET home = CASE WHEN home = 0 THEN ticket ELSE home END, ticket = ? WHERE ticket = ?`, []any{into, from}},
		{`UPDATE call SET home = CASE WHEN home = 0 THEN ticket ELSE home END, ticket = ? WHERE ticket = ?`, []any{into, from}},
		{`UPDATE held_answer SET home = CASE WHEN home = 0 THEN ticket ELSE home END, ticket = ?, stopped = ?, version = version + 1 WHERE ticket = ?`,
			[]any{into, okno.StopMerged, from}},
		{`INSERT INTO draft (person, ticket, kind, body, html, cc, files, updated)
			SELECT person, CAST(? AS BIGINT), kind, body, html, cc, files, updated FROM draft WHERE ticket = ?
			ON CONFLICT (person, ticket, kind) DO UPDATE SET body = draft.body || ? || excluded.body, html = '', updated = excluded.updated`,
			[]any{into, from, "\n\n"}},
		{`DELETE FROM draft WHERE ticket = ?`, []any{from}},
		// Later letters go on in the threads of both.
		{`INSERT INTO thread (messageid, ticket, at) SELECT messageid, CAST(? AS BIGINT), at FROM thread WHERE ticket = ? ON CONFLICT DO NOTHING`, []any{into, from}},
	} {
		if _, err := tx.Exec(change.sql, change.args...); err != nil {
			return err
		}
	}
	for _, p := range m.Joined {
		if _, err := tx.Exec(`INSERT INTO merge_participant (ticket, person) VALUES (?, ?)`, from, p); err != nil {
			return err
		}
	}
	for _, tag := range m.Tags {
		if err := tx.PutTag(into, tag); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO merge_tag (ticket, tag) VALUES (?, ?)`, from, tag); err != nil {
			return err
		}
	}
	return nil
}

// UndoMerge moves back what stood in a ticket, and in those that had gone into
// it, when it went into another: home are all of these. It returns who took
// part in the other one only because of it and has written nothing there since;
// they no longer do. Whom a third ticket brings too stays on that one's account.
func (tx Tx) UndoMerge(m okno.Merge, home []okno.TicketID) ([]okno.PersonID, error) {
	from, into, in := m.Ticket, m.Into, ` IN (`+marks(len(home))+`)`
	homes := anys(home)
	for _, change := range []struct {
		sql  string
		args []any
	}{
		{`DELETE FROM ticket_merge WHERE ticket = ?`, []any{from}},
		{`UPDATE ticket SET merged = CASE WHEN id = ? THEN 0 ELSE ? END WHERE merged = ? AND merged > 0 AND id` + in, append([]any{from, from, into}, homes...)},
		{`UPDATE message SET ticket = ?, home = CASE WHEN home = ? THEN 0 ELSE home END WHERE ticket = ? AND home` + in, append([]any{from, from, into}, homes...)},
		{`UPDATE call SET ticket = ?, home = CASE WHEN home = ? THEN 0 ELSE home END WHERE ticket = ? AND home` + in, append([]any{from, from, into}, homes...)},
		{`UPDATE held_answer SET ticket = ?, home = CASE WHEN home = ? THEN 0 ELSE home END, version = version + 1 WHERE ticket = ? AND home` + in, append([]any{from, from, into}, homes...)},
		{`DELETE FROM thread WHERE ticket = ? AND messageid IN (SELECT messageid FROM thread WHERE ticket = ?)`, []any{into, from}},
	} {
		if _, err := tx.Exec(change.sql, change.args...); err != nil {
			return nil, err
		}
	}
	return tx.takeJoined(m)
}

func (tx Tx) takeJoined(m okno.Merge) (gone []okno.PersonID, err error) {
	joined, err := db.Collect(tx.Tx, scanOne[okno.PersonID], `SELECT person FROM merge_participant WHERE ticket = ? ORDER BY person`, m.Ticket)
	if err != nil {
		return nil, err
	}
	if _, err := tx.Exec(`DELETE FROM merge_participant WHERE ticket = ?`, m.Ticket); err != nil {
		return nil, err
	}
	for _, p := range joined {
		heirs, err := db.Collect(tx.Tx, scanOne[okno.TicketID], `SELECT m.ticket FROM ticket_merge m JOIN ticket t ON t.id = m.ticket
			WHERE m.target = ? AND m.ticket <> ? AND (t.requester = ? OR EXISTS (SELECT 1 FROM participant a WHERE a.ticket = t.id AND a.person = ?))
			ORDER BY m.at, m.ticket LIMIT 1`, m.Into, m.Ticket, p, p)
		if err != nil {
			return nil, err
		}
		if len(heirs) > 0 {
			if _, err := tx.Exec(`INSERT INTO merge_participant (ticket, person) VALUES (?, ?) ON CONFLICT DO NOTHING`, heirs[0], p); err != nil {
				return nil, err
			}
			continue
		}
		wrote, err := tx.exists(`SELECT 1 FROM message WHERE ticket = ? AND author = ? AND side = 'customer' LIMIT 1`, m.Into, p)
		if err != nil {
			return nil, err
		}
		if wrote {
			continue
		}
		if _, err := tx.Exec(`DELETE FROM participant WHERE ticket = ? AND person = ?`, m.Into, p); err != nil {
			return nil, err
		}
		gone = append(gone, p)
	}
	return gone, nil
}

// TakeMergedTags takes off a ticket the tags that it has only because another
// one went into it, and returns them. One that a third ticket brings too stays
// on that one's account.
func (tx Tx) TakeMergedTags(m okno.Merge) (gone []okno.TagID, err error) {
	tags, err := db.Collect(tx.Tx, scanOne[okno.TagID], `SELECT tag FROM merge_tag WHERE ticket = ? ORDER BY tag`, m.Ticket)
	if err != nil {
		return nil, err
	}
	if _, err := tx.Exec(`DELETE FROM merge_tag WHERE ticket = ?`, m.Ticket); err != nil {
		return nil, err
	}
	for _, tag := range tags {
		heirs, err := db.Collect(tx.Tx, scanOne[okno.TicketID], `SELECT m.ticket FROM ticket_merge m JOIN ticket_tag g ON g.ticket = m.ticket
			WHERE m.target = ? AND m.ticket <> ? AND g.tag = ? ORDER BY m.at, m.ticket LIMIT 1`, m.Into, m.Ticket, tag)
		if err != nil {
			return nil, err
		}
		if len(heirs) > 0 {
			_, err = tx.Exec(`INSERT INTO merge_tag (ticket, tag) VALUES (?, ?)`, heirs[0], tag)
		} else {
			gone = append(gone, tag)
			err = tx.TakeTag(m.Into, tag)
		}
		if err != nil {
			return nil, err
		}
	}
	return gone, nil
}
