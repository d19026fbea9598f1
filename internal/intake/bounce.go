package intake

import (
	"context"
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/mail"
)

// matchBounce finds the letter of ours that a delivery report tells of.
func (r *Receiver) matchBounce(ctx context.Context, l *reading) (finding, error) {
	report := l.letter.Bounce()
	if report == nil {
		return finding{verdict: "no"}, nil
	}
	l.kept.State = okno.KeptDropped
	why, bad := trouble(report)
	switch {
	case report.OriginalMessageID == "":
		return finding{"unmatched", "the report does not show which letter came back"}, nil
	case !bad:
		return finding{"success", "the report tells of no trouble"}, nil
	}
	letter, err := r.desk.Bounced(ctx, report.OriginalMessageID, report.Permanent, why)
	if okno.ReasonOf(err) == okno.NotFound {
		return finding{"unmatched", "no letter of ours has that Message-ID"}, nil
	}
	if err != nil {
		l.kept.State = okno.KeptNew
		return finding{}, err
	}
	l.kept.State, l.kept.Ticket, l.kept.Message = okno.KeptBounce, letter.Ticket, letter.Message
	return finding{string(letter.State), "a letter of ours came back"}, nil
}

// trouble is what the report says went wrong; false: nothing did.
func trouble(b *mail.Bounce) (why string, bad bool) {
	for _, to := range b.Recipients {
		if to.Action == "failed" || to.Action == "delayed" {
			return strings.TrimSpace(to.Status + " " + to.Diagnostic), true
		}
	}
	return "", false
}
