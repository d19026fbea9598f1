package okno

import (
	"time"
	"unicode/utf8"
)

// Channel is the way a request or a message came.
type Channel string

const (
	ChannelMail  Channel = "mail"
	ChannelWeb   Channel = "web"
	ChannelPhone Channel = "phone" // entered by an agent for the caller
)

// Channels lists them.
var Channels = []Channel{ChannelMail, ChannelWeb, ChannelPhone}

// ReopenWithin is how long after closing a message reopens the ticket; a later
// one opens a new ticket linked to the old.
const ReopenWithin = 30 * 24 * time.Hour

// Bounds of what a ticket takes in.
const (
	MaxSubject = 250       // characters
	MaxText    = 100_000   // characters of one message
	MaxHTML    = 1_000_000 // bytes of one message's HTML
	MaxFiles   = 100       // of one message
)

// Ticket is one request: who asked, what about, whose work it is, how it
// stands. Its dialogue is a list of Messages.
type Ticket struct {
	ID     TicketID
	Number Number

	Subject    string
	Status     StatusID
	Kind       StatusKind // of Status
	Department DepartmentID
	Assignee   PersonID // 0: the team's, or the department's
	Team       TeamID   // whose work it is while it is no agent's; 0: the department's, or the Assignee's
	Topic      TopicID  // 0: none chosen
	Requester  PersonID
	Company    CompanyID // 0: opened for no company; kept for the ticket's life
	Channel    Channel
	Mailbox    MailboxID // the mailbox its letters leave from; 0: the department's
	Lang       string    // of the page or letter it was opened with
	Parent     TicketID  // the closed ticket that it continues; 0: none
	Merged     TicketID  // the ticket that it went into and leads to now; 0: none

	// Participants are the others who take part and get the letters; the
	// requester is not among them.
	Participants []PersonID

	Opened  time.Time
	Updated time.Time // of the last public message or change, what lists sort by
	Closed  time.Time // zero while not closed
	Hold    Hold
	Closing Closing // of a done ticket

	// Awaits is since when the customer has waited for an answer; zero: it is not
	// the desk's turn. Deadline is when that answer was promised for; zero: none
	// was.
	Awaits   time.Time
	Deadline time.Time

	// LastWord are the first words of the last public message, LastBy whose.
	LastWord string
	LastBy   Side

	// Version counts changes; a command that overwrites takes the version the
	// person saw.
	Version int64

	// ThreadGUID names the conversation to Outlook (Thread-Index); 16 bytes.
	ThreadGUID []byte
}

// Hold says until when a ticket is put off and whether a customer's message
// wakes it earlier.
type Hold struct {
	Until        time.Time // zero: not on hold
	WakeOnAnswer bool
}

// Side is on which side of the dialogue a word was said.
type Side string

const (
	SideCustomer Side = "customer"
	SideAgent    Side = "agent"
	SideSystem   Side = "system"
)

// Move changes the status, or refuses: the table of transitions is the only
// judge. Moving to the kind it already has changes nothing.
func (t *Ticket) Move(to Status, by Mover, at time.Time) error {
	if t.Kind == to.Kind {
		t.Status = to.ID
		return nil
	}
	if !MayMove(t.Kind, to.Kind, by) {
		return &Error{Reason: Conflict, Key: "error.status.move", Args: []any{"From", "status." + string(t.Kind), "To", "status." + string(to.Kind)}}
	}
	t.Kind, t.Status = to.Kind, to.ID
	t.Closed = time.Time{}
	if to.Kind == StatusClosed {
		t.Closed = at
	}
	if to.Kind != StatusHold {
		t.Hold = Hold{}
	}
	if to.Kind != StatusDone {
		t.Closing = Closing{}
	}
	return nil
}

// TakesMessages reports whether a customer's message still belongs to this
// ticket, or is so late that it opens a new one (ReopenWithin).
func (t *Ticket) TakesMessages(now time.Time) bool {
	return t.Kind != StatusClosed || now.Sub(t.Closed) <= ReopenWithin
}

// WokenBy reports whether a customer's message moves the ticket back to open.
func (t *Ticket) WokenBy(side Side) bool {
	if side != SideCustomer {
		return false
	}
	switch t.Kind {
	case StatusWaiting, StatusDone, StatusClosed:
		return true
	case StatusHold:
		return t.Hold.WakeOnAnswer
	}
	return false
}

// TakesPart reports whether the person is the requester or a participant.
func (t *Ticket) TakesPart(p PersonID) bool {
	if p == 0 {
		return false
	}
	if t.Requester == p {
		return true
	}
	for _, q := range t.Participants {
		if q == p {
			return true
		}
	}
	return false
}

// CheckSubject says what is wrong with a subject, or nil.
func CheckSubject(s string) error {
	switch n := utf8.RuneCountInString(s); {
	case n == 0:
		return Missing("subject")
	case n > MaxSubject:
		return TooLong("subject", MaxSubject)
	}
	return nil
}
