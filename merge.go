package okno

import "time"

// MergeTicket is to put one ticket into another and to split it off again; it
// takes the permission in the departments of both.
var MergeTicket = declare(Action{Name: "ticket.merge", Roles: agents})

// The facts of a merge: two of the ticket that goes into another, two of the
// other. From and To are ids of tickets.
const (
	TicketMerged EventKind = "ticket.merged" // it went into To; Reason is the kind of status it had
	TicketSplit  EventKind = "ticket.split"  // it stands by itself again, not in From
	TicketJoined EventKind = "ticket.joined" // From came into it
	TicketLeft   EventKind = "ticket.left"   // From, which had come, stands by itself again
)

// The letters and notices about merges.
const (
	LetterMerged LetterKind = "merged" // to customers: their ticket goes on under another number
	NoticeMerged NoticeKind = "merged" // to agents
)

func init() {
	for _, k := range []EventKind{TicketMerged, TicketSplit, TicketJoined, TicketLeft} {
		eventAudience[k] = ForAll
	}
}

// StopMerged: the ticket that an answer was written for went into another one,
// which others read.
const StopMerged StopReason = "merged"

// Merge is a ticket that went into another one and can be split off again.
type Merge struct {
	Ticket TicketID
	Number Number
	Into   TicketID
	Was    StatusKind // how it stood
	At     time.Time
	// Joined are the people who take part in the other ticket because of it.
	Joined []PersonID
	// Tags are those that the other ticket has because of it.
	Tags []TagID
}
