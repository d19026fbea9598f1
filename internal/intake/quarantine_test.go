package intake_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/intake"
)

// waiting is the one letter in quarantine.
func (r *rig) waiting() okno.KeptLetter {
	r.t.Helper()
	all, _, err := r.Quarantine(r.ctx(), r.admin, "")
	must(r.t, err)
	if len(all) != 1 {
		r.t.Fatalf("%d letters wait: %+v", len(all), all)
	}
	return all[0]
}

// facts counts a ticket's facts of a kind.
func (r *rig) facts(id okno.TicketID, kind okno.EventKind) int {
	n := 0
	for _, e := range r.page(id).Events {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

func TestAFloodIntoOneTicketWaitsAndCanBeLetIn(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, err := r.Settings(r.ctx())
		must(t, err)
		s.Limits.Ticket = 3
		must(t, r.SaveSettings(r.ctx(), r.admin, s))
		ticket, reply := r.opened()
		for i := range 5 {
			r.arrive(reply, letter("From: carl@customer.example", fmt.Sprintf("Message-ID: <%d@customer.example>", i), "Subject: Re: Printer", "", "I am away until Monday."))
		}
		all, _, err := r.Quarantine(r.ctx(), r.admin, "")
		must(t, err)
		if len(all) != 3 || len(r.page(ticket.ID).Messages) != 3 || all[0].Cause != okno.CauseFlood || all[0].Writer != "carl@customer.example" || all[0].Subject != "Re: Printer" {
			t.Fatalf("%d wait, %d are in the ticket: %+v", len(all), len(r.page(ticket.ID).Messages), all[0])
		}
		if n := r.facts(ticket.ID, okno.LettersStopped); n != 1 {
			t.Errorf("told %d times", n)
		}
		must(t, r.ReleaseLetter(r.ctx(), r.admin, all[2].Ref))
		r.settle()
		if n := len(r.page(ticket.ID).Messages); n != 4 {
			t.Errorf("let in, there are %d messages", n)
		}
		must(t, r.DiscardLetter(r.ctx(), r.admin, all[1].Ref))
		if k, _, err := r.KeptPage(r.ctx(), r.admin, all[1].Ref); err != nil || k.State != okno.KeptDiscarded || k.Raw != nil {
			t.Errorf("decided against, it is %s with %d bytes: %v", k.State, len(k.Raw), err)
		}
		r.clock.move(time.Hour + time.Second)
		r.arrive(reply, letter("From: carl@customer.example", "Message-ID: <later@customer.example>", "Subject: Re: Printer", "", "I am back."))
		if n := len(r.page(ticket.ID).Messages); n != 5 {
			t.Errorf("an hour later there are %d messages", n)
		}
		r.clock.move(31 * 24 * time.Hour)
		must(t, r.Tidy(r.ctx()))
		if all, _, err = r.Quarantine(r.ctx(), r.admin, ""); err != nil || len(all) != 0 {
			t.Errorf("after a month %d wait: %v", len(all), err)
		}
	})
}

func TestABannedSendersLettersWait(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		must(t, r.AddBan(r.ctx(), r.admin, "Shop.example"))
		for _, what := range []string{"gmail.com", "desk.example", support, "nonsense", ""} {
			if err := r.AddBan(r.ctx(), r.admin, what); okno.ReasonOf(err) != okno.Invalid {
				t.Errorf("banning %q: %v", what, err)
			}
		}
		k := r.arrive(support, letter("From: Deals <deals@news.shop.example>", "Subject: Buy", "", "Now."))
		if w := r.waiting(); k.State != okno.KeptQuarantined || w.Cause != okno.CauseBanned || r.tickets() != 0 {
			t.Errorf("%s because of %q, %d tickets", k.State, w.Cause, r.tickets())
		}
		if _, err := r.KnownSender(r.ctx(), "deals@news.shop.example"); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("a banned sender became a person: %v", err)
		}
		page, err := r.QuarantinedLetter(r.ctx(), r.admin, k.Ref)
		if err != nil || page.Text != "Now." || page.Mailbox != support {
			t.Errorf("%+v, %v", page, err)
		}
		must(t, r.ReleaseLetter(r.ctx(), r.admin, k.Ref))
		r.settle()
		if r.tickets() != 1 {
			t.Error("let in, it opened no ticket")
		}
		bans, _, err := r.Bans(r.ctx(), r.admin)
		must(t, err)
		must(t, r.LiftBan(r.ctx(), r.admin, bans[0].Ref))
		r.arrive(support, letter("From: deals@news.shop.example", "Subject: Buy more", "", "Now."))
		if r.tickets() != 2 {
			t.Error("the ban is lifted and the letter waits")
		}
	})
}

