package intake

import (
	"context"
	"fmt"
	"time"

	"github.com/oknodesk/okno"
)

// holdBack has a letter wait for an agent's decision: a banned sender's, one
// that a filter takes for spam, and what comes in such a flood that only
// programs can have written it.
func (r *Receiver) holdBack(ctx context.Context, l *reading) (finding, error) {
	if l.kept.Released {
		return finding{"released", "an agent lets it in"}, nil
	}
	banned, err := r.desk.Banned(ctx, l.from.Addr)
	if err != nil {
		return finding{}, err
	}
	if banned {
		return l.quarantine(okno.CauseBanned, "its sender is on the ban list"), nil
	}
	said := ""
	if inTalk := l.reply.ticket != 0 && l.reply.person == l.sender.ID && l.claim == okno.Proven; !inTalk {
		var spam bool
		if spam, said = r.filtered(ctx, l); spam {
			return l.quarantine(okno.CauseSpam, said), nil
		}
	}
	if l.ticket.ID == 0 {
		return finding{"let", said}, nil
	}
	settings, err := r.desk.Settings(ctx)
	if err != nil {
		return finding{}, err
	}
	most := settings.Limits.InForce().Ticket
	came, err := r.desk.LettersInto(ctx, l.ticket.ID, r.now().Add(-time.Hour), most)
	if err != nil {
		return finding{}, err
	}
	if came >= most {
		l.kept.Ticket = l.ticket.ID
		return l.quarantine(okno.CauseFlood, fmt.Sprintf("its ticket had %d letters within the hour", came)), nil
	}
	return finding{"let", said}, nil
}

// quarantine ends the steps of a letter until an agent decides on it.
func (l *reading) quarantine(cause okno.QuarantineCause, why string) finding {
	l.kept.State, l.kept.Cause, l.kept.Subject = okno.KeptQuarantined, cause, subject(l)
	l.kept.Writer = l.from.Addr
	if l.kept.Writer == "" {
		l.kept.Writer = nameless(l)
	}
	return finding{"quarantined", why}
}
