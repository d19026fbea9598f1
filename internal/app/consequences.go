package app

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/notify"
)

// consequences says which duties follow which fact. It is the whole list: a
// duty is put in the transaction that records its fact, and nothing else calls
// one room from another.
func consequences(e okno.Event) []string {
	switch e.Kind {
	case okno.TicketOpened, okno.MessageAdded, okno.NoteAdded,
		okno.StatusChanged, okno.AssigneeChanged, okno.ParticipantAdded,
		okno.TicketJoined, okno.TicketSplit, okno.CloseAsked, okno.LetterReturned, okno.AnswerStopped, okno.ClosingReminded, okno.ClosingStopped,
		okno.CallRequested, okno.CallChanged, okno.AnswerWithheld, okno.AnswerReleased, okno.LettersStopped, okno.LetterReaddressed,
		okno.ContactAdded, okno.ContactInvited, okno.PersonAdded, okno.ResetAsked,
		okno.RegistrationAsked, okno.AddressAsked, okno.AddressChanged,
		okno.MailboxAlarmed, okno.MailboxRecovered, okno.EntryReturned:
		if e.Data.Silent {
			return nil
		}
		return []string{notify.JobKind}
	}
	return nil
}
