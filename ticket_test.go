package okno_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// moves says which kinds may follow each, by whom (c customer, a agent, s
// system), as the table of statuses in the product's description has it.
var moves = map[okno.StatusKind]map[okno.StatusKind]string{
	okno.StatusNew:     {okno.StatusOpen: "a", okno.StatusWaiting: "a", okno.StatusHold: "a", okno.StatusDone: "a", okno.StatusClosed: "ca"},
	okno.StatusOpen:    {okno.StatusWaiting: "a", okno.StatusHold: "a", okno.StatusDone: "a", okno.StatusClosed: "ca"},
	okno.StatusWaiting: {okno.StatusOpen: "cas", okno.StatusHold: "a", okno.StatusDone: "a", okno.StatusClosed: "ca"},
	okno.StatusHold:    {okno.StatusOpen: "cas", okno.StatusWaiting: "a", okno.StatusDone: "a", okno.StatusClosed: "ca"},
	okno.StatusDone:    {okno.StatusOpen: "ca", okno.StatusClosed: "cas"},
	okno.StatusClosed:  {okno.StatusOpen: "ca"},
}

func TestStatusMovesByTheTableAlone(t *testing.T) {
	for _, from := range okno.StatusKinds {
		for _, to := range okno.StatusKinds {
			for letter, by := range map[string]okno.Mover{"c": okno.ByCustomer, "a": okno.ByAgent, "s": okno.BySystem} {
				ticket := okno.Ticket{Kind: from, Status: 1, Closed: noon.Add(-time.Hour), Hold: okno.Hold{Until: noon}}
				err := ticket.Move(okno.Status{ID: 2, Kind: to}, by, noon)
				switch may := strings.Contains(moves[from][to], letter) || from == to; {
				case may && err != nil:
					t.Errorf("%s to %s by %s is refused: %v", from, to, by, err)
				case !may && okno.ReasonOf(err) != okno.Conflict:
					t.Errorf("%s to %s by %s: %v, want a conflict", from, to, by, err)
				case !may && (ticket.Kind != from || ticket.Status != 1):
					t.Errorf("%s to %s by %s is refused, and the ticket is %s", from, to, by, ticket.Kind)
				case may && ticket.Kind != to:
					t.Errorf("%s to %s by %s leaves it %s", from, to, by, ticket.Kind)
				}
			}
		}
	}
}

func TestMovingKeepsTheDateOfClosingAndTheHold(t *testing.T) {
	ticket := okno.Ticket{Kind: okno.StatusHold, Hold: okno.Hold{Until: noon}}
	move := func(to okno.StatusKind) {
		t.Helper()
		if err := ticket.Move(okno.Status{Kind: to}, okno.ByAgent, noon); err != nil {
			t.Fatal(err)
		}
	}
	move(okno.StatusClosed)
	if !ticket.Closed.Equal(noon) || !ticket.Hold.Until.IsZero() {
		t.Errorf("closed at %v, on hold until %v", ticket.Closed, ticket.Hold.Until)
	}
	move(okno.StatusOpen)
	if !ticket.Closed.IsZero() {
		t.Error("an open ticket has a date of closing")
	}
}

func TestMovesFromListsWhatTheTableAllows(t *testing.T) {
	for _, from := range okno.StatusKinds {
		for _, to := range okno.MovesFrom(from, okno.ByCustomer) {
			if !strings.Contains(moves[from][to], "c") {
				t.Errorf("a customer is offered %s to %s", from, to)
			}
		}
	}
	if got := okno.MovesFrom(okno.StatusDone, okno.BySystem); len(got) != 1 || got[0] != okno.StatusClosed {
		t.Errorf("the desk itself may take done to %v", got)
	}
}

func TestLateMessageBelongsToANewTicket(t *testing.T) {
	closed := okno.Ticket{Kind: okno.StatusClosed, Closed: noon}
	for _, c := range []struct {
		after time.Duration
		takes bool
	}{{0, true}, {okno.ReopenWithin, true}, {okno.ReopenWithin + 1, false}} {
		if got := closed.TakesMessages(noon.Add(c.after)); got != c.takes {
			t.Errorf("%v after closing it takes messages: %t", c.after, got)
		}
	}
	if open := (&okno.Ticket{Kind: okno.StatusOpen}); !open.TakesMessages(noon) {
		t.Error("an open ticket takes no messages")
	}
}

func TestWhoseMessageWakesATicket(t *testing.T) {
	for _, c := range []struct {
		kind  okno.StatusKind
		side  okno.Side
		hold  okno.Hold
		wakes bool
	}{
		{okno.StatusNew, okno.SideCustomer, okno.Hold{}, false},
		{okno.StatusOpen, okno.SideCustomer, okno.Hold{}, false},
		{okno.StatusWaiting, okno.SideCustomer, okno.Hold{}, true},
		{okno.StatusWaiting, okno.SideAgent, okno.Hold{}, false},
		{okno.StatusHold, okno.SideCustomer, okno.Hold{}, false},
		{okno.StatusHold, okno.SideCustomer, okno.Hold{WakeOnAnswer: true}, true},
		{okno.StatusDone, okno.SideCustomer, okno.Hold{}, true},
		{okno.StatusClosed, okno.SideCustomer, okno.Hold{}, true},
		{okno.StatusClosed, okno.SideSystem, okno.Hold{}, false},
	} {
		ticket := okno.Ticket{Kind: c.kind, Hold: c.hold}
		if got := ticket.WokenBy(c.side); got != c.wakes {
			t.Errorf("%s, %+v, a word of the %s side wakes it: %t", c.kind, c.hold, c.side, got)
		}
	}
}

