package intake_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/intake"
)

func TestALetterBecomesATicketWithItsSubjectTextAndFiles(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		text, err := charmap.KOI8R.NewEncoder().String("Добрый день! Не печатает принтер.")
		must(t, err)
		raw := letter("From: =?koi8-r?B?6dfBziDp18HOz9c=?= <ivan@customer.example>", "To: "+support, "Subject: =?koi8-r?B?8NLJztTF0g==?=",
			"Date: Fri, 20 Nov 2026 08:00:00 +0300", "Message-ID: <ivan1@customer.example>", "MIME-Version: 1.0", `Content-Type: multipart/mixed; boundary="b"`, "",
			"--b", "Content-Type: text/plain; charset=koi8-r", "Content-Transfer-Encoding: 8bit", "", text,
			"--b", `Content-Type: application/pdf; name="act.pdf"`, "Content-Disposition: attachment; filename=act.pdf", "Content-Transfer-Encoding: base64", "", "JVBERi0xLjQK", "--b--")
		k := r.arrive(support, raw)
		if k.State != okno.KeptJoined || k.Message == 0 || verdict(k, "hand").Verdict != "opened" {
			t.Fatalf("the letter ended as %s: %+v", k.State, k.Trace)
		}
		p := r.page(k.Ticket)
		m := p.Messages[0]
		if p.Ticket.Subject != "Принтер" || p.Ticket.Lang != "ru" || p.Ticket.Channel != okno.ChannelMail || m.Text != "Добрый день! Не печатает принтер." {
			t.Errorf("ticket %q in %q by %q: %q", p.Ticket.Subject, p.Ticket.Lang, p.Ticket.Channel, m.Text)
		}
		who := p.Person(p.Ticket.Requester)
		if who.Name != "Иван Иванов" || who.Address != "ivan@customer.example" || m.Claim != okno.Claimed {
			t.Errorf("requester %q <%s>, claim %q", who.Name, who.Address, m.Claim)
		}
		if len(m.Files) != 1 || m.Files[0].Name != "act.pdf" {
			t.Fatalf("files: %+v", m.Files)
		}
		_, content, err := r.OpenFile(r.ctx(), r.admin, m.Files[0].Ref)
		must(t, err)
		defer content.Close()
		if b, _ := io.ReadAll(content); string(b) != "%PDF-1.4\n" {
			t.Errorf("the file holds %q", b)
		}
	})
}

func TestTheSameLetterTwiceIsOne(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		raw := letter("From: carl@customer.example", "Date: Fri, 20 Nov 2026 08:00:00 +0000", "Message-ID: <a@b.example>", "Subject: Once", "", "Only once.")
		r.arrive(support, raw)
		r.arrive(support, "Received: by another way\r\n"+raw)
		if n := r.tickets(); n != 1 || len(r.kept()) != 1 {
			t.Errorf("%d tickets of %d letters", n, len(r.kept()))
		}
	})
}

func TestOneLetterToTwoMailboxesIsOneTicket(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		raw := letter("From: carl@customer.example", "To: "+support+", "+sales, "Date: Fri, 20 Nov 2026 08:00:00 +0000", "Message-ID: <a@b.example>", "Subject: Both", "", "To both.")
		for _, to := range []string{support, sales} { // both wait at once: their steps race
			must(t, r.receiver.Keep(r.ctx(), intake.Arrival{EnvelopeFrom: "carl@customer.example", EnvelopeTo: to, Source: "smtp", Raw: []byte(raw)}))
		}
		r.settle()
		kept := r.kept()
		if n := r.tickets(); n != 1 || len(kept) != 2 || kept[0].Ticket != kept[1].Ticket || kept[0].Message != kept[1].Message {
			t.Errorf("%d tickets: %+v", n, kept)
		}
		if p := r.page(kept[0].Ticket); len(p.Messages) != 1 || len(p.Ticket.Participants) != 0 {
			t.Errorf("%d messages, participants %v", len(p.Messages), p.Ticket.Participants)
		}
	})
}

