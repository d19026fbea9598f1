package intake_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oknodesk/okno/internal/intake"
)

// inspected is the object that the command promises.
type inspected struct {
	From          *map[string]string  `json:"from"`
	To            []map[string]string `json:"to"`
	Cc            []map[string]string `json:"cc"`
	Subject       *string             `json:"subject"`
	MessageID     *string             `json:"message_id"`
	InReplyTo     *string             `json:"in_reply_to"`
	References    []string            `json:"references"`
	Date          *string             `json:"date"`
	Text          *string             `json:"text"`
	HTML          *string             `json:"html"`
	ReplyText     *string             `json:"reply_text"`
	Attachments   []map[string]any    `json:"attachments"`
	AutoSubmitted *bool               `json:"auto_submitted"`
	Bounce        *struct {
		Permanent  *bool               `json:"permanent"`
		Recipients []map[string]string `json:"recipients"`
	} `json:"bounce"`
	Trace []struct{ Step, Verdict, Reason string } `json:"trace"`
}

func inspect(t *testing.T, raw string) inspected {
	t.Helper()
	words, err := intake.Inspect([]byte(raw))
	must(t, err)
	var in inspected
	d := json.NewDecoder(strings.NewReader(string(words)))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil || d.More() {
		t.Fatalf("%v: %s", err, words)
	}
	if in.From == nil || in.To == nil || in.Cc == nil || in.Subject == nil || in.MessageID == nil || in.InReplyTo == nil || in.References == nil || in.Date == nil ||
		in.Text == nil || in.HTML == nil || in.ReplyText == nil || in.Attachments == nil || in.AutoSubmitted == nil || len(in.Trace) == 0 {
		t.Errorf("something is missing: %s", words)
	}
	return in
}

func TestInspectSaysWhatIsRead(t *testing.T) {
	in := inspect(t, "From: =?utf-8?B?0JDQvdC90LA=?= <ann@client.example>\r\nTo: support@desk.example\r\nCc: Bob <bob@client.example>\r\nSubject: Re: Printer\r\n"+
		"Message-ID: <2@client.example>\r\nIn-Reply-To: <1@desk.example>\r\nReferences: <0@desk.example> <1@desk.example>\r\nDate: Wed, 18 Nov 2026 12:30:05 +0300\r\n"+
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\n\r\nIt prints.\r\n\r\nOn Wed, 18 Nov 2026 at 12:00, Support <support@desk.example> wrote:\r\n> Does it?\r\n"+
		"--c\r\nContent-Type: text/html\r\n\r\n<p onclick=x>It <script>alert(1)</script>prints.</p>\r\n--c--\r\n--b\r\nContent-Type: text/plain; name=a.txt\r\n\r\nabc\r\n--b--\r\n")
	if (*in.From)["name"] != "Анна" || (*in.From)["address"] != "ann@client.example" || in.To[0]["address"] != "support@desk.example" || in.Cc[0]["name"] != "Bob" ||
		*in.Subject != "Re: Printer" || *in.MessageID != "2@client.example" || *in.InReplyTo != "1@desk.example" || len(in.References) != 2 || *in.Date != "2026-11-18T09:30:05Z" {
		t.Errorf("the header: %+v", in)
	}
	if !strings.Contains(*in.Text, "> Does it?") || *in.ReplyText != "It prints." || *in.HTML != "<p>It prints.</p>" {
		t.Errorf("text %q, HTML %q, new %q", *in.Text, *in.HTML, *in.ReplyText)
	}
	file := in.Attachments[0]
	if len(in.Attachments) != 1 || file["name"] != "a.txt" || file["type"] != "text/plain" || file["size"] != 3.0 || file["inline"] != false ||
		file["sha256"] != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Errorf("files %v", in.Attachments)
	}
	if *in.AutoSubmitted || in.Bounce != nil {
		t.Error("it is taken for a machine's")
	}
}

func TestInspectKnowsMachinesAndBounces(t *testing.T) {
	in := inspect(t, report(support, "1@desk.example", "", "failed", "5.1.1"))
	if !*in.AutoSubmitted || in.Bounce == nil || !*in.Bounce.Permanent || len(in.Bounce.Recipients) != 1 ||
		in.Bounce.Recipients[0]["address"] != "carl@customer.example" || in.Bounce.Recipients[0]["status"] != "5.1.1" || in.Bounce.Recipients[0]["action"] != "failed" {
		t.Errorf("%+v", in.Bounce)
	}
	in = inspect(t, "From: a@client.example\r\nAuto-Submitted: auto-replied\r\n\r\nAway.")
	found := false
	for _, s := range in.Trace {
		found = found || s.Step == "refuseLoops" && s.Verdict == "auto-reply" && s.Reason == "Auto-Submitted: auto-replied"
	}
	if !*in.AutoSubmitted || in.Bounce != nil || !found {
		t.Errorf("%+v", in.Trace)
	}
}

func TestInspectSpeaksOfEveryLetter(t *testing.T) {
	files, err := filepath.Glob("../mail/testdata/letters/*.eml")
	if err != nil || len(files) < 300 {
		t.Fatalf("%d letters, %v", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		must(t, err)
		if in := inspect(t, string(raw)); strings.Contains(strings.ToLower(*in.HTML), "<script") {
			t.Errorf("%s: %s", file, *in.HTML)
		}
	}
	for _, raw := range []string{"", "\n", "\x00\xff\xfe", "From", "Subject: x"} {
		inspect(t, raw)
	}
}
