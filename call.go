package okno

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// CallID is the id of a Call.
type CallID int64

// CallState is how far a call request has come.
type CallState string

const (
	CallAsked     CallState = "asked"
	CallAccepted  CallState = "accepted" // an agent will phone
	CallHeld      CallState = "held"
	CallMissed    CallState = "missed" // nobody answered
	CallCancelled CallState = "cancelled"
)

// Open reports whether somebody still waits to be phoned.
func (s CallState) Open() bool { return s == CallAsked || s == CallAccepted }

// callMoves is what may follow what by an agent's hand; the customer only
// cancels what is open.
var callMoves = map[CallState][]CallState{
	CallAsked:    {CallAccepted, CallHeld, CallMissed, CallCancelled},
	CallAccepted: {CallHeld, CallMissed, CallCancelled},
}

// CallMovesFrom lists where an agent may take a call from a state.
func CallMovesFrom(s CallState) []CallState { return slices.Clone(callMoves[s]) }

// Call is a customer's wish to be phoned about his ticket. A ticket has one
// that is open, at most.
type Call struct {
	ID     CallID
	Ref    Ref
	Ticket TicketID
	State  CallState
	Asker  PersonID // who is to be phoned
	Phone  string   // for this call only
	When   string   // when it suits, in his words
	About  string
	Note   string   // agents' own, never a customer's to read
	Taker  PersonID // the agent who accepted it or said how it went; 0: nobody yet

	Asked   time.Time
	Changed time.Time
	Version int64
}

// Bounds of a call request, in characters.
const (
	maxPhone    = 40
	maxWhen     = 200
	maxAbout    = 2000
	MaxCallNote = 2000
)

// Check says everything that is wrong with a request, or nil. It trims what
// was typed.
func (c *Call) Check() error {
	c.Phone, c.When, c.About = strings.TrimSpace(c.Phone), strings.TrimSpace(c.When), strings.TrimSpace(c.About)
	var wrong Errors
	if c.Phone == "" {
		wrong = append(wrong, Missing("phone"))
	} else if !dialable(c.Phone) {
		wrong = append(wrong, &Error{Reason: Invalid, Key: "error.call.phone", Field: "phone"})
	}
	for _, f := range []struct {
		name, text string
		max        int
	}{{"phone", c.Phone, maxPhone}, {"when", c.When, maxWhen}, {"about", c.About, maxAbout}} {
		if utf8.RuneCountInString(f.text) > f.max {
			wrong = append(wrong, TooLong(f.name, f.max))
		}
	}
	return wrong.Err()
}

// dialable reports whether a number can be phoned: digits, at least three,
// with what people write between them, and perhaps an extension's letters.
func dialable(phone string) bool {
	digits := 0
	for _, r := range phone {
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	return digits >= 3
}

// What is done with calls.
var (
	AskCall    = declare(Action{Name: "call.ask", Customers: AsRequester | AsCompanyAdmin})
	HandleCall = declare(Action{Name: "call.handle", Roles: agents})
)

// The facts about calls.
const (
	CallRequested EventKind = "call.requested"
	CallChanged   EventKind = "call.changed" // From and To are states
	CallNoted     EventKind = "call.noted"
)

func init() {
	eventAudience[CallRequested] = ForAll
	eventAudience[CallChanged] = ForAll
}

// The letters about calls.
const (
	LetterCall       LetterKind = "call"       // to agents: a customer asks to be phoned
	LetterCallOff    LetterKind = "calloff"    // to agents: he no longer does
	LetterCallMissed LetterKind = "callmissed" // to him: nobody answered
)
