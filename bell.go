package okno

import "time"

// NoticeID is the id of a Notice.
type NoticeID int64

// Notice is that a person was told of a fact about a ticket. It holds no words:
// those are made when it is shown, for whoever may still see the ticket.
type Notice struct {
	ID     NoticeID
	Person PersonID
	Event  EventID
	Ticket TicketID // 0: it is about a mailbox
	Kind   NoticeKind
	// Listed: it stands in the bell; else only his browsers show it.
	Listed bool
	At     time.Time
	Read   time.Time // zero: not yet
}

// NoticeKind is what a notice tells.
type NoticeKind string

// To customers.
const (
	NoticeAnswer     NoticeKind = "answer"     // an agent answered
	NoticeMessage    NoticeKind = "message"    // another of the ticket's customers wrote
	NoticeDone       NoticeKind = "done"       // an agent says it is solved
	NoticeReminder   NoticeKind = "reminder"   // and nobody has said yet whether it is
	NoticeClosed     NoticeKind = "closed"     //
	NoticeCallMissed NoticeKind = "callmissed" // was phoned and not reached
)

// To agents.
const (
	NoticeOpened    NoticeKind = "opened"
	NoticeAssigned  NoticeKind = "assigned"
	NoticeWrote     NoticeKind = "wrote"    // a customer did
	NoticeApart     NoticeKind = "apart"    // someone with no part in the ticket did
	NoticeReopened  NoticeKind = "reopened" // at a customer's word
	NoticeEnded     NoticeKind = "ended"    // a customer closed it
	NoticeNotClosed NoticeKind = "notclosed"
	NoticeCall      NoticeKind = "call"
	NoticeCallOff   NoticeKind = "calloff"
	NoticeReturned  NoticeKind = "returned" // a letter of the ticket's came back
)

// Matter is what one switch is about: notices that are wanted or unwanted
// together.
type Matter string

// What customers switch.
const (
	MatterAnswers Matter = "answers"
	MatterStatus  Matter = "status"
	MatterClosed  Matter = "closed"
	MatterCalls   Matter = "calls"
)

// What agents switch.
const (
	MatterAssigned   Matter = "assigned"
	MatterWrote      Matter = "wrote"
	MatterDepartment Matter = "department" // what is nobody's work yet
	MatterAsked      Matter = "asked"      // calls
	MatterEnded      Matter = "ended"
	MatterReturned   Matter = "returned"
)

// matters are what each side switches, as the page lists it.
var matters = map[Side][]Matter{
	SideCustomer: {MatterAnswers, MatterStatus, MatterClosed, MatterCalls},
	SideAgent:    {MatterAssigned, MatterWrote, MatterDepartment, MatterAsked, MatterEnded, MatterReturned, MatterMailboxes},
}

// Matters lists what a side can switch on and off.
func Matters(side Side) []Matter { return matters[side] }

// notices says of each kind to whom it is told and by which switch.
var notices = map[NoticeKind]struct {
	side   Side
	matter Matter
}{
	NoticeAnswer: {SideCustomer, MatterAnswers}, NoticeMessage: {SideCustomer, MatterAnswers},
	NoticeDone: {SideCustomer, MatterStatus}, NoticeReminder: {SideCustomer, MatterStatus},
	NoticeClosed: {SideCustomer, MatterClosed}, NoticeCallMissed: {SideCustomer, MatterCalls},

	NoticeOpened: {SideAgent, MatterAssigned}, NoticeAssigned: {SideAgent, MatterAssigned},
	NoticeWrote: {SideAgent, MatterWrote}, NoticeApart: {SideAgent, MatterWrote}, NoticeReopened: {SideAgent, MatterWrote},
	NoticeMerged: {SideAgent, MatterAssigned},
	NoticeEnded:  {SideAgent, MatterEnded}, NoticeNotClosed: {SideAgent, MatterEnded},
	NoticeCall: {SideAgent, MatterAsked}, NoticeCallOff: {SideAgent, MatterAsked},
	NoticeReturned: {SideAgent, MatterReturned}, NoticeStopped: {SideAgent, MatterReturned},
	NoticeAlarm: {SideAgent, MatterMailboxes}, NoticeAlarmOver: {SideAgent, MatterMailboxes},
	NoticeEntryReturned: {SideAgent, MatterMailboxes},
}

// Side is whether customers or agents are told; empty: it is no kind.
func (k NoticeKind) Side() Side { return notices[k].side }

// Matter is the switch of the kind, for a ticket that is somebody's work.
func (k NoticeKind) Matter() Matter { return notices[k].matter }
