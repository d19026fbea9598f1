package desk

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/live"
)

// sessionEnded tells a session's open pages that it is over.
func sessionEnded(s okno.SessionID) string {
	return live.Hint{Part: live.PartEnded, Session: int64(s)}.Encode()
}

// rightsChanged tells a person's open pages to find out what he may see now.
func rightsChanged(p okno.PersonID) string {
	return live.Hint{Part: live.PartRights, Person: int64(p)}.Encode()
}

// partOf tells which part of a ticket's page a fact changes.
func partOf(k okno.EventKind) string {
	switch k {
	case okno.MessageAdded, okno.NoteAdded, okno.MessageEdited, okno.MessageDeleted,
		okno.AnswerHeld, okno.AnswerUndone, okno.AnswerPlanned, okno.AnswerStopped:
		return live.PartThread
	case okno.TicketOpened:
		return live.PartList
	}
	return live.PartStatus
}

// hint tells open pages that a part of a ticket has changed.
func hint(t *okno.Ticket, part string, agentsOnly bool) live.Hint {
	h := live.Hint{
		Ticket: int64(t.ID), Number: string(t.Number), Department: int64(t.Department),
		Requester: int64(t.Requester), Company: int64(t.Company), AgentsOnly: agentsOnly, Part: part,
	}
	for _, p := range t.Participants {
		h.Participants = append(h.Participants, int64(p))
	}
	return h
}
