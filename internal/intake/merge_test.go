package intake_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/intake"
)

// second opens another ticket of Carl's.
func (r *rig) second() okno.Ticket {
	r.t.Helper()
	k := r.arrive(support, letter("From: Carl Customer <carl@customer.example>", "To: "+support, "Subject: Fire again",
		"Date: Fri, 20 Nov 2026 08:10:00 +0000", "Message-ID: <second@customer.example>", "", "It burns again."))
	t, err := r.TicketOf(r.ctx(), k.Ticket)
	must(r.t, err)
	return t
}

func TestLettersForAMergedTicketJoinTheOther(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		a, reply := r.opened()
		b := r.second()
		must(t, r.Merge(r.ctx(), r.admin, a.Number, desk.Merging{Into: b.Number}))
		for i, c := range []struct{ to, field, subject string }{
			{reply, "X-Way: by the signed address", "Re: Printer"},
			{support, "References: <first@customer.example>", "Re: Printer"},
			{support, "X-Way: by the tag", "Re: Printer [#" + string(a.Number) + "]"},
		} {
			k := r.arrive(c.to, letter("From: carl@customer.example", "To: "+support, c.field, "Subject: "+c.subject,
				"Date: Fri, 20 Nov 2026 09:00:00 +0000", fmt.Sprintf("Message-ID: <late%d@customer.example>", i), "", fmt.Sprintf("Late %d.", i)))
			if k.Ticket != b.ID {
				t.Errorf("%s it joined ticket %d, not %d: %+v", c.field, k.Ticket, b.ID, k.Trace)
			}
		}
		if words := r.words(b.ID); len(words) != 5 || r.tickets() != 2 {
			t.Errorf("%d tickets, with %q", r.tickets(), words)
		}
	})
}

func TestLettersThatComeWhileTicketsAreMergedStandInTheOther(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		a, reply := r.opened()
		b := r.second()
		const letters = 6
		var sent sync.WaitGroup
		for i := range letters {
			sent.Go(func() {
				raw := letter("From: carl@customer.example", "To: "+support, "Subject: Re: Printer", "Date: Fri, 20 Nov 2026 09:00:00 +0000",
					fmt.Sprintf("Message-ID: <during%d@customer.example>", i), "", fmt.Sprintf("During %d.", i))
				if err := r.receiver.Keep(r.ctx(), intake.Arrival{EnvelopeFrom: "carl@customer.example", EnvelopeTo: reply, Source: "smtp", Raw: []byte(raw)}); err != nil {
					t.Error(err)
				}
			})
		}
		for { // whoever comes between has changed the ticket: tried again, as an agent would
			err := r.Merge(r.ctx(), r.admin, a.Number, desk.Merging{Into: b.Number})
			if okno.ReasonOf(err) != okno.Conflict {
				must(t, err)
				break
			}
		}
		sent.Wait()
		r.settle()
		for range 20 { // one that lost the race is tried again later
			if len(r.words(b.ID)) == 2+letters {
				break
			}
			r.clock.move(time.Minute)
			r.settle()
		}
		words := r.words(b.ID)
		if len(words) != 2+letters || r.tickets() != 2 {
			t.Errorf("%d tickets, with %q", r.tickets(), words)
		}
	})
}

