package intake

import (
	"context"
	"slices"

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
	all := r.replyAddresses(l)
	for _, one := range all {
		if l.sender.ID != 0 && one.person == l.sender.ID {
			return one
		}
	}
	if len(all) == 0 {
		return replyAddress{}
	}
	return all[0]
}

// maxReplies bounds the reply addresses of one letter that are heeded.
const maxReplies = 20

func (r *Receiver) replyAddresses(l *reading) []replyAddress {
	return r.signedAmong(l.recipients())
}

// signedAmong are the signed reply addresses among some, each once.
func (r *Receiver) signedAmong(addresses []string) (all []replyAddress) {
	for _, address := range addresses {
		_, ticket, person, ok := r.desk.ReplyAddresses().Parse(address)
		one := replyAddress{okno.TicketID(ticket), okno.PersonID(person)}
		if ok && len(all) < maxReplies && !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	return all
}
