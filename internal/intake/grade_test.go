package intake_test

import (
	"strings"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/intake"
)

// Letters to a ticket of Carl's, with real signatures: what each proves and
// where it stands.
func TestGradesOfForgedForwardedRelayedAndListLetters(t *testing.T) {
	const peer = "93.184.216.34" // sends for customer.example by SPF
	refers := "References: <first@customer.example>"
	for _, c := range []struct {
		name     string
		to       string // "reply": Carl's signed address
		envelope string
		from     string
		fields   []string
		signed   string              // by which domain; "": by none
		after    func(string) string // what is done to it on the way
		peer     string
		claim    okno.Claim
		apart    bool
		machine  bool
	}{
		{name: "his own, signed", from: "carl@customer.example", fields: []string{refers}, signed: "customer.example", claim: okno.Proven},
		{name: "his own, by SPF", envelope: "carl@customer.example", from: "carl@customer.example", fields: []string{refers}, peer: peer, claim: okno.Proven},
		{name: "his own, to his own address, by a server that signs nothing", to: "reply", from: "carl@customer.example", claim: okno.Proven},
		{name: "forged, from elsewhere", envelope: "carl@customer.example", from: "carl@customer.example", fields: []string{refers}, peer: "93.184.216.99", claim: okno.ThreadOnly},
		{name: "forged, signed by the forger", envelope: "x@evil.example", from: "carl@customer.example", fields: []string{refers}, signed: "evil.example", claim: okno.ThreadOnly},
		{name: "forged, by SPF of the forger", envelope: "x@evil.example", from: "carl@customer.example", fields: []string{refers}, peer: "93.184.216.66", claim: okno.ThreadOnly},
		{name: "a neighbour's domain under the same public suffix", from: "carl@customer.example", fields: []string{refers}, signed: "other.example", claim: okno.ThreadOnly},
		{name: "sent on by his own mail server, signature whole", envelope: "srs0=x=customer.example=carl@forwarder.example", from: "carl@customer.example", fields: []string{refers}, signed: "customer.example",
			after: func(s string) string { return "Received: from a by forwarder.example\r\n" + s }, peer: "93.184.216.99", claim: okno.Proven},
		{name: "sent on, with a line added below", from: "carl@customer.example", fields: []string{refers}, signed: "customer.example",
			after: func(s string) string { return s + "-- \r\nscanned by a virus scanner\r\n" }, claim: okno.ThreadOnly},
		{name: "sent on, with a word in its subject", from: "carl@customer.example", fields: []string{refers}, signed: "customer.example",
			after: func(s string) string {
				return strings.Replace(s, "Subject: Re: Printer", "Subject: [EXTERNAL] Re: Printer", 1)
			}, claim: okno.ThreadOnly},
		{name: "by a mailing list that breaks the signature", envelope: "list-bounces@lists.example", from: "carl@customer.example", fields: []string{refers}, signed: "customer.example",
			after: func(s string) string {
				return "List-Id: <fire.lists.example>\r\nPrecedence: list\r\n" + s + "_______\r\nfire mailing list\r\n"
			}, claim: okno.ThreadOnly, machine: true},
		{name: "by a mailing list that writes itself into From", envelope: "list-bounces@lists.example", from: "fire@lists.example", fields: []string{refers, "List-Id: <fire.lists.example>", "Reply-To: carl@customer.example"}, signed: "lists.example", claim: okno.ThreadOnly, apart: true, machine: true},
		{name: "by a mailing list that writes itself into From and signs", envelope: "list-bounces@lists.example", from: "Carl via Fire <fire@lists.example>", fields: []string{refers, "List-Id: <fire.lists.example>", "Reply-To: carl@customer.example"},
			signed: "lists.example", claim: okno.ThreadOnly, apart: true, machine: true},
		{name: "a stranger who goes by his address", from: `"carl@customer.example" <mallory@evil.example>`, fields: []string{refers}, signed: "evil.example", claim: okno.Proven, apart: true},
		{name: "a stranger who names him as a second writer", from: "mallory@evil.example, carl@customer.example", fields: []string{refers}, signed: "evil.example", claim: okno.ThreadOnly, apart: true},
		{name: "a stranger who names him as the first writer", from: "carl@customer.example, mallory@evil.example", fields: []string{refers}, signed: "evil.example", claim: okno.ThreadOnly},
		{name: "a stranger with two From fields", from: "carl@customer.example\r\nFrom: mallory@evil.example", fields: []string{refers}, signed: "evil.example", claim: okno.ThreadOnly},
		{name: "forwarded by a stranger with all its references", from: "mallory@evil.example", fields: []string{refers}, signed: "evil.example", claim: okno.Proven, apart: true},
		{name: "a stranger at his address", to: "reply", from: "mallory@evil.example", claim: okno.ThreadOnly, apart: true},
		{name: "another's results for him", from: "carl@customer.example", fields: []string{refers, "Authentication-Results: mx.desk.example; dmarc=pass header.from=customer.example"}, claim: okno.ThreadOnly},
		{name: "his number alone, signed", from: "carl@customer.example", fields: []string{"X-Number: 1"}, signed: "customer.example", claim: okno.Proven},
		{name: "his number alone, unsigned", from: "carl@customer.example", fields: []string{"X-Number: 1"}, claim: okno.Claimed},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := one(t)
			ticket, reply := r.opened()
			keys := newSigner(t)
			for _, domain := range []string{"customer.example", "evil.example", "other.example", "lists.example"} {
				keys.publish(r.names, domain)
			}
			r.names.set("_dmarc.customer.example", "v=DMARC1; p=reject")
			r.names.set("customer.example", "v=spf1 ip4:"+peer+" -all")
			r.names.set("evil.example", "v=spf1 ip4:93.184.216.66 -all")
			to := support
			if c.to == "reply" {
				to = reply
			}
			subject := "Subject: Re: Printer is on fire"
			if strings.HasPrefix(c.name, "his number") {
				subject += " [#" + string(ticket.Number) + "]"
			}
			fields := append([]string{"From: " + c.from}, c.fields...)
			raw := letter(append(fields, subject, "Message-ID: <graded@customer.example>", "", "It burns still.")...)
			if c.signed != "" {
				raw = keys.sign(c.signed, raw)
			}
			if c.after != nil {
				raw = c.after(raw)
			}
			if c.envelope == "" {
				c.envelope = "bounces@elsewhere.test"
			}
			k := r.come(intake.Arrival{EnvelopeFrom: c.envelope, EnvelopeTo: to, Source: "smtp", Peer: c.peer, Helo: "mx", Raw: []byte(raw)})
			p := r.page(ticket.ID)
			m := p.Messages[len(p.Messages)-1]
			if k.Ticket != ticket.ID || m.Claim != c.claim || m.Apart != c.apart || m.Machine != c.machine {
				t.Errorf("claim %q, apart %t, machine %t; %+v", m.Claim, m.Apart, m.Machine, k.Trace)
			}
		})
	}
}
