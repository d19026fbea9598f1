package desk

import (
	"context"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/safehtml"
)

// lettersHeld bounds how many letters of one message are taken back.
const lettersHeld = 200

// versionsShown is how many earlier versions of a message are shown.
const versionsShown = 100

// EditMessage changes what one's own public message says (okno.Changeable);
// its files stay. version is of the message the author saw: a change over a
// newer one is a Conflict. What it said before is kept for agents, and a
// letter that no relay has taken yet is written anew; one that has left stays
// as it was.
func (d *Desk) EditMessage(ctx context.Context, by okno.Actor, number okno.Number, ref okno.Ref, text, html string, version int64) error {
	text = strings.TrimSpace(text)
	if html != "" {
		html = safehtml.Composer(html)
	}
	return d.rewrite(ctx, by, number, ref, okno.MessageEdited, func(tx store.Tx, m *okno.Message) (bool, error) {
		if err := okno.CheckText("text", text, len(m.Files)); err != nil {
			return false, okno.Errors{err.(*okno.Error)}
		}
		if version != m.Version {
			return false, okno.Refuse(okno.Conflict, "error.message.stale")
		}
		if m.Text == text && (html == "" || html == m.HTML) {
			return false, nil
		}
		m.Text, m.HTML, m.Edited = text, html, d.Now()
		return true, nil
	})
}

// DeleteMessage leaves a tombstone where one's own public message stood
// (okno.Changeable). Its text is kept for agents, its files for nobody, and a
// letter that no relay has taken yet does not leave.
func (d *Desk) DeleteMessage(ctx context.Context, by okno.Actor, number okno.Number, ref okno.Ref) error {
	return d.rewrite(ctx, by, number, ref, okno.MessageDeleted, func(tx store.Tx, m *okno.Message) (bool, error) {
		m.Text, m.HTML, m.Quoted, m.Deleted = "", "", "", d.Now()
		return true, tx.DropFiles(m.ID)
	})
}

// rewrite is the common way of both; fn reports whether it changed anything.
func (d *Desk) rewrite(ctx context.Context, by okno.Actor, number okno.Number, ref okno.Ref, fact okno.EventKind, fn func(store.Tx, *okno.Message) (bool, error)) error {
	return d.change(ctx, by, okno.EditMessage, number, func(tx store.Tx, t *okno.Ticket) ([]okno.Event, error) {
		m, err := tx.MessageByRef(ref)
		if err != nil {
			return nil, err
		}
		if m.Ticket != t.ID || !m.Visible(by.Sees().Side()) {
			return nil, okno.ErrNotFound
		}
		if err := by.Changeable(t, &m, d.Now()); err != nil {
			return nil, err
		}
		before := m
		if changed, err := fn(tx, &m); err != nil || !changed {
			return nil, err
		}
		if err := tx.SaveMessage(&before, &m); err != nil {
			return nil, err
		}
		if err := d.tellAnew(tx, m.ID); err != nil {
			return nil, err
		}
		last, err := tx.LastWord(t.ID)
		if err != nil {
			return nil, err
		}
		if t.LastWord = safehtml.Preview(last.Text, 160); last.ID != 0 {
			t.LastBy = last.Side
		}
		return []okno.Event{okno.NewEvent(fact, okno.EventData{Message: m.ID, Side: m.Side})}, nil
	})
}

// tellAnew takes back the letters that tell a message as it was and have not
// left, and has their facts told again of what it says now. A letter that is
// being sent at this moment has left.
func (d *Desk) tellAnew(tx store.Tx, m okno.MessageID) error {
	held, err := tx.LettersHeld(m, lettersHeld)
	if err != nil {
		return err
	}
	facts := map[okno.EventID]bool{}
	for _, l := range held {
		taken, err := jobs.Withdraw(tx.Tx, PostJobKind, id(l.ID))
		if err != nil {
			return err
		}
		if !taken {
			continue
		}
		if err := tx.DropLetter(l.ID); err != nil {
			return err
		}
		if facts[l.Event] || l.Event == 0 {
			continue
		}
		facts[l.Event] = true
		e, err := tx.Event(l.Event)
		if err != nil {
			return err
		}
		for _, kind := range d.consequences(e) {
			if err := jobs.Put(tx.Tx, d.Now(), jobs.New{Kind: kind, V: 1, Payload: FactJob{Event: e.ID}}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Versions are a message of a ticket and what it said before it was changed or
// deleted, oldest first; only agents see them.
func (d *Desk) Versions(ctx context.Context, by okno.Actor, number okno.Number, ref okno.Ref) (m okno.Message, before []okno.MessageVersion, err error) {
	if by.Sees().Side() != okno.SideAgent {
		return m, nil, okno.ErrNotFound
	}
	err = d.see(ctx, by, number, func(tx store.Tx, t *okno.Ticket) (err error) {
		if m, err = tx.MessageByRef(ref); err == nil && m.Ticket != t.ID {
			err = okno.ErrNotFound
		}
		if err != nil {
			return err
		}
		before, err = tx.MessageVersions(m.ID, versionsShown)
		return err
	})
	return m, before, err
}

// Changeable reports whether the asker may change or delete a message of the
// page at a time.
func (p *TicketPage) Changeable(m *okno.Message, now time.Time) bool {
	return p.By.Changeable(&p.Ticket, m, now) == nil
}
