package oknotest_test

import (
	"strings"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/oknotest"
)

// returnReport is what a mail server says of a letter that it could not
// deliver: to its return path, as RFC 3464 has it.
func returnReport(l oknotest.Taken, status string) []byte {
	return []byte(strings.Join([]string{
		"From: MAILER-DAEMON@relay.example", "To: <" + l.From + ">", "Subject: Undelivered Mail Returned to Sender", "MIME-Version: 1.0",
		`Content-Type: multipart/report; report-type=delivery-status; boundary="r"`, "", "--r", "Content-Type: text/plain", "", "Sorry.", "--r",
		"Content-Type: message/delivery-status", "", "Reporting-MTA: dns; relay.example", "", "Final-Recipient: rfc822; " + l.To, "Action: failed", "Status: " + status,
		"Diagnostic-Code: smtp; 550 " + status + " no such mailbox", "", "--r--", "",
	}, "\r\n"))
}

func TestAnAnswerThatCameBackReachesItsReaderAtAnotherAddress(t *testing.T) {
	oknotest.Each(t, oknotest.Options{}, func(t *testing.T, r *oknotest.Rig) {
		must(t, oknotest.Send(r.SMTP, oknotest.Carl, oknotest.Support, []byte("From: Carl Customer <"+oknotest.Carl+">\r\nTo: "+oknotest.Support+"\r\nSubject: Lamp\r\nMessage-ID: <lamp@customer.example>\r\n\r\nDark.\r\n")))
		r.Sink.Letter(oknotest.Carl, "100001")
		ann := r.Agent(oknotest.Ann)
		must(t, r.Desk.Take(t.Context(), ann, "100001", 0))
		done, err := r.Desk.AddMessage(t.Context(), ann, "100001", desk.Words{Key: "answer", Text: "Turn it to the left.", Channel: okno.ChannelWeb})
		must(t, err)
		answer := r.Sink.Letter(oknotest.Carl, "to the left")
		if !strings.HasPrefix(answer.From, "support+b") || answer.Letter.From[0].Addr != oknotest.Support {
			t.Errorf("it left with the return path %s, from %s", answer.From, answer.Letter.From[0].Addr)
		}
		r.Settle()
		r.Sink.Forget()
		must(t, oknotest.Send(r.SMTP, "", answer.From, returnReport(answer, "5.1.1")))
		r.Sink.Letter(oknotest.Ann, "came back")
		r.Settle()
		page, err := r.Desk.Ticket(t.Context(), ann, "100001", 0)
		must(t, err)
		letters := page.Letters[done.Message]
		if len(letters) != 1 || !letters[0].CameBack() || !strings.Contains(letters[0].Trouble, "no such mailbox") {
			t.Fatalf("the message's letters are %+v", letters)
		}
		for _, l := range r.Sink.All() {
			if l.To == oknotest.Carl {
				t.Errorf("the report was answered: %s", l.Subject)
			}
		}
		must(t, r.Desk.Readdress(t.Context(), ann, "100001", letters[0].Ref, "carl@home.example"))
		again := r.Sink.Letter("carl@home.example", "to the left")
		if again.MessageID == answer.MessageID || again.Subject != answer.Subject || again.Link(t, "/t/") == answer.Link(t, "/t/") {
			t.Errorf("sent again: %s, %q, %s", again.MessageID, again.Subject, again.Link(t, "/t/"))
		}
		from, to, raw, err := again.Answer("It shines, thank you.")
		must(t, err)
		must(t, oknotest.Send(r.SMTP, from, to, raw))
		r.Settle()
		page, err = r.Desk.Ticket(t.Context(), ann, "100001", 0)
		must(t, err)
		if m := page.Messages[len(page.Messages)-1]; m.Claim != okno.Proven || m.Author != page.Ticket.Requester || m.Apart {
			t.Errorf("the answer from there is %+v", m)
		}
	})
}
