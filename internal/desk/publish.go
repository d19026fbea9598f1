package desk

import (
	"context"
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/safehtml"
	"github.com/oknodesk/okno/internal/secret"
)

// Publish makes a public answer of what an agent wrote by letter and only
// agents see so far: a note, or what stands apart because nothing proved it was
// his. It is in the name of whoever wrote it if that is proven, else of him who
// publishes. Done twice it is a Conflict.
func (d *Desk) Publish(ctx context.Context, by okno.Actor, number okno.Number, ref okno.Ref) error {
	switch {
	case by.Side() != okno.SideAgent:
		return okno.ErrNotFound
	case by.Door == okno.DoorMail:
		return okno.ErrForbidden
	}
	c, err := d.config(ctx)
	if err != nil {
		return err
	}
	return d.change(ctx, by, okno.WriteMessage, number, func(tx store.Tx, t *okno.Ticket) ([]okno.Event, error) {
		note, err := tx.MessageByRef(ref)
		if err != nil {
			return nil, err
		}
		author, err := tx.Person(note.Author)
		if err = unlessNotFound(err); err != nil {
			return nil, err
		}
		if note.Ticket != t.ID || !Publishable(&note, author) {
			return nil, okno.Refuse(okno.Conflict, "error.publish")
		}
		m := okno.Message{
			Ref: okno.Ref(secret.NewRef()), Ticket: t.ID, Kind: okno.Public, Side: okno.SideAgent, Author: note.Author, Channel: okno.ChannelMail,
			Claim: okno.Proven, Text: note.Text, HTML: note.HTML, At: d.Now(),
		}
		if note.Claim != okno.Proven {
			m.Author = by.Person
		}
		files := copyFiles(&m, note.Files)
		if err := tx.AddMessage(&m); err != nil {
			return nil, err
		}
		for _, f := range files {
			f.Message = m.ID
			if err := tx.AddFile(&f, 0, m.At); err != nil {
				return nil, err
			}
		}
		if once, err := tx.PublishNote(note.ID, m.ID); err != nil {
			return nil, err
		} else if !once {
			return nil, okno.Refuse(okno.Conflict, "error.publish")
		}
		t.LastWord, t.LastBy = safehtml.Preview(m.Text, 160), m.Side
		d.heard(c, t, &m)
		moved, err := d.movedByWords(c, by, t, Words{}, m)
		return append([]okno.Event{okno.NewEvent(okno.MessageAdded, okno.EventData{
			Message: m.ID, Side: m.Side, Channel: m.Channel, Claim: m.Claim, Files: len(files), Reason: "published",
		})}, moved...), err
	})
}

// Publishable reports whether a message that came by letter can be made an
// answer: what an agent wrote and customers do not see.
func Publishable(m *okno.Message, author okno.Person) bool {
	return m.Letter != 0 && m.Published == 0 && m.Deleted.IsZero() && !m.Machine && author.Agent && (m.Kind == okno.Note || m.Apart)
}

// copyFiles gives a message files of its own with the same bytes, under other
// names: those of a note are for agents only.
func copyFiles(m *okno.Message, files []okno.File) []okno.File {
	var own []okno.File
	for _, f := range files {
		ref := okno.Ref(secret.NewRef())
		m.HTML = strings.ReplaceAll(m.HTML, "/files/"+string(f.Ref)+"/", "/files/"+string(ref)+"/")
		f.ID, f.Ref = 0, ref
		own = append(own, f)
	}
	return own
}
