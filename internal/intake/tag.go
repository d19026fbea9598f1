package intake

import (
	"context"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/mail"
)

// byTag takes the ticket that the subject names as "[#number]", which anyone
// can write.
func (r *Receiver) byTag(ctx context.Context, l *reading) error {
	for _, n := range mail.TicketTag(l.letter.Subject) {
		t, err := r.desk.TicketOfNumber(ctx, okno.Number(n))
		if okno.ReasonOf(err) == okno.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		l.join(t, okno.Claimed)
		return nil
	}
	return nil
}

// awaitParent has the letter wait, within bounds, while one that it answers is
// kept but not read yet.
func (r *Receiver) awaitParent(ctx context.Context, l *reading, ancestors []string) error {
	now := r.now()
	if len(ancestors) == 0 || now.Sub(l.kept.At) >= parentTime {
		return nil
	}
	waits, err := r.desk.LetterWaiting(ctx, ancestors, l.kept.ID)
	if err != nil || !waits {
		return err
	}
	return &waiting{until: now.Add(parentPause).Truncate(time.Microsecond), why: "a letter that it answers is still to be read"}
}