func TestAnAgentsUnprovenAnswerToANoticeIsANoteToBePublished(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ticket, _ := r.opened()
		roles, err := r.Roles(r.ctx(), r.admin)
		must(t, err)
		must(t, r.AddAgent(r.ctx(), r.admin, "bob", desk.AgentForm{Name: "Bob", Address: "bob@desk.example", Role: roles[0].Ref}))
		k := r.arrive(r.ReplyAddresses().For(support, int64(ticket.ID), int64(r.admin.Person)), letter("From: bob@desk.example", "To: "+support,
			"Subject: Re: Printer", "Date: Fri, 20 Nov 2026 09:00:00 +0000", "Message-ID: <bobs@desk.example>", "", "Use water."))
		p := r.page(ticket.ID)
		if len(p.Messages) != 2 {
			t.Fatalf("%d messages: %+v", len(p.Messages), k.Trace)
		}
		m := p.Messages[1]
		if m.Kind != okno.Note || m.Side != okno.SideAgent || m.Apart || m.Claim == okno.Proven || m.Visible(okno.SideCustomer) || p.Ticket.Kind != okno.StatusNew {
			t.Errorf("it is kept as %+v, the ticket %s", m, p.Ticket.Kind)
		}
		must(t, r.Publish(r.ctx(), r.admin, ticket.Number, m.Ref))
		p = r.page(ticket.ID)
		if said := p.Messages[2]; said.Kind != okno.Public || said.Author != r.admin.Person || said.Text != "Use water." {
			t.Errorf("published it is %+v", said)
		}
	})
}

func TestALetterToTheAddressesOfTwoTicketsJoinsBoth(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		a, reply := r.opened()
		b := r.second()
		other := r.ReplyAddresses().For(support, int64(b.ID), int64(b.Requester))
		raw := letter("From: carl@customer.example", "To: "+reply, "Cc: "+other, "Subject: Re: both", "Date: Fri, 20 Nov 2026 09:00:00 +0000",
			"Message-ID: <both@customer.example>", "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b", "",
			"--b", "Content-Type: text/plain", "", "Both are out.", "--b", "Content-Type: text/plain", "Content-Disposition: attachment; filename=a.txt", "", "file", "--b--")
		r.arrive(reply, raw)
		r.arrive(other, raw)   // the same letter, for its second recipient
		r.arrive(support, raw) // and fetched, too
		for _, ticket := range []okno.Ticket{a, b} {
			p := r.page(ticket.ID)
			words := r.words(ticket.ID)
			i := slices.IndexFunc(words, func(s string) bool { return strings.HasPrefix(s, "Both") })
			if len(words) != 2 || i < 0 || len(p.Messages[1].Files) != 1 || p.Messages[1].Claim != okno.Proven {
				t.Errorf("#%s has %q: %+v", ticket.Number, words, p.Messages)
			}
		}
		if r.tickets() != 2 {
			t.Errorf("%d tickets", r.tickets())
		}
	})
}

func TestALetterThatNamesTwoSendersProvesNothingInAnyTicket(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		a, reply := r.opened()
		b := r.second()
		other := r.ReplyAddresses().For(support, int64(b.ID), int64(b.Requester))
		r.arrive(reply, letter("From: carl@customer.example, dora@customer.example", "To: "+reply, "Cc: "+other, "Subject: Re: both",
			"Date: Fri, 20 Nov 2026 09:00:00 +0000", "Message-ID: <pair@customer.example>", "", "Solved."))
		for _, ticket := range []okno.Ticket{a, b} {
			p := r.page(ticket.ID)
			if last := p.Messages[len(p.Messages)-1]; len(p.Messages) != 2 || last.Claim == okno.Proven || p.Ticket.Kind == okno.StatusClosed {
				t.Errorf("#%s is %s, and %q is %s", ticket.Number, p.Ticket.Kind, last.Text, last.Claim)
			}
		}
	})
}

