package oknotest_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/oknotest"
)

// The demo's mailbox and two of its agents, in either language.
const (
	demoSupport = "support@okno.example"
	demoAdmin   = "admin@okno.example"
	demoAgent   = "anna@okno.example"
)

// dialogue makes, over the demo's sample, a ticket of Carl's in which
// everything stands that can: a letter with its own looks and files, a note,
// an answer that came back, words of a machine, of a stranger and of somebody
// who may be another.
func dialogue(t *testing.T, r *oknotest.Rig) okno.Number {
	t.Helper()
	send := func(from, to string, raw []byte) {
		t.Helper()
		if err := oknotest.Send(r.SMTP, from, to, raw); err != nil {
			t.Fatal(err)
		}
		r.Settle()
	}
	send(oknotest.Carl, demoSupport, koi8(t))
	confirmation := r.InTray(oknotest.Carl, `#1\d{5}`)
	number := okno.Number(regexp.MustCompile(`#(1\d{5})`).FindStringSubmatch(confirmation.Subject + confirmation.Text)[1])

	agent := r.Agent(demoAgent)
	must(t, r.Desk.Take(t.Context(), agent, number, 0))
	file, _, err := r.Desk.KeepUpload(t.Context(), agent, "Как проверить лампу.txt", strings.NewReader("1. Выключить.\n"), 1<<20)
	must(t, err)
	_, err = r.Desk.AddNote(t.Context(), agent, number, desk.Words{Key: "dialogue, a note", Text: "Третий случай за месяц.\nhttps://desk.example/lamps", Channel: okno.ChannelWeb})
	must(t, err)
	_, err = r.Desk.AddMessage(t.Context(), agent, number, desk.Words{
		Key: "dialogue, an answer", Text: "Проверьте, пожалуйста, блок питания.", Uploads: []okno.Ref{file.Ref}, Channel: okno.ChannelWeb, Then: okno.StatusWaiting,
	})
	must(t, err)
	answer := r.InTray(oknotest.Carl, "блок питания")

	reply := answer.ReplyTo[0].Addr
	plain := func(from, to, header, text string) {
		t.Helper()
		send(from, to, fmt.Appendf(nil, "From: %s\r\nTo: %s\r\nSubject: Re: lamp\r\nMessage-ID: <%d@customer.example>\r\n%sContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n",
			from, to, time.Now().UnixNano(), header, text))
	}
	plain(oknotest.Carl, reply, "", "Заменил, спасибо.\r\n\r\n> Проверьте, пожалуйста, блок питания.")
	plain(oknotest.Carl, reply, "Auto-Submitted: auto-replied\r\n", "Меня нет на месте до понедельника.")
	plain("stranger@elsewhere.example", reply, "", "У меня такая же лампа.")
	plain(oknotest.Carl, demoSupport, "References: <"+answer.MessageID+">\r\n", "Это письмо ничем не подтверждено.")
	send("", demoSupport, fmt.Appendf(nil, strings.ReplaceAll(`From: MAILER-DAEMON@relay.example
To: %s
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=r

--r
Content-Type: text/plain

Sorry.
--r
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; %s
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 no such person

--r
Content-Type: text/rfc822-headers

Message-ID: <%s>
--r--
`, "\n", "\r\n"), demoSupport, oknotest.Carl, answer.MessageID))
	return number
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
