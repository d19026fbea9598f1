package intake_test

import (
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/intake"
)

func report(to, original, reply, action, status string) string {
	return letter("From: MAILER-DAEMON@relay.example", "To: "+to, "Subject: Undelivered", "MIME-Version: 1.0",
		`Content-Type: multipart/report; report-type=delivery-status; boundary="r"`, "",
		"--r", "Content-Type: text/plain", "", "Sorry.",
		"--r", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; relay.example", "",
		"Final-Recipient: rfc822; carl@customer.example", "Action: "+action, "Status: "+status, "Diagnostic-Code: smtp; 550 no such person", "",
		"--r", "Content-Type: message/rfc822", "", "From: "+support, "Reply-To: Support <"+reply+">", "X-Okno-Mark: ours", "Message-ID: <"+original+">", "", "Your answer.", "--r--")
}

// prose is a report in words, as qmail writes it.
func prose(to string) string {
	return letter("From: MAILER-DAEMON@relay.example", "To: "+to, "Subject: failure notice", "",
		"Hi. This is the qmail-send program at relay.example.", "I'm afraid I wasn't able to deliver your message to the following addresses.",
		"This is a permanent error; I've given up. Sorry it didn't work out.", "", "<carl@customer.example>:", "550 5.1.1 no such person")
}

// answered is a ticket with a letter to its requester that has left.
func (r *rig) answered() (t okno.Ticket, reply string, l okno.Letter) {
	r.t.Helper()
	t, reply = r.opened()
	must(r.t, r.QueueLetters(r.ctx(), []desk.Outgoing{{Hold: time.Hour, Letter: okno.Letter{
		Kind: okno.LetterAnswer, Origin: "1:notify:1", Ticket: t.ID, Person: t.Requester, From: support, To: "carl@customer.example",
		Subject: "Re: Printer", MessageID: "answer@desk.example", Bytes: []byte("x"), Shown: "x",
	}}}))
	l = r.out()
	l.State, l.Sent = okno.LetterSent, r.clock.now()
	must(r.t, r.SaveDelivery(r.ctx(), l))
	return t, reply, l
}

// out is the letter that was queued last.
func (r *rig) out() okno.Letter {
	r.t.Helper()
	all, _, err := r.Letters(r.ctx(), r.admin, "", "")
	must(r.t, err)
	return all[0]
}

// comesBack is whether letters to Carl are known to come back.
func (r *rig) comesBack(t okno.Ticket) bool {
	r.t.Helper()
	p, err := r.ReturnedLetter(r.ctx(), r.admin, t.Number, r.out().Ref)
	if err == nil {
		return p.Letter.CameBack() && !r.page(t.ID).Addresses[0].Undeliverable.IsZero()
	}
	return !r.page(t.ID).Addresses[0].Undeliverable.IsZero()
}

func TestADeliveryReportMarksTheLetterAndItsAddress(t *testing.T) {
	for _, c := range []struct {
		name   string
		raw    func(bounce, reply string) (to, raw string)
		kept   okno.KeptState
		letter okno.LetterState
		back   bool
		shown  bool // agents see it in the ticket
	}{
		{"failed, to the return path", func(b, _ string) (string, string) {
			return b, report(b, "mangled@relay.example", "", "failed", "5.1.1")
		}, okno.KeptBounce, okno.LetterBounced, true, false},
		{"failed, in words, to the return path", func(b, _ string) (string, string) { return b, prose(b) }, okno.KeptBounce, okno.LetterBounced, true, false},
		{"failed, naming nobody, to the return path", func(b, _ string) (string, string) {
			return b, letter("From: MAILER-DAEMON@relay.example", "To: "+b, "Subject: Mail Delivery Problem", "",
				"Your mail to the following recipients could not be delivered:", "carl")
		}, okno.KeptBounce, okno.LetterBounced, true, false},
		{"failed, showing the reader's reply address", func(_, r string) (string, string) {
			return support, report(support, "answer@desk.example", r, "failed", "5.1.1")
		}, okno.KeptBounce, okno.LetterBounced, true, false},
		{"delayed", func(b, _ string) (string, string) { return b, report(b, "answer@desk.example", "", "delayed", "4.4.1") }, okno.KeptBounce, okno.LetterDelayed, false, false},
		{"delivered", func(b, _ string) (string, string) {
			return b, report(b, "answer@desk.example", "", "delivered", "2.0.0")
		}, okno.KeptBounce, okno.LetterSent, false, false},
		{"forged, by the Message-ID alone", func(_, _ string) (string, string) {
			return support, report(support, "answer@desk.example", "", "failed", "5.1.1")
		}, okno.KeptJoined, okno.LetterSent, false, true},
		{"forged, with another's reply address", func(b, r string) (string, string) {
			return support, report(support, "answer@desk.example", "support+rabcdefghijklmnopqrst@desk.example", "failed", "5.1.1")
		}, okno.KeptJoined, okno.LetterSent, false, true},
		{"another's letter", func(_, r string) (string, string) {
			return support, report(support, "stranger@elsewhere.example", r, "failed", "5.1.1")
		}, okno.KeptDropped, okno.LetterSent, false, false},
		{"of a letter that was taken back and left its id to this one", func(_, _ string) (string, string) {
			return "taken back", report(support, "", "", "failed", "5.1.1")
		}, okno.KeptDropped, okno.LetterSent, false, false},
		{"in words, to nobody's return path", func(_, _ string) (string, string) { return support, prose(support) }, okno.KeptDropped, okno.LetterSent, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, r *rig) {
				ticket, reply, out := r.answered()
				to, raw := c.raw(r.ReplyAddresses().ForBounce(support, int64(out.ID), out.MessageID), reply)
				if to == "taken back" {
					to = r.ReplyAddresses().ForBounce(support, int64(out.ID), "earlier@desk.example")
				}
				for range 2 { // it may come twice, under another Message-ID
					k := r.come(intake.Arrival{EnvelopeTo: to, Source: "smtp", Raw: []byte(raw)})
					if k.State != c.kept {
						t.Errorf("the report ended as %s: %+v", k.State, k.Trace)
					}
					raw = "X-Again: yes\r\nDate: Fri, 20 Nov 2026 09:00:00 +0000\r\n" + raw
				}
				p := r.page(ticket.ID)
				if got := r.out().State; got != c.letter || r.comesBack(ticket) != c.back || r.tickets() != 1 {
					t.Errorf("the letter is %s, the address comes back: %t, %d tickets", got, r.comesBack(ticket), r.tickets())
				}
				if shown := len(p.Messages) > 1; shown != c.shown || shown && (!p.Messages[1].Machine || p.Messages[1].Visible(okno.SideCustomer)) {
					t.Errorf("the ticket shows %+v", p.Messages)
				}
				told := 0
				for _, e := range p.Events {
					if e.Kind == okno.LetterReturned {
						told++
					}
				}
				if want := map[bool]int{true: 1}[c.letter != okno.LetterSent]; told != want {
					t.Errorf("told %d times", told)
				}
			})
		})
	}
}