func TestALetterJoinsATicketWhoseAddressOnlyTheEnvelopeNames(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		a, first := r.opened()
		b := r.second()
		second := r.ReplyAddresses().For(support, int64(b.ID), int64(b.Requester))
		raw := func(name string) string {
			return letter("From: carl@customer.example", "To: undisclosed-recipients:;", "Subject: Re: both", "Date: Fri, 20 Nov 2026 09:00:00 +0000",
				"Message-ID: <"+name+"@customer.example>", "", name)
		}
		come := func(source, to, raw string) {
			must(t, r.receiver.Keep(r.ctx(), intake.Arrival{EnvelopeFrom: "carl@customer.example", EnvelopeTo: to, Source: source, Raw: []byte(raw)}))
		}
		for name, way := range map[string][]string{
			"at once":                    {first, second},
			"one after another":          {first, "", second, "", first},
			"the plain address first":    {second, "", support, "", first},
			"by another mailbox":         {r.ReplyAddresses().For(sales, int64(a.ID), int64(a.Requester)), "", second},
			"by another mailbox at once": {r.ReplyAddresses().For(sales, int64(a.ID), int64(a.Requester)), second},
		} {
			for _, to := range way {
				if to == "" {
					r.settle()
				} else {
					come("lmtp", to, raw(name))
				}
			}
			r.settle()
			come("imap", support, raw(name)) // and fetched, too
			r.settle()
			for _, ticket := range []okno.Ticket{a, b} {
				n := 0
				for _, m := range r.page(ticket.ID).Messages {
					if strings.TrimSpace(m.Text) == name {
						if n++; m.Claim != okno.Proven {
							t.Errorf("%s: in #%s it is %s", name, ticket.Number, m.Claim)
						}
					}
				}
				if n != 1 {
					t.Errorf("%s: #%s has it %d times", name, ticket.Number, n)
				}
			}
		}
		if r.tickets() != 2 {
			t.Errorf("%d tickets", r.tickets())
		}
	})
}

func TestAPhraseThatClosesDoesSoInEachTicketItCameTo(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		a, first := r.opened()
		b := r.second()
		k := r.arrive(support, letter("From: Dora <dora@customer.example>", "To: "+support, "Subject: Chair",
			"Date: Fri, 20 Nov 2026 08:20:00 +0000", "Message-ID: <chair@customer.example>", "", "It squeaks."))
		must(t, r.Merge(r.ctx(), r.admin, r.third().Number, desk.Merging{Into: r.page(k.Ticket).Ticket.Number, Shown: true})) // so Carl takes part
		c, err := r.TicketOf(r.ctx(), k.Ticket)
		must(t, err)
		for _, other := range []okno.Ticket{b, c} {
			must(t, r.receiver.Keep(r.ctx(), intake.Arrival{EnvelopeFrom: "carl@customer.example", Source: "smtp", EnvelopeTo: r.ReplyAddresses().For(support, int64(other.ID), int64(a.Requester)),
				Raw: []byte(solved)}))
		}
		k = r.arrive(first, solved)
		for _, ticket := range []okno.Ticket{a, b} {
			if p := r.page(ticket.ID); p.Ticket.Kind != okno.StatusClosed || len(p.Messages) != 2 {
				t.Errorf("#%s is %s with %d messages: %+v", ticket.Number, p.Ticket.Kind, len(p.Messages), k.Trace)
			}
		}
		p := r.page(c.ID)
		if p.Ticket.Kind == okno.StatusClosed || p.Events[len(p.Events)-1].Kind != okno.CloseAsked || !p.Ticket.TakesPart(a.Requester) {
			t.Errorf("Dora's, in which Carl only takes part, is %s: %+v", p.Ticket.Kind, p.Events[len(p.Events)-1])
		}
		must(t, r.Reopen(r.ctx(), r.admin, b.Number))
		r.arrive(first, solved)
		if p := r.page(b.ID); p.Ticket.Kind == okno.StatusClosed {
			t.Error("the same letter again closed a ticket that was opened since")
		}
	})
}

const solved = "From: carl@customer.example\r\nTo: undisclosed-recipients:;\r\nSubject: Re: all\r\nDate: Fri, 20 Nov 2026 09:00:00 +0000\r\n" +
	"Message-ID: <solved@customer.example>\r\n\r\nSolved.\r\n"

// third opens one more of Carl's.
func (r *rig) third() okno.Ticket {
	r.t.Helper()
	k := r.arrive(support, letter("From: Carl Customer <carl@customer.example>", "To: "+support, "Subject: Chair too",
		"Date: Fri, 20 Nov 2026 08:30:00 +0000", "Message-ID: <third@customer.example>", "", "It squeaks for me."))
	t, err := r.TicketOf(r.ctx(), k.Ticket)
	must(r.t, err)
	return t
}
