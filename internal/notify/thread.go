package notify

import (
	"context"
	"slices"
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/mail"
)

// thread is what makes a fact's letter stand with the earlier ones of its
// ticket: by Message-IDs everywhere, by subject in Gmail, by index in Outlook.
type thread struct {
	inReplyTo    string
	references   []string
	index, topic string                   // the customer's own; empty: the letter had none, or is past its keeping time
	subject      string                   // of the customer's letter; empty: not known
	subjects     map[okno.PersonID]string // of the letters each reader had before
}

// threadOf finds a ticket's thread as its customers have it, and as each reader does.
func (w *Notifier) threadOf(ctx context.Context, n *desk.Notice, readers []recipient) (thread, error) {
	var t thread
	if n.Ticket.ID == 0 {
		return t, nil
	}
	t.references = slices.DeleteFunc(slices.Clone(n.Thread), func(id string) bool { return strings.HasPrefix(id, noticePrefix) })
	if n.Ticket.Channel != okno.ChannelMail {
		t.references = append([]string{w.names.root(n.Ticket.ID, n.Mailbox.Address, 0)}, t.references...)
	}
	if len(t.references) > 0 {
		t.inReplyTo = t.references[len(t.references)-1]
	}
	var err error
	if len(n.Thread) > 0 && n.Event.Kind != okno.TicketOpened { // there were letters
		people := make([]okno.PersonID, len(readers))
		for i, r := range readers {
			people[i] = r.person.ID
		}
		if t.subjects, err = w.desk.LettersSubjects(ctx, n.Ticket.ID, people); err != nil {
			return t, err
		}
	}
	first, messageID, err := w.letterHead(ctx, n.First.Letter)
	if err != nil {
		return t, err
	}
	t.subject, t.index, t.topic = first.Subject(), first.ThreadIndex(), first.Get("Thread-Topic")
	if n.Message.Letter != n.First.Letter {
		if _, messageID, err = w.letterHead(ctx, n.Message.Letter); err != nil {
			return t, err
		}
	}
	if n.Message.Letter != 0 && messageID != "" {
		t.inReplyTo = messageID
		t.references = append(slices.DeleteFunc(t.references, func(id string) bool { return id == messageID }), messageID)
	}
	return t, nil
}

// letterHead reads the header of a kept letter; one that is no longer kept has
// an empty header.
func (w *Notifier) letterHead(ctx context.Context, id okno.KeptLetterID) (h mail.Header, messageID string, err error) {
	if id == 0 {
		return h, "", nil
	}
	head, messageID, err := w.desk.KeptHead(ctx, id)
	if okno.ReasonOf(err) == okno.NotFound || err == nil && len(head) == 0 {
		return h, messageID, nil
	}
	if err != nil {
		return h, "", err
	}
	h = mail.ReadHeader(head)
	return h, h.MessageID(), nil
}

// outlook is the Thread-Index and Thread-Topic of a letter to a customer: the
// customer's own, continued, else the ticket's.
func (d *draft) outlook(subject string) (index, topic string) {
	at := d.date
	if !d.agent {
		if index = mail.ExtendThreadIndex(d.thread.index, at); index != "" {
			return index, d.thread.topic
		}
	}
	var guid [16]byte
	copy(guid[:], d.n.Ticket.ThreadGUID)
	return mail.ExtendThreadIndex(mail.ThreadIndex(guid, d.n.Ticket.Opened), at), mail.SubjectBase(subject)
}
