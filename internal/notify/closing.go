package notify

import (
	"slices"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

var stillToClose = condition{"unless something was said meanwhile", func(n *desk.Notice) bool { return !n.Ticket.Closing.At.IsZero() }}

// announces is the time of closing that the letter names; zero: none. The
// ticket closes by itself only after a letter that did (spec R25).
func (d *draft) announces() time.Time {
	asks := slices.Contains([]okno.LetterKind{okno.LetterDone, okno.LetterAnswer, okno.LetterReminder}, d.letter)
	if !asks || d.n.Ticket.Kind != okno.StatusDone || d.person.ID != d.n.Ticket.Requester {
		return time.Time{}
	}
	return d.n.Ticket.Closing.At
}

// announcement is the sentence that names it.
func (d *draft) announcement() []block {
	at := d.announces()
	if at.IsZero() {
		return nil
	}
	return []block{say(d.words.T("letter.done.closes", "Date", d.words.Date(at)))}
}

// reminder asks once more.
func (d *draft) reminder() []block {
	return append([]block{say(d.words.T("letter.reminder.text", "Number", d.number()))}, d.question()...)
}

// closedNow says that the ticket is closed, and why where nobody closed it.
func (d *draft) closedNow() block {
	if d.n.Event.Data.Reason == "deadline" {
		return say(d.words.T("letter.closed.deadline", "Number", d.number()))
	}
	return say(d.words.T("letter.closed.text", "Number", d.number()))
}

// notClosed tells the assignee that the ticket stays done until he decides.
func (d *draft) notClosed() []block {
	name := d.n.People[d.n.Ticket.Requester].Short()
	if d.n.Event.Data.Reason == "call" {
		return []block{say(d.words.T("letter.notclosed.call", "Number", d.number(), "Name", name))}
	}
	return []block{say(d.words.T("letter.notclosed.text", "Number", d.number(), "Name", name))}
}
