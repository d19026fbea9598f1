package ui_test

import (
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web/ui"
)

// names are those of Ann (1), who is the assignee, and Carl (2); of anyone
// else the reader knows nothing.
var names = ui.Names{
	Person:     func(id okno.PersonID) string { return map[okno.PersonID]string{1: "Ann", 2: "Carl"}[id] },
	Status:     func(k okno.StatusKind) string { return strings.ToUpper(string(k)) },
	Department: func(id okno.DepartmentID) string { return map[okno.DepartmentID]string{5: "Sales", 6: "Repairs"}[id] },
}

func TestDescribeSaysWhatHappenedAndByWhom(t *testing.T) {
	l := locale.New("en", time.UTC)
	for want, e := range map[string]okno.Event{
		"The ticket was opened by e-mail":                                        {Kind: okno.TicketOpened, Actor: 2, Data: okno.EventData{Channel: okno.ChannelMail}},
		"Status: “NEW” → “OPEN” · Ann":                                           {Kind: okno.StatusChanged, Actor: 1, Data: okno.EventData{From: "new", To: "open", Reason: "by_hand"}},
		"Status: “HOLD” → “OPEN”":                                                {Kind: okno.StatusChanged, Data: okno.EventData{From: "hold", To: "open", Reason: "deadline"}},
		"Solved: the answer was confirmed, the ticket is closed · Carl":          {Kind: okno.StatusChanged, Actor: 2, Data: okno.EventData{From: "done", To: "closed", Reason: "confirmed"}},
		"Nobody answered the call · Ann":                                         {Kind: okno.CallChanged, Actor: 1, Data: okno.EventData{Person: 2, From: "accepted", To: "missed"}},
		"The call request was cancelled · Carl":                                  {Kind: okno.CallChanged, Actor: 2, Data: okno.EventData{Person: 2, From: "asked", To: "cancelled"}},
		"No answer came, the ticket was closed as announced":                     {Kind: okno.StatusChanged, Data: okno.EventData{From: "done", To: "closed", Reason: "deadline"}},
		"The ticket did not close by itself: the customer is waiting for a call": {Kind: okno.ClosingStopped, Data: okno.EventData{Reason: "call"}},
		"Assignee: Ann":                         {Kind: okno.AssigneeChanged, Actor: 1, Data: okno.EventData{From: "0", To: "1", Person: 1}},
		"Assignee: Ann · Carl":                  {Kind: okno.AssigneeChanged, Actor: 2, Data: okno.EventData{From: "0", To: "1", Person: 1}},
		"The ticket has no assignee now · Ann":  {Kind: okno.AssigneeChanged, Actor: 1, Data: okno.EventData{From: "1", To: "0"}},
		"Department: “Sales” → “Repairs” · Ann": {Kind: okno.DepartmentChanged, Actor: 1, Data: okno.EventData{From: "5", To: "6"}},
		"Carl takes part now · Ann":             {Kind: okno.ParticipantAdded, Actor: 1, Data: okno.EventData{Person: 2}},
		"Someone more takes part now":           {Kind: okno.ParticipantAdded, Actor: 9, Data: okno.EventData{Person: 8}},
		"A letter could not be delivered: Carl": {Kind: okno.LetterReturned, Actor: 1, Data: okno.EventData{Person: 2}},
	} {
		if got := ui.Describe(e, l, names); got != want {
			t.Errorf("%+v: %q, want %q", e, got, want)
		}
	}
}

func TestEveryFactHasWords(t *testing.T) {
	kinds := []okno.EventKind{
		okno.TicketOpened, okno.MessageAdded, okno.NoteAdded, okno.StatusChanged, okno.AssigneeChanged, okno.DepartmentChanged, okno.SubjectChanged,
		okno.ParticipantAdded, okno.CloseAsked, okno.LetterReturned, okno.PersonAdded, okno.PersonChanged, okno.GrantsChanged, okno.PasswordChanged,
		okno.ResetAsked, okno.DepartmentAdded, okno.DepartmentEdited, okno.TopicAdded, okno.TopicEdited, okno.MailboxAdded, okno.MailboxEdited,
		okno.SettingsChanged, okno.LetterReplayed, okno.LetterRetried, okno.DeskSetUp, okno.CallRequested, okno.CallNoted, okno.ClosingReminded, okno.CalendarChanged,
	}
	for _, lang := range locale.Languages() {
		for _, kind := range kinds {
			e := okno.Event{Kind: kind, Data: okno.EventData{Channel: okno.ChannelPhone, From: "new", To: "open"}}
			if said := ui.Describe(e, locale.New(lang.Code, time.UTC), names); said == "" || strings.Contains(said, "⟦") {
				t.Errorf("%s in %s: %q", kind, lang.Code, said)
			}
		}
	}
}
