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
	Team:       func(id okno.TeamID) string { return map[okno.TeamID]string{7: "Lights"}[id] },
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

func TestR49TheHistorySaysWhyInBothLanguages(t *testing.T) {
	to := func(reason string, p okno.PersonID, team okno.TeamID) okno.EventData {
		return okno.EventData{From: "0", To: map[okno.PersonID]string{0: "0", 1: "1"}[p], Person: p, Team: team, Reason: reason}
	}
	opened := okno.EventData{Channel: okno.ChannelWeb, Reason: okno.AppointedToDepartment}
	for _, c := range []struct {
		kind   okno.EventKind
		actor  okno.PersonID
		data   okno.EventData
		en, ru string
	}{
		{okno.AssigneeChanged, 2, to(okno.AppointedByRequester, 1, 0), "Assignee: Ann, chosen by the requester", "Исполнитель: Ann, по выбору постановщика"},
		{okno.AssigneeChanged, 0, to(okno.AppointedByCompany, 1, 0), "Assignee: Ann, who looks after the company", "Исполнитель: Ann, закреплён за компанией"},
		{okno.AssigneeChanged, 0, to(okno.AppointedByCompanyLoad, 1, 0), "Assignee: Ann, with the fewest tickets of the company’s agents", "Исполнитель: Ann, меньше всего заявок среди специалистов компании"},
		{okno.AssigneeChanged, 0, to(okno.AppointedByTeamLoad, 1, 7), "Assignee: Ann, with the fewest tickets in the team “Lights”", "Исполнитель: Ann, меньше всего заявок в команде «Lights»"},
		{okno.AssigneeChanged, 0, to(okno.AppointedToTeam, 0, 7), "Assignee: team “Lights”, nobody of it is at work now", "Исполнитель: команда «Lights», сейчас на месте никого нет"},
		{okno.AssigneeChanged, 2, to("by_hand", 0, 7), "Assignee: team “Lights” · Carl", "Исполнитель: команда «Lights» · Carl"},
		{okno.TicketOpened, 2, opened, "The ticket was opened on the site, assignee: the department", "Заявка создана на сайте, исполнитель: отдел"},
	} {
		for lang, want := range map[string]string{"en": c.en, "ru": c.ru} {
			if got := ui.Describe(okno.Event{Kind: c.kind, Actor: c.actor, Data: c.data}, locale.New(lang, time.UTC), names); got != want {
				t.Errorf("%s: %q, want %q", c.data.Reason, got, want)
			}
		}
	}
}

func TestEveryFactHasWords(t *testing.T) {
	kinds := []okno.EventKind{
		okno.TicketOpened, okno.MessageAdded, okno.NoteAdded, okno.StatusChanged, okno.AssigneeChanged, okno.DepartmentChanged, okno.SubjectChanged,
		okno.ParticipantAdded, okno.CloseAsked, okno.LetterReturned, okno.PersonAdded, okno.PersonChanged, okno.GrantsChanged, okno.PasswordChanged,
		okno.ResetAsked, okno.DepartmentAdded, okno.DepartmentEdited, okno.TopicAdded, okno.TopicEdited, okno.TeamAdded, okno.TeamEdited, okno.TagEdited, okno.MailboxAdded, okno.MailboxEdited,
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