func TestAReplyToTheSendersOwnAddressJoinsAndIsProven(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ticket, reply := r.opened()
		must(t, r.SetStatus(r.ctx(), r.admin, ticket.Number, okno.StatusOpen, okno.Hold{}, 0))
		must(t, r.SetStatus(r.ctx(), r.admin, ticket.Number, okno.StatusWaiting, okno.Hold{}, 0))
		k := r.arrive(reply, letter("From: carl@customer.example", "To: "+reply, "Cc: Dora <dora@customer.example>", "Date: Fri, 20 Nov 2026 09:00:00 +0000",
			"Message-ID: <second@customer.example>", "Subject: Re: Printer is on fire", "", "It still burns.", "", "On Fri, 20 Nov 2026 Support <support@desk.example> wrote:", "> Does it still burn?"))
		p := r.page(ticket.ID)
		m := p.Messages[len(p.Messages)-1]
		if k.Ticket != ticket.ID || m.Claim != okno.Proven || m.Apart || m.Text != "It still burns." || !strings.Contains(m.Quoted, "Does it still burn?") {
			t.Errorf("%+v; %+v", m, k.Trace)
		}
		if p.Ticket.Kind != okno.StatusOpen || len(p.Ticket.Participants) != 1 {
			t.Errorf("the ticket is %s with participants %v", p.Ticket.Kind, p.Ticket.Participants)
		}
	})
}

func TestWhatALetterDoesNotProve(t *testing.T) {
	for _, c := range []struct {
		name          string
		to, from      string // "reply" stands for the requester's signed address
		fields        []string
		claim         okno.Claim
		apart, marked bool
	}{
		{"a forged From at another's reply address", "other", "carl@customer.example", nil, okno.ThreadOnly, false, true},
		{"a forged From by References", support, "carl@customer.example", []string{"References: <first@customer.example>"}, okno.ThreadOnly, false, true},
		{"a forged From by the tag", support, "carl@customer.example", nil, okno.Claimed, false, true},
		{"a stranger at the requester's reply address", "reply", "mallory@evil.example", nil, okno.ThreadOnly, true, true},
		{"a stranger by References", support, "mallory@evil.example", []string{"In-Reply-To: <first@customer.example>"}, okno.ThreadOnly, true, true},
		{"a stranger by the tag", support, "mallory@evil.example", nil, okno.Claimed, true, true},
		{"two Froms at the reply address", "reply", "carl@customer.example", []string{"From: mallory@evil.example"}, okno.ThreadOnly, false, true},
		{"a stranger at an agent's reply address", "other", "mallory@evil.example", nil, okno.ThreadOnly, true, true},
		{"an agent by the tag", support, "ada@desk.example", nil, okno.Claimed, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := one(t)
			ticket, reply := r.opened()
			must(t, r.SetStatus(r.ctx(), r.admin, ticket.Number, okno.StatusOpen, okno.Hold{}, 0))
			must(t, r.SetStatus(r.ctx(), r.admin, ticket.Number, okno.StatusDone, okno.Hold{}, 0))
			to := map[string]string{"reply": reply, "other": r.ReplyAddresses().For(support, int64(ticket.ID), 1)}[c.to]
			if to == "" {
				to = c.to
			}
			subject := "Subject: Re: Printer is on fire"
			if c.fields == nil && to == support {
				subject += " [#" + string(ticket.Number) + "]"
			}
			fields := append([]string{"From: " + c.from}, c.fields...)
			fields = append(fields, subject, "Cc: eve@evil.example", "Date: Fri, 20 Nov 2026 09:00:00 +0000", "Message-ID: <forged@evil.example>", "", "Send me the password.")
			k := r.arrive(to, letter(fields...))
			p := r.page(ticket.ID)
			m := p.Messages[len(p.Messages)-1]
			if k.Ticket != ticket.ID || m.Claim != c.claim || m.Apart != c.apart || len(p.Messages) != 2 {
				t.Errorf("claim %q, apart %t of %d messages; %+v", m.Claim, m.Apart, len(p.Messages), k.Trace)
			}
			if _, err := r.KnownSender(r.ctx(), "eve@evil.example"); okno.ReasonOf(err) != okno.NotFound {
				t.Errorf("who stands in Cc became a person: %v", err)
			}
			if p.Ticket.Kind != okno.StatusDone || len(p.Ticket.Participants) != 0 {
				t.Errorf("the ticket is %s with participants %v", p.Ticket.Kind, p.Ticket.Participants)
			}
		})
	}
}

