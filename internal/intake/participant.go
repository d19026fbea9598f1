package intake

import (
	"context"
	"slices"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/mail"
)

// Bounds of whom one letter brings along.
const (
	maxJoining      = 20
	maxParticipants = 50 // of a ticket
)

// participants are the people in To and Cc who take part from now on: those of
// a letter whose claim is proven, or whoever forges a letter could have ours
// sent to anyone. Our own mailboxes and agents are not among them.
func (r *Receiver) participants(ctx context.Context, l *reading) ([]okno.PersonID, error) {
	if l.machine || l.claim != okno.Proven {
		return nil, nil
	}
	room := min(maxJoining, maxParticipants-len(l.ticket.Participants))
	var join []okno.PersonID
	seen := map[string]bool{mail.Fold(l.from.Addr): true, "": true}
	for _, a := range slices.Concat(l.letter.To, l.letter.Cc) {
		folded := mail.Fold(a.Addr)
		if len(join) >= room {
			return join, nil
		}
		if seen[folded] || len(a.Addr) > okno.MaxAddress {
			continue
		}
		seen[folded] = true
		own, err := r.desk.OwnAddress(ctx, a.Addr)
		if err != nil {
			return nil, err
		}
		if own {
			continue
		}
		p, err := r.person(ctx, a, "")
		if err != nil {
			return nil, err
		}
		if !p.Agent && p.ID != l.sender.ID && !l.ticket.TakesPart(p.ID) && !slices.Contains(join, p.ID) {
			join = append(join, p.ID)
		}
	}
	return join, nil
}
