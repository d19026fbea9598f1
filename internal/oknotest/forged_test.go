package oknotest_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/oknotest"
)

const mallory = "mallory@elsewhere.example"

// correspondence is a ticket of Carl's that waits for him: Ann has answered it.
type correspondence struct {
	*oknotest.Rig
	t      *testing.T
	ann    okno.Actor
	answer oknotest.Taken // Ann's, as Carl got it
	sent   int
}

func eachCorrespondence(t *testing.T, test func(*correspondence)) {
	oknotest.Each(t, oknotest.Options{}, func(t *testing.T, r *oknotest.Rig) {
		d := &correspondence{Rig: r, t: t}
		d.send(oknotest.Carl, "From: Carl Customer <"+oknotest.Carl+">", "Subject: Lamp broken", "", "It stays dark.")
		d.ann = r.Agent(oknotest.Ann)
		_, err := r.Desk.AddMessage(t.Context(), d.ann, "100001", desk.Words{Key: "Ann's first answer", Text: "Did you try another bulb?", Channel: okno.ChannelWeb, Then: okno.StatusWaiting})
		d.ok(err)
		d.answer = r.Sink.Letter(oknotest.Carl, "another bulb")
		d.Settle()
		d.Sink.Forget()
		test(d)
	})
}

func (d *correspondence) ok(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// send hands a letter to the support address and waits until all that follows
// from it has been done.
func (d *correspondence) send(envelopeFrom string, lines ...string) {
	d.t.Helper()
	d.sent++
	head := []string{"To: " + oknotest.Support, fmt.Sprintf("Message-ID: <letter%d@elsewhere.example>", d.sent), "Date: Fri, 20 Nov 2026 12:00:00 +0000"}
	raw := strings.Join(append(head, lines...), "\r\n") + "\r\n"
	d.ok(oknotest.Send(d.SMTP, envelopeFrom, oknotest.Support, []byte(raw)))
	d.Settle()
}

func (d *correspondence) page() *desk.TicketPage {
	d.t.Helper()
	p, err := d.Desk.Ticket(d.t.Context(), d.ann, "100001", 0)
	d.ok(err)
	return p
}

// last is the newest message that agents see.
func (d *correspondence) last() okno.Message {
	d.t.Helper()
	all := d.page().Messages
	return all[len(all)-1]
}

// unchanged fails when anything but the words has changed.
func (d *correspondence) unchanged(what string) {
	d.t.Helper()
	p := d.page()
	carl := p.Person(p.Ticket.Requester)
	if p.Ticket.Kind != okno.StatusWaiting || len(p.Ticket.Participants) != 0 || p.Ticket.Subject != "Lamp broken" || carl.Name != "Carl Customer" || carl.Address != oknotest.Carl {
		d.t.Errorf("%s: the ticket is %s, %d take part, it is called %q and its requester %q", what, p.Ticket.Kind, len(p.Ticket.Participants), p.Ticket.Subject, carl.Name)
	}
}

// shown is a page as somebody with this cookie sees it.
func (d *correspondence) shown(token, path string) string {
	d.t.Helper()
	r, err := http.NewRequestWithContext(d.t.Context(), http.MethodGet, d.URL+path, nil)
	d.ok(err)
	r.AddCookie(&http.Cookie{Name: "okno", Value: token})
	answer, err := http.DefaultTransport.RoundTrip(r)
	d.ok(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	d.ok(err)
	if answer.StatusCode != http.StatusOK {
		d.t.Fatalf("%s answers %d", path, answer.StatusCode)
	}
	return string(body)
}

// carls is the cookie of Carl's access link, anns that of Ann's sign-in.
func (d *correspondence) carls() string {
	d.t.Helper()
	link := d.answer.Link(d.t, "/t/")
	trade, err := d.Desk.TradeLink(d.t.Context(), link[strings.LastIndex(link, "/")+1:], "", "test")
	d.ok(err)
	return trade.Token
}

func (d *correspondence) anns() string {
	d.t.Helper()
	token, err := d.Desk.SignIn(d.t.Context(), oknotest.Ann, oknotest.Password, "", "test")
	d.ok(err)
	return token
}

func TestForgedLetterOfTheRequesterChangesNothing(t *testing.T) {
	eachCorrespondence(t, func(d *correspondence) {
		from := "From: King Carl <" + oknotest.Carl + ">"
		for _, c := range []struct {
			claim okno.Claim
			lines []string
		}{
			{okno.ThreadOnly, []string{from, "Cc: " + mallory, "Subject: Re: Lamp broken", "References: <" + d.answer.MessageID + ">", "", "Please close the ticket."}},
			{okno.ThreadOnly, []string{from, "Subject: Re: Lamp broken", "In-Reply-To: <" + d.answer.MessageID + ">", "Authentication-Results: desk.example; dmarc=pass header.from=customer.example", "", "Solved."}},
			{okno.Claimed, []string{from, "Cc: " + mallory, "Subject: Give me the money [#100001]", "", "Never mind the lamp."}},
		} {
			d.send(oknotest.Carl, c.lines...)
			m := d.last()
			if m.Claim != c.claim || m.Apart || m.Author != d.page().Ticket.Requester || m.Text != c.lines[len(c.lines)-1] {
				t := c.lines[len(c.lines)-1]
				d.t.Errorf("%q came in as %q, graded %q, apart: %t", t, m.Text, m.Claim, m.Apart)
			}
			d.unchanged(m.Text)
		}
		if body := d.shown(d.anns(), "/desk/tickets/100001"); strings.Count(body, "The sender is not confirmed") < 3 {
			d.t.Error("an agent is not told that the sender is not confirmed")
		}
		if body := d.shown(d.carls(), "/tickets/100001"); strings.Count(body, "Sender not confirmed") < 3 {
			d.t.Error("Carl is not told that the sender is not confirmed")
		}
		asked := slices.IndexFunc(d.page().Events, func(e okno.Event) bool { return e.Kind == okno.CloseAsked })
		if asked < 0 {
			d.t.Error("the closing phrase is recorded nowhere")
		}
		d.Sink.Letter(oknotest.Carl, "(?i)close")
		for _, l := range d.Sink.All() {
			if l.To == mallory {
				d.t.Errorf("whom a forged letter named was written to: %s", l.Subject)
			}
		}
	})
}

func TestStrangerWithAStolenThreadStandsApart(t *testing.T) {
	eachCorrespondence(t, func(d *correspondence) {
		d.send(mallory, "From: "+mallory, "Cc: eve@elsewhere.example", "Subject: Re: Lamp broken [#100001]", "References: <"+d.answer.MessageID+">", "", "Please close.")
		m := d.last()
		if !m.Apart || m.Claim == okno.Proven || m.Text != "Please close." {
			d.t.Errorf("the stranger's letter: apart: %t, %q, %q", m.Apart, m.Claim, m.Text)
		}
		d.unchanged("a stranger's letter")
		if seen := d.shown(d.carls(), "/tickets/100001"); strings.Contains(seen, "Please close.") || strings.Contains(seen, "mallory") {
			d.t.Error("Carl sees the stranger's letter")
		}
		if seen := d.shown(d.anns(), "/desk/tickets/100001"); !strings.Contains(seen, "Please close.") {
			d.t.Error("an agent does not see the stranger's letter")
		}
		for _, l := range d.Sink.All() {
			if strings.HasSuffix(l.To, "@elsewhere.example") || l.To == oknotest.Carl && strings.Contains(string(l.Raw), "mallory") {
				d.t.Errorf("a letter to %s: %s", l.To, l.Subject)
			}
		}
	})
}

func TestStrangerAtAnothersReplyAddressStandsApart(t *testing.T) {
	eachCorrespondence(t, func(d *correspondence) {
		_, to, raw, err := d.answer.Answer("Solved, thanks.")
		d.ok(err)
		raw = bytes.ReplaceAll(raw, []byte(oknotest.Carl), []byte(mallory))
		d.ok(oknotest.Send(d.SMTP, mallory, to, raw))
		d.Settle()
		if m := d.last(); !m.Apart || m.Claim != okno.ThreadOnly {
			d.t.Errorf("apart: %t, graded %q", m.Apart, m.Claim)
		}
		d.unchanged("a stranger at Carl's reply address")
	})
}

func TestOwnReplyThatSaysSolvedCloses(t *testing.T) {
	eachCorrespondence(t, func(d *correspondence) {
		from, to, raw, err := d.answer.Answer("Спасибо, вопрос решён!")
		d.ok(err)
		d.ok(oknotest.Send(d.SMTP, from, to, raw))
		d.Settle()
		if p, m := d.page(), d.last(); p.Ticket.Kind != okno.StatusClosed || m.Claim != okno.Proven {
			d.t.Errorf("the ticket is %s, the letter %q", p.Ticket.Kind, m.Claim)
		}
	})
}

func TestThanksAloneCloseNothing(t *testing.T) {
	eachCorrespondence(t, func(d *correspondence) {
		from, to, raw, err := d.answer.Answer("Спасибо!")
		d.ok(err)
		d.ok(oknotest.Send(d.SMTP, from, to, raw))
		d.Settle()
		if p := d.page(); p.Ticket.Kind != okno.StatusOpen {
			d.t.Errorf("the ticket is %s", p.Ticket.Kind)
		}
	})
}

// tickets counts all there are.
func (d *correspondence) tickets() (n int64) {
	d.t.Helper()
	d.ok(d.DB.Read(d.t.Context(), func(tx *db.Tx) error { return tx.QueryRow(`SELECT COUNT(*) FROM ticket`).Scan(&n) }))
	return n
}

func TestAutomaticAndOwnLettersStartNothing(t *testing.T) {
	eachCorrespondence(t, func(d *correspondence) {
		before, messages := d.tickets(), len(d.page().Messages)
		d.send("", "From: "+oknotest.Dora, "Auto-Submitted: auto-replied", "Subject: I am away", "", "Until Monday.")
		d.send(oknotest.Dora, "From: "+oknotest.Dora, "Subject: Automatic reply: hello", "", "Until Monday.")
		d.ok(oknotest.Send(d.SMTP, d.answer.From, oknotest.Support, d.answer.Raw)) // our own comes back
		d.Settle()
		if after := d.tickets(); after != before || len(d.page().Messages) != messages {
			d.t.Errorf("%d tickets, before %d; %d messages, before %d", after, before, len(d.page().Messages), messages)
		}
		from, to, raw, err := d.answer.Answer("I am away until Monday. The issue is solved.")
		d.ok(err)
		raw = append([]byte("Auto-Submitted: auto-replied\r\n"), raw...)
		d.ok(oknotest.Send(d.SMTP, from, to, raw))
		d.Settle()
		if m := d.last(); !m.Machine {
			d.t.Error("an automatic answer passes for a person's")
		}
		d.unchanged("an automatic answer")
		if all := d.Sink.All(); len(all) != 0 {
			d.t.Errorf("automatic letters were answered by %d: %s", len(all), all[0].Subject)
		}
	})
}
