package intake

import (
	"context"
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/mail"
)

// refuseLoops finds out whether a person wrote the letter. Our own letter that
// came back ends here; a program's answer may still join a ticket, but starts
// nothing; whatever a program wrote is answered by nobody (RFC 3834, 2).
func (r *Receiver) refuseLoops(ctx context.Context, l *reading) (finding, error) {
	if r.mark != "" && l.letter.Header.Get(mail.MarkHeader) == r.mark && l.bounced == nil {
		l.kept.State = okno.KeptDropped
		return finding{"loop", "it carries our own mark"}, nil
	}
	if l.letter.MessageID != "" && l.bounced == nil {
		ours, err := r.desk.LetterOfOurs(ctx, l.letter.MessageID)
		if err != nil {
			return finding{}, err
		}
		if ours {
			l.kept.State = okno.KeptDropped
			return finding{"loop", "its Message-ID is a letter's of ours"}, nil
		}
	}
	for _, a := range l.letter.From {
		own, err := r.desk.OwnAddress(ctx, a.Addr)
		if err != nil {
			return finding{}, err
		}
		if own {
			l.machine, l.startsNothing = true, true
			return finding{"machine", "it is from a mailbox of ours"}, nil
		}
	}
	if r.mark != "" && quotesMark(l.letter, r.mark) {
		l.machine, l.startsNothing = true, true
		return finding{"machine", "it quotes the header of a letter of ours"}, nil
	}
	reason, is := l.letter.AutoReply()
	if !is && l.kept.EnvelopeFrom == "" && (l.kept.Source == "smtp" || l.kept.Source == "lmtp") {
		reason, is = "null reverse-path", true
	}
	if is {
		l.machine, l.startsNothing = true, true
		return finding{"auto-reply", reason}, nil
	}
	if reason, is := l.letter.Machine(); is {
		l.machine = true
		return finding{"machine", reason}, nil
	}
	return finding{verdict: "person"}, nil
}

// quotesMark reports whether a letter's words show our mark: programs quote
// whole headers, people do not. Whoever forwards a letter as a file is one.
func quotesMark(l *mail.Letter, mark string) bool {
	return strings.Contains(l.Text, mail.MarkHeader+": "+mark)
}
