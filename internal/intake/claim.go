package intake

import (
	"context"

	"github.com/oknodesk/okno"
)

// replyAddress is a signed reply address that a letter came to, ours for sure.
type replyAddress struct {
	ticket okno.TicketID // 0: there is none
	person okno.PersonID
}

// gradeClaim says what the letter proves about who sent it (spec "A letter's
// claim is graded"). Only its own person's signed reply address, an aligned
// DMARC result or a trusted relay's word for one prove it.
func (r *Receiver) gradeClaim(ctx context.Context, l *reading) (finding, error) {
	l.reply = r.replyAddress(l)
	l.claim = okno.Claimed
	switch {
	case l.machine:
		return finding{"unproven", "a machine's letter proves nothing"}, nil
	case l.several || l.from.Addr == "":
		return finding{"unproven", "it does not name exactly one sender"}, nil
	case l.reply.ticket != 0 && l.reply.person == l.sender.ID:
		l.claim = okno.Proven
		return finding{"proven", "it came to the sender's own reply address"}, nil
	}
	said, pass, known := r.relaySays(l)
	if !known {
		said, pass = r.authenticate(ctx, l)
	}
	if pass {
		l.claim = okno.Proven
		return finding{"proven", said}, nil
	}
	return finding{"unproven", said}, nil
}

// replyAddress looks for a signed reply address: in the envelope, then in the
// fields that name recipients. The sender's own stands before another's.
func (r *Receiver) replyAddress(l *reading) replyAddress {
	var found replyAddress
	for _, address := range l.recipients() {
		_, ticket, person, ok := r.desk.ReplyAddresses().Parse(address)
		if !ok {
			continue
		}
		one := replyAddress{okno.TicketID(ticket), okno.PersonID(person)}
		if l.sender.ID != 0 && one.person == l.sender.ID {
			return one
		}
		if found.ticket == 0 {
			found = one
		}
	}
	return found
}