func TestATicketMarkedAsSpamIsClosedAndComesBack(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ticket, _ := r.opened()
		must(t, r.MarkSpam(r.ctx(), r.admin, ticket.Number, 0))
		w := r.waiting()
		if p := r.page(ticket.ID); p.Ticket.Kind != okno.StatusClosed || w.Cause != okno.CauseMarked || w.Writer != "carl@customer.example" {
			t.Errorf("the ticket is %s; %+v", p.Ticket.Kind, w)
		}
		must(t, r.BanSender(r.ctx(), r.admin, ticket.Number, false))
		if banned, err := r.Banned(r.ctx(), "CARL@customer.example"); err != nil || !banned {
			t.Errorf("banned: %t, %v", banned, err)
		}
		must(t, r.ReleaseLetter(r.ctx(), r.admin, w.Ref))
		r.settle()
		if p := r.page(ticket.ID); p.Ticket.Kind != okno.StatusOpen || len(p.Messages) != 1 || r.tickets() != 1 {
			t.Errorf("the ticket is %s with %d messages", p.Ticket.Kind, len(p.Messages))
		}
		opened, err := r.OpenTicket(r.ctx(), okno.Nobody("en"), desk.Opening{Key: "form", Name: "Nora", Address: "nora@customer.example", Channel: okno.ChannelWeb, Subject: "Form", Text: "Typed."})
		must(t, err)
		if err := r.MarkSpam(r.ctx(), r.admin, opened.Number, 0); okno.ReasonOf(err) != okno.Conflict {
			t.Errorf("a form's: %v", err)
		}
	})
}

func TestOurOwnLettersAreKnownByWhatIsLeftOfThem(t *testing.T) {
	r := one(t)
	_, reply, _ := r.answered()
	for name, raw := range map[string]string{
		"by the Message-ID":  letter("From: other@customer.example", "Message-ID: <answer@desk.example>", "Subject: Re: Printer", "", "Your answer."),
		"by a quoted header": letter("From: other@customer.example", "Subject: Your request was received", "", "> Received: from x", "> X-Okno-Mark: ours", "> Subject: Re: Printer"),
	} {
		k := r.come(intake.Arrival{EnvelopeFrom: "other@customer.example", EnvelopeTo: support, Source: "smtp", Raw: []byte(raw)})
		if k.State != okno.KeptDropped || r.tickets() != 1 {
			t.Errorf("%s: it ended as %s: %+v", name, k.State, k.Trace)
		}
	}
	_ = reply
}

func TestAnAgentsLetterElsewhereIsANoteUntilItIsPublished(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		keys := newSigner(t)
		keys.publish(r.names, "desk.example")
		ticket, _ := r.opened()
		raw := keys.sign("desk.example", letter("From: ada@desk.example", "Cc: eve@evil.example", "References: <first@customer.example>", "Message-ID: <note@desk.example>", "Subject: Re: Printer", "", "Pour water on it."))
		k := r.arrive(support, raw)
		p := r.page(ticket.ID)
		note := p.Messages[len(p.Messages)-1]
		if note.Kind != okno.Note || note.Author != r.admin.Person || note.Visible(okno.SideCustomer) || p.Ticket.Kind != okno.StatusNew || len(p.Ticket.Participants) != 0 {
			t.Fatalf("%+v in a ticket that is %s; %+v", note, p.Ticket.Kind, k.Trace)
		}
		must(t, r.Publish(r.ctx(), r.admin, ticket.Number, note.Ref))
		if err := r.Publish(r.ctx(), r.admin, ticket.Number, note.Ref); okno.ReasonOf(err) != okno.Conflict {
			t.Errorf("published twice: %v", err)
		}
		p = r.page(ticket.ID)
		m := p.Messages[len(p.Messages)-1]
		if len(p.Messages) != 3 || m.Side != okno.SideAgent || !m.Visible(okno.SideCustomer) || m.Text != note.Text || m.Author != r.admin.Person || p.Ticket.Kind != okno.StatusOpen || p.Messages[1].Published != m.ID {
			t.Errorf("%+v in a ticket that is %s", m, p.Ticket.Kind)
		}
		if err := r.Publish(r.ctx(), r.admin, ticket.Number, p.Messages[0].Ref); okno.ReasonOf(err) != okno.Conflict {
			t.Errorf("publishing a customer's words: %v", err)
		}
	})
}
