package intake_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
)

func TestAnotherLetterWithAUsedMessageIDDrawsNoRepliesToItself(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ticket, _ := r.opened()
		r.clock.move(time.Minute)
		k := r.arrive(support, letter("From: dora@customer.example", "Message-ID: <first@customer.example>", "Subject: Mine now", "", "Answer me."))
		if k.Ticket == ticket.ID || !strings.Contains(verdict(k, "read").Reason, "Message-ID") {
			t.Errorf("%+v", k)
		}
		k = r.arrive(support, letter("From: eve@customer.example", "In-Reply-To: <first@customer.example>", "Message-ID: <eve@customer.example>", "Subject: Re: Printer", "", "I see it too."))
		if k.Ticket != ticket.ID {
			t.Errorf("the reply went to ticket %d: %+v", k.Ticket, k.Trace)
		}
	})
}

func TestALateReplyContinuesForItsOwnPeopleOnly(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ticket, reply := r.opened()
		must(t, r.CloseTicket(r.ctx(), r.admin, ticket.Number, "page"))
		r.clock.move(okno.ReopenWithin + time.Hour)
		k := r.arrive(support, letter("From: mallory@evil.example", "References: <first@customer.example>", "Message-ID: <late@evil.example>", "Subject: Fishing", "", "What was it?"))
		if p := r.page(k.Ticket); k.Ticket == ticket.ID || p.Ticket.Subject != "Fishing" || p.Ticket.Parent != 0 {
			t.Errorf("a stranger was given %+v", p.Ticket)
		}
		before := r.tickets()
		k = r.arrive(reply, letter("From: carl@customer.example", "Auto-Submitted: auto-replied", "Message-ID: <auto@customer.example>", "Subject: Away", "", "Away."))
		if k.State != okno.KeptDropped || r.tickets() != before {
			t.Errorf("a machine's letter ended as %s", k.State)
		}
		k = r.arrive(reply, letter("From: carl@customer.example", "Message-ID: <again@customer.example>", "Subject: Re: Printer", "", "It burns again."))
		if p := r.page(k.Ticket); k.Ticket == ticket.ID || p.Ticket.Parent != ticket.ID || k.Message == 0 {
			t.Errorf("%+v; %+v", p.Ticket, k.Trace)
		}
	})
}

func TestMoreFilesThanAMessageHoldsComeWithTheWholeLetter(t *testing.T) {
	r := one(t)
	parts := []string{"From: carl@customer.example", "Subject: Many", "MIME-Version: 1.0", `Content-Type: multipart/mixed; boundary="b"`, ""}
	for i := range 150 {
		parts = append(parts, "--b", fmt.Sprintf(`Content-Disposition: attachment; filename="%d.txt"`, i), "Content-Type: text/plain", "", fmt.Sprint("file ", i))
	}
	k := r.arrive(support, letter(append(parts, "--b--")...))
	m := r.page(k.Ticket).Messages[0]
	if len(m.Files) != okno.MaxFiles || m.Files[len(m.Files)-1].Name != "letter.eml" {
		t.Errorf("%d files: %+v", len(m.Files), k.Trace)
	}
}
