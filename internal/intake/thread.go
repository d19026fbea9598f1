package intake

import (
	"context"
	"slices"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/mail"
)

// How long a letter waits for the one it answers, which is still to be read:
// letters may overtake one another.
const (
	parentPause = 2 * time.Second
	parentTime  = 5 * time.Minute // since the letter came
)

// findThread finds the ticket that the letter belongs to, if any, and grades
// an unproven claim by how it was found.
func (r *Receiver) findThread(ctx context.Context, l *reading) (finding, error) {
	other, err := r.desk.SameElsewhere(ctx, l.kept)
	if err == nil {
		if err := r.desk.LetterAlsoTo(ctx, other.ID, append(l.kept.AlsoTo, l.kept.EnvelopeTo)...); err != nil {
			return finding{}, err
		}
		l.kept.State, l.kept.Ticket, l.kept.Message = okno.KeptJoined, other.Ticket, other.Message
		return finding{"same", "the same letter came to another mailbox"}, nil
	}
	if okno.ReasonOf(err) != okno.NotFound {
		return finding{}, err
	}
	found, err := r.thread(ctx, l)
	if err != nil {
		return finding{}, err
	}
	if l.ticket.ID != 0 && !l.ticket.TakesMessages(r.now()) && (l.machine || !l.ticket.TakesPart(l.sender.ID)) {
		// It would open a new ticket with the old one's subject, which is
		// nothing for a stranger and nothing for a machine to do.
		l.ticket = okno.Ticket{}
		found = finding{"new", "the ticket it answers was closed too long ago"}
	}
	if l.ticket.ID == 0 && l.startsNothing {
		l.kept.State = okno.KeptDropped
		return finding{"dropped", "a program's answer that belongs to no ticket starts none"}, nil
	}
	return found, nil
}

// thread looks for the ticket by what is hardest to forge first.
func (r *Receiver) thread(ctx context.Context, l *reading) (finding, error) {
	if l.report != 0 {
		t, err := r.desk.TicketOf(ctx, l.report)
		if err == nil {
			l.join(t, okno.ThreadOnly)
		}
		return finding{"report", "it tells of a letter of the ticket"}, err
	}
	if l.reply.ticket != 0 {
		t, err := r.desk.TicketOf(ctx, l.reply.ticket)
		if err == nil {
			l.join(t, okno.ThreadOnly)
			return finding{"reply", "it came to a signed reply address"}, nil
		}
		if okno.ReasonOf(err) != okno.NotFound {
			return finding{}, err
		}
	}
	ancestors := slices.Clone(l.letter.References)
	if id := l.letter.InReplyTo; id != "" && !slices.Contains(ancestors, id) {
		ancestors = append(ancestors, id)
	}
	// Asked before its ticket is looked for: between the two it may be handed over.
	waits, err := r.parentWaits(ctx, l, ancestors)
	if err != nil {
		return finding{}, err
	}
	if err := r.byAncestors(ctx, l, ancestors); err != nil || l.ticket.ID != 0 {
		return finding{"references", "it answers a letter of the ticket"}, err
	}
	if found, err := r.byClaims(ctx, l, ancestors); err != nil || l.ticket.ID != 0 {
		return found, err
	}
	if !l.machine {
		if err := r.byTag(ctx, l); err != nil || l.ticket.ID != 0 {
			return finding{"tag", "its subject names the ticket"}, err
		}
	}
	if waits {
		return finding{}, &waiting{until: r.now().Add(parentPause), why: "a letter that it answers is still to be read"}
	}
	return finding{"new", "it belongs to no ticket"}, nil
}

// parentWaits reports whether a letter that this one answers is kept but not
// read yet, and still worth waiting for.
func (r *Receiver) parentWaits(ctx context.Context, l *reading, ancestors []string) (bool, error) {
	if len(ancestors) == 0 || r.now().Sub(l.kept.At) >= parentTime {
		return false, nil
	}
	return r.desk.LetterWaiting(ctx, ancestors, l.kept.ID)
}

func (l *reading) join(t okno.Ticket, claim okno.Claim) {
	l.ticket = t
	if l.claim != okno.Proven {
		l.claim = claim
	}
}

// byAncestors takes the latest ticket of those the letter answers, one in
// which the sender takes part before others.
func (r *Receiver) byAncestors(ctx context.Context, l *reading, ancestors []string) error {
	ids, err := r.desk.ThreadTickets(ctx, ancestors)
	if err != nil {
		return err
	}
	for _, id := range ids {
		t, err := r.desk.TicketOf(ctx, id)
		if okno.ReasonOf(err) == okno.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		if own := t.TakesPart(l.sender.ID); l.ticket.ID == 0 || own {
			l.join(t, okno.ThreadOnly)
			if own {
				return nil
			}
		}
	}
	return nil
}

// maxClaims bounds how many Message-IDs one letter takes for its ticket.
const maxClaims = 50

// byClaims takes the ticket of a letter that was faster: an answer to this
// one, or to one that neither has come after. Only who takes part there joins:
// others may answer the same letter and mean something else. What is nobody's
// yet is for the ticket that this letter may open.
func (r *Receiver) byClaims(ctx context.Context, l *reading, ancestors []string) (finding, error) {
	ids := slices.Clone(ancestors[max(0, len(ancestors)-maxClaims):])
	own := l.letter.MessageID
	if own != "" && !l.used {
		ids = append(ids, own)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	claims, err := r.desk.ThreadClaims(ctx, ids)
	if err != nil {
		return finding{}, err
	}
	l.claims = slices.DeleteFunc(ids, func(id string) bool { return claims[id] != 0 })
	for _, id := range append([]string{own}, ancestors...) {
		if claims[id] == 0 || id == own && l.used {
			continue
		}
		t, err := r.desk.TicketOf(ctx, claims[id])
		if err != nil && okno.ReasonOf(err) != okno.NotFound {
			return finding{}, err
		}
		if err == nil && l.sender.ID == 0 { // the letter that was faster may have made its sender known
			if _, err := r.recogniseSender(ctx, l); err != nil {
				return finding{}, err
			}
		}
		if err == nil && t.TakesPart(l.sender.ID) {
			l.join(t, okno.ThreadOnly)
			if l.earlier = id == own; l.earlier {
				return finding{"answered", "an answer to it came before it"}, nil
			}
			return finding{"references", "a letter that answers the same is in the ticket"}, nil
		}
	}
	return finding{}, nil
}

// byTag takes the ticket that the subject names as "[#number]", which anyone
// can write.
func (r *Receiver) byTag(ctx context.Context, l *reading) error {
	for _, n := range mail.TicketTag(l.letter.Subject) {
		t, err := r.desk.TicketOfNumber(ctx, okno.TypedNumber(n))
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