func TestMachinesAndOurOwnLettersStartNothing(t *testing.T) {
	for _, c := range []struct{ name, envelope, fields string }{
		{"an automatic reply", "carl@customer.example", "Auto-Submitted: auto-replied"},
		{"a null reverse-path", "", "X-Nothing: at all"},
		{"our own mark", "carl@customer.example", "X-Okno-Mark: ours"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := one(t)
			k := r.come(intake.Arrival{EnvelopeFrom: c.envelope, EnvelopeTo: support, Source: "smtp", Raw: []byte(letter(
				"From: carl@customer.example", c.fields, "Subject: Away", "Message-ID: <auto@customer.example>", "", "I am away."))})
			if k.State != okno.KeptDropped || r.tickets() != 0 {
				t.Errorf("it ended as %s: %+v", k.State, k.Trace)
			}
			if _, err := r.KnownSender(r.ctx(), "carl@customer.example"); okno.ReasonOf(err) != okno.NotFound {
				t.Errorf("a machine became a person: %v", err)
			}
		})
	}
	t.Run("a mailbox of ours", func(t *testing.T) {
		r := one(t)
		k := r.arrive(support, letter("From: "+sales, "Subject: Loop", "", "Round and round."))
		if k.State != okno.KeptDropped || r.tickets() != 0 {
			t.Errorf("it ended as %s: %+v", k.State, k.Trace)
		}
	})
}

func TestAMachinesLetterJoinsItsTicketForAgentsOnly(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ticket, reply := r.opened()
		must(t, r.SetStatus(r.ctx(), r.admin, ticket.Number, okno.StatusOpen, okno.Hold{}, 0))
		must(t, r.SetStatus(r.ctx(), r.admin, ticket.Number, okno.StatusDone, okno.Hold{}, 0))
		r.arrive(reply, letter("From: carl@customer.example", "Auto-Submitted: auto-replied", "Subject: Away", "Message-ID: <away@customer.example>", "", "Solved."))
		p := r.page(ticket.ID)
		m := p.Messages[len(p.Messages)-1]
		if !m.Machine || m.Visible(okno.SideCustomer) || p.Ticket.Kind != okno.StatusDone || m.Author != ticket.Requester {
			t.Errorf("%+v in a ticket that is %s", m, p.Ticket.Kind)
		}
	})
}

func TestAClosingPhraseClosesOnlyWhenProven(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ticket, reply := r.opened()
		closing := func(id string) string {
			return letter("From: carl@customer.example", "References: <first@customer.example>", "Message-ID: <"+id+"@customer.example>", "Subject: Re: Printer", "", "Вопрос решён, спасибо!")
		}
		k := r.arrive(support, closing("unproven"))
		if p := r.page(ticket.ID); verdict(k, "hand").Verdict != "asked" || p.Ticket.Kind != okno.StatusNew || p.Events[len(p.Events)-1].Kind != okno.CloseAsked {
			t.Errorf("the ticket is %s: %+v", p.Ticket.Kind, k.Trace)
		}
		k = r.arrive(reply, letter("From: carl@customer.example", "Message-ID: <thanks@customer.example>", "Subject: Re: Printer", "", "Спасибо!"))
		if p := r.page(ticket.ID); p.Ticket.Kind != okno.StatusNew || verdict(k, "hand").Verdict != "joined" {
			t.Errorf("thanks alone: the ticket is %s: %+v", p.Ticket.Kind, k.Trace)
		}
		k = r.arrive(reply, closing("proven"))
		if p := r.page(ticket.ID); verdict(k, "hand").Verdict != "closed" || p.Ticket.Kind != okno.StatusClosed || len(p.Messages) != 4 {
			t.Errorf("the ticket is %s: %+v", p.Ticket.Kind, k.Trace)
		}
	})
}

func TestAnAgentsProvenReplyIsHisAnswer(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ticket, _ := r.opened()
		reply := r.ReplyAddresses().For(support, int64(ticket.ID), int64(r.admin.Person))
		k := r.arrive(reply, letter("From: ada@desk.example", "To: "+reply, "Message-ID: <answer@desk.example>", "Subject: Re: Printer", "", "Pour water on it."))
		p := r.page(ticket.ID)
		m := p.Messages[len(p.Messages)-1]
		if m.Side != okno.SideAgent || !m.Visible(okno.SideCustomer) || m.Author != r.admin.Person || p.Ticket.Kind != okno.StatusOpen || m.Channel != okno.ChannelMail {
			t.Errorf("%+v in a ticket that is %s; %+v", m, p.Ticket.Kind, k.Trace)
		}
	})
}

func TestStepsTakenTwiceHandOverOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ticket, reply := r.opened()
		k := r.arrive(reply, letter("From: carl@customer.example", "Message-ID: <once@customer.example>", "Subject: Re: Printer", "", "Once."))
		for _, crashed := range []okno.KeptLetter{r.kept()[1], k} { // as if the process had died before the verdicts were saved
			led := crashed
			crashed.State, crashed.Ticket, crashed.Message, crashed.Trace = okno.KeptNew, 0, 0, nil
			must(t, r.SaveVerdicts(r.ctx(), crashed))
			must(t, r.ReplayLetter(r.ctx(), r.admin, crashed.Ref))
			r.settle()
			again, _, err := r.KeptPage(r.ctx(), r.admin, crashed.Ref)
			must(t, err)
			if again.Ticket != led.Ticket || again.Message != led.Message || again.State != okno.KeptJoined {
				t.Errorf("it led to ticket %d, message %d; again to %d, %d (%s): %+v", led.Ticket, led.Message, again.Ticket, again.Message, again.State, again.Trace)
			}
		}
		if p := r.page(ticket.ID); len(p.Messages) != 2 || r.tickets() != 1 {
			t.Errorf("%d messages in %d tickets", len(p.Messages), r.tickets())
		}
	})
}

func TestALetterWithoutASenderStillBecomesATicket(t *testing.T) {
	r := one(t)
	k := r.come(intake.Arrival{EnvelopeTo: support, Source: "imap", Raw: []byte(letter("From: The Boiler Room", "Subject: Leak", "", "It leaks."))})
	if p := r.page(k.Ticket); p.Person(p.Ticket.Requester).Name != "The Boiler Room" || p.Person(p.Ticket.Requester).Address != "" {
		t.Errorf("the requester is %+v", p.Person(p.Ticket.Requester))
	}
	k = r.come(intake.Arrival{EnvelopeFrom: "boiler@customer.example", EnvelopeTo: support, Source: "smtp", Raw: []byte(letter("Subject: Leak again", "", "It leaks more."))})
	if p := r.page(k.Ticket); p.Person(p.Ticket.Requester).Address != "boiler@customer.example" {
		t.Errorf("the requester is %+v", p.Person(p.Ticket.Requester))
	}
}

// parentPause is longer than a letter waits before it looks again.
const parentPause = 5 * time.Second

func TestAReplyWaitsForTheLetterItAnswers(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.stop()
		parent := letter("From: carl@customer.example", "Message-ID: <parent@customer.example>", "Subject: First", "", "The first.")
		child := letter("From: carl@customer.example", "In-Reply-To: <parent@customer.example>", "Message-ID: <child@customer.example>", "Subject: Re: First", "", "And also this.")
		for _, raw := range []string{child, parent} {
			must(t, r.receiver.Keep(r.ctx(), intake.Arrival{EnvelopeFrom: "carl@customer.example", EnvelopeTo: support, Source: "smtp", Raw: []byte(raw)}))
		}
		r.run()
		r.settle()
		r.clock.move(parentPause)
		r.settle()
		if n, kept := r.tickets(), r.kept(); n != 1 || kept[0].Ticket != kept[1].Ticket || kept[1].Ticket == 0 {
			t.Errorf("%d tickets: %+v", n, kept)
		}
	})
}

func TestAProgramsLetterIsATicketThatNobodyIsToldOf(t *testing.T) {
	for name, field := range map[string]string{
		"a mailing list": "List-Id: <news.lists.example>", "a shop": "Auto-Submitted: auto-generated", "another desk's answer": "X-Okno-Mark: theirs",
	} {
		t.Run(name, func(t *testing.T) {
			r := one(t)
			k := r.come(intake.Arrival{EnvelopeFrom: "carl@customer.example", EnvelopeTo: support, Source: "smtp", Raw: []byte(letter(
				"From: carl@customer.example", field, "Subject: Order", "Message-ID: <auto@customer.example>", "", "Twelve lamps, please."))})
			if k.State != okno.KeptJoined || r.tickets() != 1 {
				t.Errorf("state %s, %d tickets, trace %v", k.State, r.tickets(), k.Trace)
			}
		})
	}
}
