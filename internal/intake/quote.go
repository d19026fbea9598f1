package intake

import (
	"context"

	"github.com/oknodesk/okno/internal/mail"
)

// cutQuote takes out what a reply quotes. A forwarded letter's quotation is its
// content, and so is what stands in a letter that opens a ticket: nothing
// before it is known.
func (r *Receiver) cutQuote(_ context.Context, l *reading) (finding, error) {
	whole := mail.Cut{Text: l.letter.Text, HTML: l.letter.HTML}
	switch {
	case mail.IsForward(l.letter.Subject):
		l.words = whole
		return finding{"whole", "it is forwarded"}, nil
	case l.ticket.ID == 0:
		l.words = whole
		return finding{"whole", "it opens a ticket"}, nil
	}
	if l.words = mail.CutQuote(l.letter.Text, l.letter.HTML); !l.words.Quoted {
		return finding{"whole", "it quotes nothing"}, nil
	}
	return finding{verdict: "cut"}, nil
}
