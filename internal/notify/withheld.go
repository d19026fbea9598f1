package notify

import (
	"context"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

// answersWithin is the time in which the letters that answer one address by
// themselves are counted.
const answersWithin = time.Hour

// automaticKinds are the letters that go out by themselves because their
// reader wrote one: what two programs could send one another for ever.
var automaticKinds = []okno.LetterKind{okno.LetterConfirmation, okno.LetterClosed, okno.LetterCloseButton}

// automatic reports whether a recipient is answered by a letter without
// anybody's doing.
func automatic(n *desk.Notice, r recipient) bool {
	switch {
	case r.agent || n.Event.Kind == okno.AnswerReleased || n.Ticket.Channel != okno.ChannelMail && n.Message.Channel != okno.ChannelMail:
		return false
	case r.letter == okno.LetterClosed:
		return n.Event.Data.Reason == "phrase"
	}
	return r.letter == okno.LetterConfirmation || r.letter == okno.LetterCloseButton
}

// withhold reports whether a letter does not go out because too many have gone
// to its address, or because it would answer an answer; agents are told.
func (w *Notifier) withhold(ctx context.Context, n *desk.Notice, r recipient) (bool, error) {
	if !automatic(n, r) {
		return false, nil
	}
	reason := ""
	most := n.Settings.Limits.InForce().Answers
	had, err := w.desk.AnswersTo(ctx, r.person.Address, automaticKinds, w.desk.Now().Add(-answersWithin), most)
	if err != nil {
		return false, err
	}
	if had >= most {
		reason = "limit"
	} else if r.letter == okno.LetterConfirmation {
		echo, err := w.desk.Echo(ctx, n.Ticket)
		if err != nil {
			return false, err
		}
		if echo {
			reason = "echo"
		}
	}
	if reason == "" {
		return false, nil
	}
	return true, w.desk.Withhold(ctx, desk.Withheld{Event: n.Event.ID, Ticket: n.Ticket.ID, Person: r.person.ID, Letter: r.letter, Reason: reason})
}

// stopped tells agents that a limit held something back, and what they can do.
func (d *draft) stopped() []block {
	n := d.n
	if n.Event.Kind == okno.LettersStopped {
		return []block{say(d.words.T("letter.stopped.flood", "Number", d.number()))}
	}
	name := n.People[n.Event.Data.Person].Short()
	return []block{say(d.words.T("letter.stopped."+n.Event.Data.Reason, "Number", d.number(), "Name", name)), say(d.words.T("letter.stopped.release"))}
}
