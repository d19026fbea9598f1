package notify

import (
	"context"
	"fmt"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/jobs"
)

// access mails the link that was asked for, if address and number belong
// together; else nothing, and nobody learns which (spec R21, R22).
func (w *Notifier) access(ctx context.Context, j jobs.Job) error {
	var asked desk.AccessJob
	if err := payload(j, &asked); err != nil {
		return err
	}
	n, p, err := w.desk.AccessNotice(ctx, asked)
	if okno.ReasonOf(err) == okno.NotFound {
		w.log.Info("an access link was asked for with a wrong pair of address and number")
		return nil
	}
	if err != nil {
		return err
	}
	if p.Lang == "" {
		p.Lang = asked.Lang
	}
	told, err := w.reachable(ctx, n, []recipient{{person: p, letter: okno.LetterAccess}})
	if err != nil || len(told) == 0 {
		return err
	}
	if n.Mailbox.Address == "" {
		return fmt.Errorf("ticket %s: there is no mailbox for letters to leave from", n.Ticket.Number)
	}
	defer w.counting.hold(p.Address)()
	full, err := w.full(ctx, p.Address, okno.LetterAccess)
	if err != nil {
		return err
	}
	if full {
		w.log.Warn("an access link was not mailed: its address had too many", "ticket", n.Ticket.Number)
		return nil
	}
	t, err := w.threadOf(ctx, n, told)
	if err != nil {
		return err
	}
	o, err := w.write(ctx, draft{n: n, recipient: told[0], origin: fmt.Sprintf("access:%d:%d", j.ID, p.ID), thread: t})
	if err != nil {
		return err
	}
	return w.desk.QueueLetters(ctx, []desk.Outgoing{o}, j)
}
