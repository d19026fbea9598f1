package okno

import (
	"time"
)

// EventKind names a fact. Once released it is frozen: readers accept every
// older version of a kind for ever.
type EventKind string

// The facts. Each has its audience in eventAudience.
const (
	TicketOpened      EventKind = "ticket.opened"
	MessageAdded      EventKind = "message.added"
	NoteAdded         EventKind = "note.added"
	StatusChanged     EventKind = "status.changed"
	AssigneeChanged   EventKind = "assignee.changed"
	DepartmentChanged EventKind = "department.changed"
	SubjectChanged    EventKind = "subject.changed"
	ParticipantAdded  EventKind = "participant.added"
	CloseAsked        EventKind = "close.asked" // an unproven letter said it is solved
	LetterReturned    EventKind = "letter.returned"

	CompanyAdded     EventKind = "company.added"
	ContactAdded     EventKind = "contact.added"
	PersonAdded      EventKind = "person.added"
	PersonChanged    EventKind = "person.changed"
	GrantsChanged    EventKind = "grants.changed"
	PasswordChanged  EventKind = "password.changed"
	ResetAsked       EventKind = "reset.asked"
	DepartmentAdded  EventKind = "department.added"
	DepartmentEdited EventKind = "department.edited"
	TopicAdded       EventKind = "topic.added"
	TopicEdited      EventKind = "topic.edited"
	MailboxAdded     EventKind = "mailbox.added"
	MailboxEdited    EventKind = "mailbox.edited"
	SettingsChanged  EventKind = "settings.changed"
	LetterReplayed   EventKind = "letter.replayed"
	LetterRetried    EventKind = "letter.retried"
	DeskSetUp        EventKind = "desk.setup"
)

// Audience is who may ever learn of a fact.
type Audience string

const (
	ForAll    Audience = "all"    // of those who see the ticket
	ForAgents Audience = "agents" // never a customer
)

// eventAudience declares who may learn of each kind; a kind that is missing
// here is for agents.
var eventAudience = map[EventKind]Audience{
	TicketOpened:      ForAll,
	MessageAdded:      ForAll,
	StatusChanged:     ForAll,
	AssigneeChanged:   ForAll,
	SubjectChanged:    ForAll,
	ParticipantAdded:  ForAll,
	DepartmentChanged: ForAgents,
	NoteAdded:         ForAgents,
	CloseAsked:        ForAgents,
	LetterReturned:    ForAgents,
}

// AudienceOf tells who may learn of a kind of fact.
func AudienceOf(k EventKind) Audience {
	if a, ok := eventAudience[k]; ok {
		return a
	}
	return ForAgents
}

// Event is a recorded fact. It is history, audit trail and outbox at once and
// is never changed.
type Event struct {
	ID       EventID
	Kind     EventKind
	V        int
	Audience Audience
	Ticket   TicketID // 0: not about a ticket
	Version  int64    // of the ticket, after it
	Subject  int64    // id of what it is about when that is no ticket
	Actor    PersonID // 0: the system, or nobody known
	Via      Door
	Data     EventData
	Cause    EventID // the fact this one follows from; 0: someone's own act
	At       time.Time
}

// EventData holds ids and enumerated values, never names, addresses or texts:
// what is erased of a person must not live on in history.
type EventData struct {
	Message MessageID `json:"message,omitempty"`
	Side    Side      `json:"side,omitempty"`
	From    string    `json:"from,omitempty"` // an enumerated value or an id in decimal
	To      string    `json:"to,omitempty"`
	Reason  string    `json:"reason,omitempty"` // enumerated: by_hand, taken, answered, customer, phrase, confirmed, deadline, machine…
	Person  PersonID  `json:"person,omitempty"`
	Letter  LetterID  `json:"letter,omitempty"`
	Claim   Claim     `json:"claim,omitempty"`
	Machine bool      `json:"machine,omitempty"`
	Apart   bool      `json:"apart,omitempty"`
	Channel Channel   `json:"channel,omitempty"`
	// Silent: the one who did it asked that nobody be told (an import, a
	// sample); consequences pass it over.
	Silent bool `json:"silent,omitempty"`
	// Files counts the attachments of the message.
	Files int    `json:"files,omitempty"`
	Call  CallID `json:"call,omitempty"`
	Held  HeldID `json:"held,omitempty"`
	// Team is to whom the work was given; with a Person, of which he is.
	Team TeamID `json:"team,omitempty"`
}

// NewEvent makes a fact of version 1; whoever records it adds who, when and
// about which ticket.
func NewEvent(k EventKind, d EventData) Event {
	if d.Apart || d.Machine {
		return Event{Kind: k, V: 1, Audience: ForAgents, Data: d}
	}
	return Event{Kind: k, V: 1, Audience: AudienceOf(k), Data: d}
}