func TestAddressAlone(t *testing.T) {
	for given, want := range map[string]string{
		"carl@customer.example": "carl@customer.example", "  carl@customer.example ": "carl@customer.example",
		"<carl@customer.example>": "carl@customer.example", "root@localhost": "root@localhost", "карл@почта.рф": "карл@почта.рф",
		`"carl lamp"@customer.example`: `"carl lamp"@customer.example`,
	} {
		if got, err := okno.CheckAddress("email", given); err != nil || got != want {
			t.Errorf("%q: %q %v", given, got, err)
		}
	}
	for _, given := range []string{
		"", "   ", "carl", "carl@", "@customer.example", "carl@customer", "Carl <carl@customer.example>", "carl@customer.example, dora@customer.example",
		"carl@customer.example\r\nBcc: dora@customer.example", `"carl>, <dora"@customer.example`, `"carl lamp" <carl@customer.example>`, strings.Repeat("c", 250) + "@x.example",
	} {
		if got, err := okno.CheckAddress("email", given); okno.ReasonOf(err) != okno.Invalid || got != "" {
			t.Errorf("%q is taken as %q", given, got)
		}
	}
}

func TestTextsAreBounded(t *testing.T) {
	long := func(n int) string { return strings.Repeat("я", n) }
	for _, c := range []struct {
		what string
		err  error
		ok   bool
	}{
		{"no subject", okno.CheckSubject(""), false},
		{"the longest subject", okno.CheckSubject(long(okno.MaxSubject)), true},
		{"a longer subject", okno.CheckSubject(long(okno.MaxSubject + 1)), false},
		{"no text", okno.CheckText("text", "", 0), false},
		{"files alone", okno.CheckText("text", "", 1), true},
		{"the longest text", okno.CheckText("text", long(okno.MaxText), 0), true},
		{"a longer text", okno.CheckText("text", long(okno.MaxText+1), 0), false},
		{"too many files", okno.CheckText("text", "x", okno.MaxFiles+1), false},
		{"no name", okno.CheckName("name", ""), false},
		{"the longest name", okno.CheckName("name", long(okno.MaxName)), true},
		{"a longer name", okno.CheckName("name", long(okno.MaxName+1)), false},
	} {
		if (c.err == nil) != c.ok {
			t.Errorf("%s: %v", c.what, c.err)
		}
	}
}

func TestMessagesForCustomers(t *testing.T) {
	for _, c := range []struct {
		m   okno.Message
		see bool
	}{
		{okno.Message{Kind: okno.Public}, true},
		{okno.Message{Kind: okno.Note}, false},
		{okno.Message{Kind: okno.Public, Apart: true}, false},
		{okno.Message{Kind: okno.Public, Machine: true}, false},
	} {
		if c.m.Visible(okno.SideCustomer) != c.see || c.m.Visible("") != c.see || !c.m.Visible(okno.SideAgent) {
			t.Errorf("%+v: a customer sees it: %t", c.m, !c.see)
		}
	}
}

func TestFactsForAgentsAlone(t *testing.T) {
	for _, k := range []okno.EventKind{okno.NoteAdded, okno.CloseAsked, okno.LetterReturned, okno.DepartmentChanged, okno.PersonChanged, "unheard.of"} {
		if okno.NewEvent(k, okno.EventData{}).Audience != okno.ForAgents {
			t.Errorf("customers learn of %s", k)
		}
	}
	for _, d := range []okno.EventData{{Apart: true}, {Machine: true}} {
		if okno.NewEvent(okno.MessageAdded, d).Audience != okno.ForAgents {
			t.Errorf("customers learn of a message %+v", d)
		}
	}
	if okno.NewEvent(okno.MessageAdded, okno.EventData{}).Audience != okno.ForAll {
		t.Error("customers learn of no message")
	}
}

func TestRefusalsAreGathered(t *testing.T) {
	var wrong okno.Errors
	own := errors.New("disk")
	if wrong.Add(nil) != nil || wrong.Add(okno.Missing("a")) != nil || wrong.Add(okno.Errors{okno.Missing("b")}) != nil || wrong.Add(own) != own {
		t.Error("a refusal is not gathered, or a failure is")
	}
	if len(wrong) != 2 || okno.ReasonOf(wrong.Err()) != okno.Invalid || okno.ReasonOf(own) != "" || (okno.Errors{}).Err() != nil {
		t.Errorf("%v", wrong)
	}
}
