package desk

import (
	"context"
	"errors"
	"io"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/blob"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/secret"
)

// OpenFile opens an attachment for whoever may see its message, or an upload
// for the session that made it. The caller closes it.
func (d *Desk) OpenFile(ctx context.Context, by okno.Actor, ref okno.Ref) (okno.File, io.ReadSeekCloser, error) {
	var f okno.File
	err := d.read(ctx, func(tx store.Tx) error {
		var session okno.SessionID
		var err error
		if f, session, err = tx.FileByRef(ref); err != nil {
			return err
		}
		if f.Message == 0 {
			if seen, err := heldFile(tx, by, f.ID); seen || err != nil {
				return err
			}
			if session != by.Session || session == 0 || by.MustChange {
				return okno.ErrNotFound
			}
			return nil
		}
		_, err = d.visibleMessage(tx, by, f.Message)
		return err
	})
	if err != nil {
		return f, nil, err
	}
	r, err := d.blob.Open(ctx, f.Hash)
	if errors.Is(err, blob.ErrNotFound) {
		return f, nil, okno.ErrNotFound
	}
	return f, r, err
}

// CopyFiles are files with the same bytes under names of their own.
func CopyFiles(files []okno.File) []okno.File {
	own := make([]okno.File, len(files))
	for i, f := range files {
		f.ID, f.Ref = 0, okno.Ref(secret.NewRef())
		own[i] = f
	}
	return own
}

// heldFile reports whether a file belongs to a held answer of a ticket that the
// actor sees as an agent.
func heldFile(tx store.Tx, by okno.Actor, file okno.FileID) (bool, error) {
	if by.Sees().Side() != okno.SideAgent {
		return false, nil
	}
	ticket, err := tx.HeldOfFile(file)
	if err != nil || ticket == 0 {
		return false, err
	}
	t, err := tx.TicketByID(by.Sees(), ticket)
	if err == nil && !by.May(okno.SeeTicket, &t) {
		err = okno.ErrNotFound
	}
	return err == nil, err
}

// visibleMessage is a message if the actor may read its ticket and the message
// is for his side; else there is no such message.
func (d *Desk) visibleMessage(tx store.Tx, by okno.Actor, id okno.MessageID) (okno.Message, error) {
	m, err := tx.Message(id)
	if err != nil {
		return m, err
	}
	t, err := tx.TicketByID(by.Sees(), m.Ticket)
	if err != nil {
		return okno.Message{}, err
	}
	if !by.May(okno.SeeTicket, &t) || !m.Visible(by.Sees().Side()) {
		return okno.Message{}, okno.ErrNotFound
	}
	return m, nil
}

// Message is one message as the actor may see it.
func (d *Desk) Message(ctx context.Context, by okno.Actor, ref okno.Ref) (okno.Message, error) {
	var m okno.Message
	err := d.read(ctx, func(tx store.Tx) (err error) {
		m, _, err = d.readMessage(tx, by, ref)
		return err
	})
	return m, err
}
