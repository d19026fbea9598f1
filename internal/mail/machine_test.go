package mail

import (
	"strings"
	"testing"
)

func TestMachineIsKnownByItsSigns(t *testing.T) {
	for letter, want := range map[string]string{
		"Auto-Submitted: auto-generated\n":                       "Auto-Submitted: auto-generated",
		"Auto-Submitted: Auto-Replied (vacation); x\n":           "Auto-Submitted: auto-replied (vacation)",
		"Precedence: Bulk\n":                                     "Precedence: bulk",
		"Precedence: auto_reply\n":                               "Precedence: auto_reply",
		"X-Autoreply: yes\n":                                     "X-Autoreply",
		"X-Autorespond: Re: x\n":                                 "X-Autorespond",
		"X-Auto-Response-Suppress: DR, OOF, AutoReply\n":         "X-Auto-Response-Suppress: dr",
		"List-Id: <a.b.example>\n":                               "List-Id",
		"List-Unsubscribe: <https://a.example>\n":                "List-Unsubscribe",
		"Return-Path: <>\n":                                      "Return-Path: <>",
		"Return-Path: < >\n":                                     "Return-Path: <>",
		"From: Mail Delivery System <MAILER-DAEMON@a.example>\n": "sent by mailer-daemon",
		"From: Shop <no-reply+15@a.example>\n":                   "sent by no-reply",
		"X-Loop: a\n":                                            "X-Loop",
		"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n":          "delivery report",
		"Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n": "read receipt",
		"Content-Type: multipart/report; report-type=feedback-report; boundary=b\n":          "report feedback-report",
		"Content-Type: text/calendar; method=REPLY\n":                                        "", // the words decide, not the label
		"Subject: Автоответ: Re: Счёт\n":                                                     `subject begins with "автоответ"`,
		"Subject: АВТОМАТИЧЕСКИЙ ОТВЕТ: Счёт\n":                                              `subject begins with "автоматический ответ"`,
		"Subject: Out of Office\n":                                                           `subject begins with "out of office"`,
		"Subject: [Auto-Reply] Счёт\n":                                                       "",
		"Subject: [Auto-Reply]: Счёт\n":                                                      `subject begins with "auto-reply"`,
		"Subject: Abwesenheitsnotiz: Rechnung\n":                                             `subject begins with "abwesenheitsnotiz"`,
		"Subject: Аўтаматычны адказ: Рахунак\n":                                              `subject begins with "аўтаматычны адказ"`,

		"Auto-Submitted: no\n":                             "",
		"X-Autoreply: no\n":                                "",
		"X-Auto-Response-Suppress: None\n":                 "",
		"Precedence: first-class\n":                        "",
		"Return-Path: <ann@client.example>\n":              "",
		"Subject: Автоответ не приходит\n":                 "",
		"Subject: Отпуск оформить не могу\n":               "",
		"Subject: Re: Out of office: how to set it?\n":     "",
		"From: Noreen <noreen@client.example>\n":           "",
		"From: Postmaster <postmaster@client.example>\n":   "",
		"Content-Type: multipart/mixed; boundary=report\n": "",
	} {
		got, is := Read([]byte(strings.ReplaceAll(letter, "\n", "\r\n") + "\r\nwords\r\n")).Machine()
		if got != want || is != (want != "") {
			t.Errorf("%q: %q, %t", letter, got, is)
		}
	}
}

func report(status string) *Letter {
	return Read([]byte("From: mailer-daemon@a.example\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: message/delivery-status\r\n\r\n" + strings.ReplaceAll(status, "\n", "\r\n") + "\r\n--b--\r\n"))
}

func TestBounceIsPermanentOnlyIfARecipientFailed(t *testing.T) {
	for status, want := range map[string]bool{
		"Reporting-MTA: dns; a\n\nFinal-Recipient: rfc822; x@b.example\nAction: failed\nStatus: 5.1.1\n":                                                              true,
		"Reporting-MTA: dns; a\n\nFinal-Recipient: rfc822; x@b.example\nAction: failed\nStatus: 4.4.7 (gave up)\n":                                                    true,
		"Reporting-MTA: dns; a\n\nFinal-Recipient: rfc822; x@b.example\nAction: delayed\nStatus: 4.4.1\n":                                                             false,
		"Reporting-MTA: dns; a\n\nFinal-Recipient: rfc822; x@b.example\nAction: delivered\nStatus: 2.0.0\n":                                                           false,
		"Reporting-MTA: dns; a\n\n\nFinal-Recipient: rfc822; x@b.example\nAction: delayed\n\nFinal-Recipient: rfc822; <y@b.example>\nAction: Failed\nStatus: 5.0.0\n": true,
	} {
		b := report(status).Bounce()
		if b == nil || b.Permanent != want || b.Recipients[0].Address != "x@b.example" {
			t.Errorf("%q: %+v", status, b)
		}
	}
	if b := report("Final-Recipient: rfc822; <y@b.example>\nAction: failed\nStatus: 5.0.0 (x)\nDiagnostic-Code: smtp; 550 no; really\n").Bounce(); b == nil ||
		b.Recipients[0] != (BouncedRecipient{"y@b.example", "5.0.0", "failed", "550 no; really"}) {
		t.Errorf("%+v", b)
	}
}

func TestBounceIsNoneWhereAPersonAsksAboutOne(t *testing.T) {
	for _, words := range []string{
		`Why do we get {"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"bob@other.example"}]}}?`,
		"My letter came back:\r\n<bob@other.example>: host mx said: 550 no such user, it could not be delivered",
		"Final-Recipient: rfc822; bob@other.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\nWhat is this?",
	} {
		l := Read([]byte("From: Ann <ann@client.example>\r\nSubject: Undelivered Mail\r\n\r\n" + words + "\r\n"))
		if b := l.Bounce(); b != nil {
			t.Errorf("%q: %+v", words, b)
		}
	}
}

func TestBounceIsNoneWithoutRecipients(t *testing.T) {
	for _, l := range []*Letter{report(""), report("Reporting-MTA: dns; a\n"), Read([]byte("Subject: Undelivered Mail\r\n\r\n550 no such user")), report(strings.Repeat("\n", 1000))} {
		if b := l.Bounce(); b != nil {
			t.Errorf("%+v", b)
		}
	}
	if b := report(strings.Repeat("Final-Recipient: rfc822; x@b.example\nAction: failed\n\n", 500)).Bounce(); len(b.Recipients) != 100 {
		t.Errorf("%d recipients", len(b.Recipients))
	}
}
