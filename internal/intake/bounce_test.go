package intake_test

import (
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/intake"
)

func report(original, action, status string) string {
	return letter("From: MAILER-DAEMON@relay.example", "To: "+support, "Subject: Undelivered", "MIME-Version: 1.0",
		`Content-Type: multipart/report; report-type=delivery-status; boundary="r"`, "",
		"--r", "Content-Type: text/plain", "", "Sorry.",
		"--r", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; relay.example", "",
		"Final-Recipient: rfc822; carl@customer.example", "Action: "+action, "Status: "+status, "Diagnostic-Code: smtp; 550 no such person", "",
		"--r", "Content-Type: message/rfc822", "", "From: "+support, "X-Okno-Mark: 1", "Message-ID: <"+original+">", "", "Your answer.", "--r--")
}

func TestABounceMarksTheLetterThatCameBack(t *testing.T) {
	for _, c := range []struct {
		name, original, action, status string
		kept                           okno.KeptState
		letter                         okno.LetterState
	}{
		{"failed", "answer@desk.example", "failed", "5.1.1", okno.KeptBounce, okno.LetterBounced},
		{"delayed", "answer@desk.example", "delayed", "4.4.1", okno.KeptBounce, okno.LetterDelayed},
		{"delivered", "answer@desk.example", "delivered", "2.0.0", okno.KeptDropped, okno.LetterQueued},
		{"another's letter", "stranger@elsewhere.example", "failed", "5.1.1", okno.KeptDropped, okno.LetterQueued},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, r *rig) {
				ticket, _ := r.opened()
				must(t, r.QueueLetters(r.ctx(), []desk.Outgoing{{Hold: time.Hour, Letter: okno.Letter{
					Kind: okno.LetterAnswer, Origin: "1:notify:1", Ticket: ticket.ID, Person: ticket.Requester,
					From: support, To: "carl@customer.example", Subject: "Re: Printer", MessageID: "answer@desk.example", Bytes: []byte("x"), Shown: "x",
				}}}))
				k := r.come(intake.Arrival{EnvelopeTo: support, Source: "smtp", Raw: []byte(report(c.original, c.action, c.status))})
				if k.State != c.kept {
					t.Errorf("the report ended as %s: %+v", k.State, k.Trace)
				}
				out, _, err := r.Letters(r.ctx(), r.admin, "", "")
				must(t, err)
				if out[0].State != c.letter {
					t.Errorf("the letter is %s", out[0].State)
				}
				if p := r.page(ticket.ID); len(p.Messages) != 1 || r.tickets() != 1 {
					t.Errorf("%d messages, %d tickets", len(p.Messages), r.tickets())
				}
			})
		})
	}
}
