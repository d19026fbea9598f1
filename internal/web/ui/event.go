package ui

import (
	"strconv"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/locale"
)

// Names turn what a fact holds into words for one reader. A name that he may
// not know, or that is gone, is empty.
type Names struct {
	Person     func(okno.PersonID) string
	Status     func(okno.StatusKind) string
	Department func(okno.DepartmentID) string
	Team       func(okno.TeamID) string
	Ticket     func(okno.TicketID) string // a ticket's number
	Tag        func(okno.TagID) string    // for agents
}

// Describe says a fact in words: what happened and, where that is not plain
// from it, by whom.
func Describe(e okno.Event, l *locale.Locale, n Names) string {
	what := describe(e, l, n)
	who := n.Person(e.Actor)
	if who == "" || e.Kind == okno.TicketOpened || e.Data.Reason == okno.AppointedByRequester || e.Kind == okno.LetterReturned || e.Data.Person == e.Actor && e.Kind != okno.CallChanged {
		return what // that is in the words already
	}
	return l.T("event.by", "What", what, "Who", who)
}

func describe(e okno.Event, l *locale.Locale, n Names) string {
	switch e.Kind {
	case okno.TicketOpened:
		what := l.T("event.ticket.opened." + string(e.Data.Channel))
		if e.Data.Reason == okno.AppointedToDepartment {
			return l.T("event.ticket.opened.department", "What", what)
		}
		return what
	case okno.StatusChanged:
		return describeStatus(e, l, n)
	case okno.AssigneeChanged:
		return describeAssignee(e, l, n)
	case okno.DepartmentChanged:
		from, to := okno.DepartmentID(factID(e.Data.From)), okno.DepartmentID(factID(e.Data.To))
		return l.T("event.department.changed", "From", n.Department(from), "To", n.Department(to))
	case okno.ParticipantAdded:
		if name := n.Person(e.Data.Person); name != "" {
			return l.T("event.participant.added", "Participant", name)
		}
		return l.T("event.participant.nameless")
	case okno.TagAdded:
		return l.T("event.tag.added", "Tag", n.Tag(okno.TagID(factID(e.Data.To))))
	case okno.TagRemoved:
		return l.T("event.tag.removed", "Tag", n.Tag(okno.TagID(factID(e.Data.From))))
	case okno.CallChanged:
		return l.T("event.call.changed." + e.Data.To)
	case okno.ClosingStopped:
		return l.T("event.closing.stopped." + e.Data.Reason)
	case okno.AnswerWithheld, okno.AnswerReleased, okno.LetterReaddressed:
		return l.T("event."+string(e.Kind), "Person", n.Person(e.Data.Person))
	case okno.AnswerUndone:
		return l.T("event.answer.undone." + e.Data.Reason)
	case okno.TicketMerged:
		return l.T("event.ticket.merged", "Ticket", n.Ticket(okno.TicketID(factID(e.Data.To))))
	case okno.TicketSplit, okno.TicketJoined, okno.TicketLeft:
		return l.T("event."+string(e.Kind), "Ticket", n.Ticket(okno.TicketID(factID(e.Data.From))))
	case okno.LetterReturned:
		return l.T("event.letter.returned", "Person", n.Person(e.Data.Person))
	}
	return l.T("event." + string(e.Kind))
}

// describeAssignee says whose work the ticket is now and, where the desk or the
// requester chose him, why.
func describeAssignee(e okno.Event, l *locale.Locale, n Names) string {
	name, team := n.Person(okno.PersonID(factID(e.Data.To))), ""
	if e.Data.Team != 0 {
		team = n.Team(e.Data.Team)
	}
	reason := "event.assignee.reason." + e.Data.Reason
	switch {
	case l.Has(reason):
		return l.T(reason, "Assignee", name, "Team", team)
	case name != "":
		return l.T("event.assignee.changed", "Assignee", name)
	case team != "":
		return l.T("event.assignee.team", "Team", team)
	}
	return l.T("event.assignee.none")
}

// describeStatus says why the status changed where the reason alone says what
// became of it; else from what to what.
func describeStatus(e okno.Event, l *locale.Locale, n Names) string {
	if e.Data.Reason == "deadline" && e.Data.To == string(okno.StatusClosed) {
		return l.T("event.status.deadline")
	}
	if reason := "event.status.reason." + e.Data.Reason; l.Has(reason) {
		return l.T(reason)
	}
	from, to := okno.StatusKind(e.Data.From), okno.StatusKind(e.Data.To)
	return l.T("event.status.changed", "From", n.Status(from), "To", n.Status(to))
}

// factID reads an id as a fact keeps it; 0 is nobody's.
func factID(id string) int64 {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
