package intake

import (
	"context"
	"slices"
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/mail"
)

// personalReport is of letters that read like reports, which somebody who looks
// after a mail server may have written to us.
const personalReport = "it reads like a report and shows no letter of ours: a person may have written it"

// matchBounce finds the letter of ours that a delivery report tells of. A
// report opens no ticket; one that does not show that its writer had the
// letter changes nothing and is shown to the ticket's agents.
func (r *Receiver) matchBounce(ctx context.Context, l *reading) (finding, error) {
	path, fingerprint := r.returnPath(l)
	report := l.bounced
	if report == nil && path == 0 {
		return finding{verdict: "no"}, nil
	}
	if report == nil { // a person, or an autoresponder, answers the return path
		return finding{"no", "it came to a return path and is no report"}, nil
	}
	personal := report.Guessed && !l.machine
	if report.OriginalMessageID == "" && path == 0 {
		if personal {
			return finding{"no", personalReport}, nil
		}
		l.kept.State = okno.KeptDropped
		return finding{"unmatched", "the report does not show which letter came back"}, nil
	}
	why, bad := trouble(report)
	letter, proven, err := r.desk.Reported(ctx, desk.Report{
		Letter: path, Fingerprint: fingerprint, MessageID: report.OriginalMessageID, Replies: r.shownReplies(l.letter),
		Permanent: report.Permanent, Arrived: !bad, Why: why,
	})
	switch {
	case personal && (okno.ReasonOf(err) == okno.NotFound || err == nil && !proven):
		return finding{"no", personalReport}, nil
	case okno.ReasonOf(err) == okno.NotFound:
		l.kept.State = okno.KeptDropped
		return finding{"unmatched", "no letter of ours has that Message-ID"}, nil
	case err != nil:
		return finding{}, err
	case !proven && letter.Ticket == 0:
		l.kept.State = okno.KeptDropped
		return finding{"unproven", "it does not show that its writer had the letter"}, nil
	case !proven:
		l.machine, l.startsNothing, l.report = true, true, letter.Ticket
		return finding{"unproven", "it does not show that its writer had the letter; agents see it, and nothing is changed"}, nil
	}
	l.kept.State, l.kept.Ticket, l.kept.Message = okno.KeptBounce, letter.Ticket, letter.Message
	if !bad {
		return finding{"success", "the report tells of no trouble"}, nil
	}
	return finding{string(letter.State), "a letter of ours came back"}, nil
}

// returnPath is the letter whose signed return path this one came to, and the
// fingerprint of its Message-ID; 0: it came to none.
func (r *Receiver) returnPath(l *reading) (letter okno.LetterID, fingerprint int64) {
	for _, address := range l.recipients() {
		if _, letter, fingerprint, ok := r.desk.ReplyAddresses().ParseBounce(address); ok {
			return okno.LetterID(letter), fingerprint
		}
	}
	return 0, 0
}

// recipients are whom a letter came to: by the envelope, then by the fields
// that say so.
func (l *reading) recipients() []string {
	all := append([]string{l.kept.EnvelopeTo}, l.kept.AlsoTo...)
	for _, name := range []string{"Delivered-To", "X-Original-To", "Envelope-To"} {
		all = append(all, l.letter.Header.Values(name)...)
	}
	for _, a := range slices.Concat(l.letter.To, l.letter.Cc) {
		all = append(all, a.Addr)
	}
	return all
}

// maxReturned is how much of what a report sends back is looked through, in
// bytes.
const maxReturned = 64 << 10

// shownReplies are the reply addresses in what a report sends back.
func (r *Receiver) shownReplies(l *mail.Letter) [][2]int64 {
	found := r.desk.ReplyAddresses().FindReplies(l.Text[:min(len(l.Text), maxReturned)])
	for _, a := range l.Attachments[:min(len(l.Attachments), okno.MaxFiles)] {
		if strings.HasPrefix(a.Type, "message/") || strings.HasPrefix(a.Type, "text/") {
			// A long address may be folded at its end, never within.
			found = append(found, r.desk.ReplyAddresses().FindReplies(string(a.Content[:min(len(a.Content), maxReturned)]))...)
		}
	}
	return found
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
