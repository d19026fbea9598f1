package okno

import "time"

// QuarantineCause is why a letter waits for an agent's decision.
type QuarantineCause string

const (
	// CauseFlood: its ticket had more letters within the hour than it takes,
	// which two programs that answer one another would make.
	CauseFlood  QuarantineCause = "flood"
	CauseBanned QuarantineCause = "banned" // its sender is on the ban list
	CauseSpam   QuarantineCause = "spam"   // a filter says so
	CauseMarked QuarantineCause = "marked" // an agent says so
)

// What became of a letter that is in no ticket.
const (
	KeptQuarantined KeptState = "quarantined" // it waits for an agent's decision
	KeptDiscarded   KeptState = "discarded"   // an agent, or time, decided against it
)

// Limits bound what letters can make happen, so that no two programs write to
// one another for ever. A limit of 0 is the default.
type Limits struct {
	// Ticket is how many letters one ticket takes from its customers in an hour;
	// further ones wait in quarantine.
	Ticket int `json:"ticket,omitempty"`
	// Answers is how many letters one address is sent in an hour because it wrote
	// one: confirmations above all.
	Answers int `json:"answers,omitempty"`
	// Quarantine is for how many days a letter waits there.
	Quarantine int `json:"quarantine,omitempty"`
}

// Largest of each limit.
const (
	MaxTicketLimit     = 1000
	MaxAnswersLimit    = 1000
	MaxQuarantineLimit = 365
)

// InForce are the limits with their defaults.
func (l Limits) InForce() Limits {
	if l.Ticket == 0 {
		l.Ticket = 20
	}
	if l.Answers == 0 {
		l.Answers = 5
	}
	if l.Quarantine == 0 {
		l.Quarantine = 30
	}
	return l
}

// Check names each limit that cannot be.
func (l Limits) Check() error {
	var wrong Errors
	for _, one := range []struct {
		field    string
		n, bound int
	}{{"limit_ticket", l.Ticket, MaxTicketLimit}, {"limit_answers", l.Answers, MaxAnswersLimit}, {"limit_quarantine", l.Quarantine, MaxQuarantineLimit}} {
		if one.n < 0 || one.n > one.bound {
			wrong = append(wrong, &Error{Reason: Invalid, Key: "error.limit", Field: one.field, Args: []any{"Max", one.bound}})
		}
	}
	return wrong.Err()
}

// What is done with letters that nobody asked for.
var (
	// HandleQuarantine is to see the letters that wait there, and to decide.
	HandleQuarantine = declare(Action{Name: "quarantine.handle", Roles: agents})
	BanSender        = declare(Action{Name: "sender.ban", Roles: agents})
)

// The facts. Those about a ticket are for agents only.
const (
	// AnswerWithheld: a letter that would have gone out by itself did not; its
	// reason is "limit" or "echo".
	AnswerWithheld EventKind = "answer.withheld"
	AnswerReleased EventKind = "answer.released"
	// LettersStopped: the first of a ticket's letters in an hour that had to wait.
	LettersStopped  EventKind = "letters.stopped"
	LetterReleased  EventKind = "letter.released"
	LetterDiscarded EventKind = "letter.discarded"
	MarkedSpam      EventKind = "ticket.spam"
	UnmarkedSpam    EventKind = "ticket.nospam"
	SenderBanned    EventKind = "sender.banned"
	BanLifted       EventKind = "ban.lifted"
)

// LetterStopped tells agents that a limit held something back.
const LetterStopped LetterKind = "stopped"

// NoticeStopped is the same in the bell.
const NoticeStopped NoticeKind = "stopped"

// MaxBans bounds the ban list.
const MaxBans = 10_000

// Ban is an address, or a whole domain ("@shop.example"), whose letters wait in
// quarantine.
type Ban struct {
	Ref Ref
	// What is folded, as addresses are compared.
	What string
	By   PersonID
	At   time.Time
}
