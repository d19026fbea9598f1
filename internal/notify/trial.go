package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

// Try queues a letter of a mailbox (0: the first) that says that letters arrive,
// for an administrator who tests the way out. Whoever calls it has checked that
// he may.
func (w *Notifier) Try(ctx context.Context, p okno.Person, from okno.MailboxID) error {
	n := &desk.Notice{Zone: time.UTC}
	var err error
	if n.Settings, err = w.desk.Settings(ctx); err != nil {
		return err
	}
	boxes, err := w.desk.Mailboxes(ctx, okno.System())
	if err != nil {
		return err
	}
	for _, box := range boxes {
		if box.Closed.IsZero() && n.Mailbox.ID == 0 && (from == 0 || from == box.ID) {
			n.Mailbox = box.Mailbox
			s, err := w.desk.Sending(ctx, okno.System(), box.Ref)
			if err != nil {
				return err
			}
			n.Sending = s.Sending
		}
	}
	if n.Mailbox.ID == 0 {
		return okno.Refuse(okno.Conflict, "error.mailbox.none")
	}
	told, err := w.reachable(ctx, n, []recipient{{person: p, letter: okno.LetterTest}})
	if err != nil || len(told) == 0 {
		return err
	}
	o, err := w.write(ctx, draft{n: n, recipient: told[0], origin: fmt.Sprintf("test:%d:%d", w.desk.Now().UnixMicro(), p.ID)})
	if err != nil {
		return err
	}
	return w.desk.QueueLetters(ctx, []desk.Outgoing{o})
}

// trial is what the letter says.
func (d *draft) trial() []block {
	return []block{say(d.words.T("letter.test.text")), divider{}, d.house()}
}
