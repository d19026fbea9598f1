package intake

import (
	"context"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/mail"
)

// refuseLoops finds out whether a person wrote the letter. Our own letter that
// came back ends here; what another program wrote may still join a ticket, but
// starts nothing and is answered by nobody (RFC 3834, 2).
func (r *Receiver) refuseLoops(ctx context.Context, l *reading) (finding, error) {
	if l.letter.Header.Has(mail.MarkHeader) && l.letter.Bounce() == nil {
		l.kept.State = okno.KeptDropped
		return finding{"loop", "it carries our own mark"}, nil
	}
	for _, a := range l.letter.From {
		own, err := r.desk.OwnAddress(ctx, a.Addr)
		if err != nil {
			return finding{}, err
		}
		if own {
			l.machine = true
			return finding{"machine", "it is from a mailbox of ours"}, nil
		}
	}
	reason, is := l.letter.Machine()
	if !is && l.kept.EnvelopeFrom == "" && (l.kept.Source == "smtp" || l.kept.Source == "lmtp") {
		reason, is = "null reverse-path", true
	}
	if is {
		l.machine = true
		return finding{"machine", reason}, nil
	}
	return finding{verdict: "person"}, nil
}
