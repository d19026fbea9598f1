package oknotest_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/mail"
	"github.com/oknodesk/okno/internal/oknotest"
)

// The fields by which one program knows another's letter, and those by which a
// letter is known to be an answer.
var (
	honest   = regexp.MustCompile(`(?im)^(Auto-Submitted|Precedence|X-[^:]*|Return-Path):.*\r\n(?:[ \t].*\r\n)*`)
	threaded = regexp.MustCompile(`(?im)^(References|In-Reply-To|Thread-[^:]*):.*\r\n(?:[ \t].*\r\n)*`)
)

func asIs(raw []byte) []byte       { return raw }
func unmarked(raw []byte) []byte   { return honest.ReplaceAll(raw, nil) }
func unthreaded(raw []byte) []byte { return threaded.ReplaceAll(unmarked(raw), nil) }

func TestDesksDoNotTalkForEver(t *testing.T) {
	ring := []*talker{newTalker(t, "alpha@one.example"), newTalker(t, "beta@two.example"), newTalker(t, "gamma@three.example")}
	for _, c := range []struct {
		name  string
		desks int
		carry func([]byte) []byte
	}{
		{"two, as they are", 2, asIs},
		{"two, without the marks of programs", 2, unmarked},
		{"two, without threads either", 2, unthreaded},
		{"a ring of three, without either", 3, unthreaded},
	} {
		t.Run(c.name, func(t *testing.T) {
			desks := ring[:c.desks]
			said := desks[len(desks)-1].address
			first := fmt.Sprintf("From: %s\r\nTo: alpha@one.example\r\nSubject: Hello, %s\r\nMessage-ID: <%s@first.example>\r\nDate: Fri, 20 Nov 2026 12:00:00 +0000\r\n\r\nHello.\r\n", said, c.name, strings.ReplaceAll(c.name, " ", "-"))
			desks[0].takes(said, desks[0].address, []byte(first))
			exchanged := 1
			for talks := true; talks && exchanged <= 20; {
				talks = false
				for i, from := range desks {
					to := desks[(i+1)%len(desks)]
					for _, l := range from.says() {
						if !strings.Contains(l.To, ".example") || strings.HasSuffix(l.To, "@desk.example") {
							continue
						}
						exchanged++
						talks = true
						// In a ring each hears its neighbour: what one sends arrives at the
						// next as if the next but one had been written to.
						raw := c.carry(l.Raw)
						if len(desks) > 2 {
							raw = []byte(strings.ReplaceAll(string(raw), l.To, to.address))
						}
						to.takes(from.address, to.address, raw)
					}
				}
			}
			if exchanged < 2 || exchanged > 5 {
				t.Errorf("they exchanged %d letters", exchanged)
			}
			for _, d := range desks {
				d.forget()
			}
		})
	}
}

// Two who take part in one ticket are away, and their programs answer every
// letter as a person would.
func TestAnswersWithoutSignsAreStoppedByTheTicketsLimit(t *testing.T) {
	const limit = 6
	d := newTalker(t, "alpha@one.example")
	s, err := d.Desk.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Limits.Ticket = limit
	if err := d.Desk.SaveSettings(t.Context(), okno.Console(), s); err != nil {
		t.Fatal(err)
	}
	carl, dora := "carl@customer.example", "dora@customer.example"
	d.takes(carl, d.address, []byte("From: "+carl+"\r\nTo: "+d.address+"\r\nSubject: Lamp\r\nMessage-ID: <lamp@customer.example>\r\n\r\nDark.\r\n"))
	agent := d.Agent(oknotest.Ada)
	list, err := d.Desk.View(t.Context(), agent, okno.ViewOpen, "")
	if err != nil || len(list.Rows) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	number := list.Rows[0].Number
	d.answer(agent, number, "Which lamp?", dora)
	answered := 0
	for talks := true; talks && answered < 10*limit; {
		talks = false
		for _, l := range d.says() {
			if l.To != carl && l.To != dora {
				continue
			}
			answered++
			talks = true
			to := l.ReplyTo[0].Addr
			raw, err := mail.Write(mail.Outgoing{
				From: mail.Address{Addr: l.To}, To: mail.Address{Addr: to}, Subject: l.Subject, MessageID: fmt.Sprintf("%d@away.example", answered),
				Date: d.Clock.Now(), Text: fmt.Sprintf("I am away, %d.", answered),
			})
			if err != nil {
				t.Fatal(err)
			}
			d.takes(l.To, to, unthreaded(raw))
		}
	}
	page, err := d.Desk.Ticket(t.Context(), agent, number, 0)
	if err != nil {
		t.Fatal(err)
	}
	stopped := 0
	for _, e := range page.Events {
		if e.Kind == okno.LettersStopped {
			stopped++
		}
	}
	waiting, _, err := d.Desk.Quarantine(t.Context(), agent, "")
	if err != nil || answered > 3*limit || len(waiting) == 0 || stopped != 1 {
		t.Errorf("%d letters were answered, %d wait, agents were told %d times; %v", answered, len(waiting), stopped, err)
	}
}

// talker is a desk with a mailbox of its own name.
type talker struct {
	*oknotest.Rig
	t       *testing.T
	address string
	heard   int
}

func newTalker(t *testing.T, address string) *talker {
	t.Helper()
	r := oknotest.Start(t, oknotest.Options{})
	departments, err := r.Desk.Departments(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Desk.SaveMailbox(t.Context(), okno.Console(), "", okno.Mailbox{Address: address}, departments[0].Ref); err != nil {
		t.Fatal(err)
	}
	return &talker{Rig: r, t: t, address: address}
}

func (d *talker) takes(from, to string, raw []byte) {
	d.t.Helper()
	if err := oknotest.Send(d.SMTP, from, to, raw); err != nil {
		d.t.Fatal(err)
	}
	d.Settle()
}

// says are the letters it has sent since it was last asked.
func (d *talker) says() []oknotest.Taken {
	d.Settle()
	all := d.Sink.All()
	fresh := all[d.heard:]
	d.heard = len(all)
	return fresh
}

// forget has it say nothing of what it has said, and lets what is counted in
// an hour begin anew.
func (d *talker) forget() {
	d.Settle()
	d.Clock.Advance(2 * time.Hour)
	d.Settle()
	d.heard = len(d.Sink.All())
}

// answer has an agent answer a ticket and bring someone in.
func (d *talker) answer(by okno.Actor, number okno.Number, text, cc string) {
	d.t.Helper()
	if _, err := d.Desk.AddMessage(d.t.Context(), by, number, desk.Words{Key: text, Text: text, Channel: okno.ChannelWeb, Participants: []string{cc}}); err != nil {
		d.t.Fatal(err)
	}
	d.Settle()
}
