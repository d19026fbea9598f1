package post

import (
	"context"
	"encoding/json"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/jobs"
)

// Loopback judges whether a connection without protection stays on this machine.
var Loopback = loopback

// Pass has a letter go the way of a mailbox, as far as the relay; an error is
// that it has to come again.
func (p *Post) Pass(ctx context.Context, box okno.MailboxID, l okno.LetterID) error {
	w, err := p.way(ctx, box)
	if err != nil {
		return err
	}
	if err := w.enter(ctx, l, p.desk.Now()); err != nil {
		return err
	}
	w.left(nil, p.desk.Now())
	return nil
}

// Attempt tries a letter that no runner is at.
func (p *Post) Attempt(ctx context.Context, l okno.LetterID) error {
	payload, err := json.Marshal(desk.PostJob{Letter: l})
	if err != nil {
		return err
	}
	return p.send(ctx, jobs.Job{Kind: desk.PostJobKind, V: 1, Payload: payload})
}
