package okno

import "time"

// HeldID is the id of a HeldAnswer.
type HeldID int64

// HeldAnswer is an agent's answer that is written and not given yet: held for
// a moment so that it can be taken back, or until a time its author chose.
// Only agents see it. It becomes a message of the same Ref when it is given.
type HeldAnswer struct {
	ID     HeldID
	Ref    Ref
	Ticket TicketID
	Author PersonID
	// Session is whose uploads its files were, and are again once it is taken
	// back.
	Session SessionID

	Text, HTML string
	Then       StatusKind // of the ticket, with the answer; empty: as it is
	CC         []string   // addresses added to those who take part
	Files      []File

	Written time.Time
	Due     time.Time
	// Planned: its author chose the time. Such an answer waits for a decision
	// if something was said meanwhile.
	Planned bool
	// After is the last message that its author had before him.
	After MessageID
	// Stopped is why it was not given when it was due; empty: it waits for
	// its time.
	Stopped StopReason
	Fact    EventID // that it is held
	Version int64
}

// StopReason is why a held answer waits for a decision.
type StopReason string

const (
	StopCustomer StopReason = "customer" // the customer wrote meanwhile
	StopClosed   StopReason = "closed"   // the ticket was closed meanwhile
	StopRights   StopReason = "rights"   // its author may not answer any longer
	StopRefused  StopReason = "refused"  // the ticket did not take it
)

// The facts about answers that are held.
const (
	AnswerHeld    EventKind = "answer.held"    // Reason: moment or planned
	AnswerUndone  EventKind = "answer.undone"  // Reason: moment or planned
	AnswerPlanned EventKind = "answer.planned" // its time was changed
	AnswerStopped EventKind = "answer.stopped" // Reason: a StopReason
)

// NoticeHeldBack tells an agent that his planned answer was not sent, and
// LetterHeldBack the same by letter.
const (
	NoticeHeldBack NoticeKind = "heldback"
	LetterHeldBack LetterKind = "heldback"
)

func init() {
	notices[NoticeHeldBack] = notices[NoticeReturned]
}

// For how long an answer can be taken back, in seconds.
const (
	DefaultUndo = 10
	MaxUndo     = 60
)

// MaxPlanned is how far ahead an answer can be planned.
const MaxPlanned = 366 * 24 * time.Hour

// MaxHeld is how many answers one ticket holds at most.
const MaxHeld = 20
