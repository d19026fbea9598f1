package desk

import (
	"context"
	"fmt"
	"slices"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/safehtml"
)

// remoteUse is what addresses of other hosts' pictures are signed for.
const remoteUse = "remote picture"

// RemotePictures is a message as one reader sees it, with what he wants of the
// pictures in it that stand on other hosts.
type RemotePictures struct {
	Message okno.Message
	Choice  okno.RemoteChoice
	// Sign makes the mark under which this reader, and nobody else, gets a
	// picture of this message by its address.
	Sign func(address string) string
}

// RemotePictures reads a message and the asker's choice.
func (d *Desk) RemotePictures(ctx context.Context, by okno.Actor, ref okno.Ref) (RemotePictures, error) {
	var p RemotePictures
	err := d.read(ctx, func(tx store.Tx) error {
		m, reader, err := d.readMessage(tx, by, ref)
		if err != nil {
			return err
		}
		p.Message = m
		p.Sign = func(address string) string {
			return d.key.Sign(remoteUse, fmt.Sprintf("%d %s %s", reader, m.Ref, address))
		}
		choices, err := remoteChoices(tx, reader, by.Sees().Side(), []okno.Message{m})
		p.Choice = choices[m.ID]
		return err
	})
	return p, err
}

// ChooseRemotePictures records what the asker wants of a message's pictures that
// stand on other hosts. RemoteNone also ends what he wanted of its sender's.
// A message that he may not read is okno.ErrNotFound, a sender of whom nothing
// is proven okno.ErrForbidden.
func (d *Desk) ChooseRemotePictures(ctx context.Context, by okno.Actor, ref okno.Ref, choice okno.RemoteChoice) error {
	return d.write(ctx, func(tx store.Tx) error {
		m, reader, err := d.readMessage(tx, by, ref)
		if err != nil {
			return err
		}
		known := choice == okno.RemoteNone || choice == okno.RemoteMessage || choice == okno.RemoteSender
		if reader == 0 || !known || choice == okno.RemoteSender && !okno.RemoteTrusted(by.Sees().Side(), &m) {
			return okno.ErrForbidden
		}
		return tx.ChooseRemote(reader, &m, choice)
	})
}

// readMessage is a message that the actor may read, and in whose name he reads it.
func (d *Desk) readMessage(tx store.Tx, by okno.Actor, ref okno.Ref) (m okno.Message, reader okno.PersonID, err error) {
	found, err := tx.MessageByRef(ref)
	if err != nil {
		return m, 0, err
	}
	if m, err = d.visibleMessage(tx, by, found.ID); err != nil {
		return m, 0, err
	}
	t, err := tx.TicketByID(by.Sees(), m.Ticket)
	return m, by.For(&t), err
}

// remoteChoices are a reader's choices about the messages; one that is missing
// is RemoteNone.
func remoteChoices(tx store.Tx, reader okno.PersonID, side okno.Side, messages []okno.Message) (map[okno.MessageID]okno.RemoteChoice, error) {
	var ids []okno.MessageID
	var senders []okno.PersonID
	for i := range messages {
		if m := &messages[i]; safehtml.HasRemote(m.HTML) {
			ids = append(ids, m.ID)
			if okno.RemoteTrusted(side, m) {
				senders = append(senders, m.Author)
			}
		}
	}
	asked, err := tx.RemoteAsked(reader, ids)
	if err != nil {
		return nil, err
	}
	trusted, err := tx.RemoteSenders(reader, senders)
	if err != nil {
		return nil, err
	}
	choices := map[okno.MessageID]okno.RemoteChoice{}
	for i := range messages {
		m := &messages[i]
		switch {
		case okno.RemoteTrusted(side, m) && slices.Contains(trusted, m.Author):
			choices[m.ID] = okno.RemoteSender
		case slices.Contains(asked, m.ID):
			choices[m.ID] = okno.RemoteMessage
		}
	}
	return choices, nil
}