func TestALetterFromAnAddressShowsThatItWorks(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ticket, reply, out := r.answered()
		bounce := r.ReplyAddresses().ForBounce(support, int64(out.ID), out.MessageID)
		r.come(intake.Arrival{EnvelopeTo: bounce, Source: "smtp", Raw: []byte(report(bounce, "answer@desk.example", "", "failed", "5.1.1"))})
		r.arrive(support, letter("From: carl@customer.example", "References: <first@customer.example>", "Message-ID: <claim@customer.example>", "Subject: Re: Printer", "", "Hello?"))
		if !r.comesBack(ticket) {
			t.Error("a letter that proves nothing cleared the address")
		}
		r.arrive(reply, letter("From: carl@customer.example", "Message-ID: <proof@customer.example>", "Subject: Re: Printer", "", "Hello?"))
		if r.comesBack(ticket) {
			t.Error("a proven letter did not clear the address")
		}
	})
}

func TestALetterThatCameBackGoesToAnotherAddress(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ticket, _, out := r.answered()
		if err := r.Readdress(r.ctx(), r.admin, ticket.Number, out.Ref, "carl@home.example"); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("a letter that arrived: %v", err)
		}
		bounce := r.ReplyAddresses().ForBounce(support, int64(out.ID), out.MessageID)
		r.come(intake.Arrival{EnvelopeTo: bounce, Source: "smtp", Raw: []byte(report(bounce, "answer@desk.example", "", "failed", "5.1.1"))})
		_, err := r.Sender(r.ctx(), "Dora", "dora@customer.example", "en")
		must(t, err)
		for _, to := range []string{"carl@customer.example", "dora@customer.example", sales, "nonsense"} {
			if err := r.Readdress(r.ctx(), r.admin, ticket.Number, out.Ref, to); okno.ReasonOf(err) != okno.Invalid {
				t.Errorf("to %s: %v", to, err)
			}
		}
		must(t, r.Readdress(r.ctx(), r.admin, ticket.Number, out.Ref, "carl@home.example"))
		p := r.page(ticket.ID)
		if got := p.Person(ticket.Requester).Address; got != "carl@home.example" || len(p.Addresses) != 2 {
			t.Errorf("the requester is written to at %s of %v", got, p.Addresses)
		}
		e := p.Events[len(p.Events)-1]
		if _, to, err := r.Readdressed(r.ctx(), e.ID); err != nil || to != "carl@home.example" || e.Kind != okno.LetterReaddressed {
			t.Errorf("%s to %s: %v", e.Kind, to, err)
		}
		must(t, r.ClearAddresses(r.ctx(), r.admin, ticket.Number))
		if p := r.page(ticket.ID); p.Person(ticket.Requester).Address != "carl@customer.example" {
			t.Errorf("once it works again: %+v", p.Addresses)
		}
	})
}
