package mail

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
	"time"
)

func answer() Outgoing {
	return Outgoing{
		From:      Address{`Поддержка "Окно"`, "support@desk.example"},
		ReplyTo:   Address{"Поддержка", "support+rabc@desk.example"},
		To:        Address{"Анна Ковалёва", "anna@client.example"},
		Subject:   "Re: Не печатает счёт за ноябрь, второй день подряд, хотя картридж заменён и бумага есть",
		MessageID: "out1@desk.example", InReplyTo: "k1@mail.example", References: []string{"root@mail.example", "k1@mail.example"},
		Date:        time.Date(2026, 11, 18, 10, 0, 0, 0, time.UTC),
		Text:        "Здравствуйте!\nСчёт печатается.\n" + strings.Repeat("длинная строка ", 200),
		HTML:        `<p>Здравствуйте!</p><p>Счёт печатается <img src="cid:logo@desk.example"></p>`,
		Inline:      []Attachment{{Name: "logo.png", Type: "image/png", ContentID: "logo@desk.example", Content: []byte("png")}},
		Attachments: []Attachment{{Name: "счёт за \"ноябрь\".pdf", Type: "application/pdf", Content: bytes.Repeat([]byte("pdf"), 1000)}},
		ThreadIndex: ThreadIndex([16]byte{1}, time.Date(2026, 11, 18, 10, 0, 0, 0, time.UTC)), ThreadTopic: "Не печатает счёт",
		AutoSubmitted: "auto-generated", Mark: "desk1", Lang: "ru",
	}
}

func TestWrittenLetterIsReadBackTheSame(t *testing.T) {
	o := answer()
	raw, err := Write(o)
	if err != nil {
		t.Fatal(err)
	}
	l := Read(raw)
	want := []string{o.Subject, strings.TrimSpace(o.Text), o.HTML, o.MessageID, o.InReplyTo, o.ThreadIndex, o.ThreadTopic, "2026-11-18T10:00:00Z", `Поддержка "Окно`, "support+rabc@desk.example", "Анна Ковалёва"}
	got := []string{l.Subject, strings.TrimSpace(l.Text), l.HTML, l.MessageID, l.InReplyTo, l.ThreadIndex, l.ThreadTopic, l.Date.Format(time.RFC3339), l.From[0].Name, l.ReplyTo[0].Addr, l.To[0].Name}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("read back %q, wrote %q", got[i], want[i])
		}
	}
	if strings.Join(l.References, " ") != "root@mail.example k1@mail.example" || len(l.Faults) != 0 {
		t.Errorf("references %q, faults %q", l.References, l.Faults)
	}
	if len(l.Attachments) != 2 || !l.Attachments[0].Inline || l.Attachments[0].ContentID != "logo@desk.example" ||
		l.Attachments[1].Inline || l.Attachments[1].Name != o.Attachments[0].Name || len(l.Attachments[1].Content) != 3000 {
		t.Errorf("attachments %+v", l.Attachments)
	}
	for name, value := range map[string]string{MarkHeader: "desk1", "Auto-Submitted": "auto-generated", "Content-Language": "ru"} {
		if got := l.Header.Get(name); got != value {
			t.Errorf("%s: %q", name, got)
		}
	}
	for _, name := range []string{"User-Agent", "X-Mailer", "Bcc"} {
		if l.Header.Has(name) {
			t.Errorf("%s is written", name)
		}
	}
}

func TestWrittenLetterFitsEveryRelay(t *testing.T) {
	o := answer()
	o.Text = strings.Repeat("x", 5000) + "\r\r\nlone \r and \n feed\n.\n"
	o.Subject = strings.Repeat("a", 3000)
	for range 60 {
		o.References = append(o.References, strings.Repeat("r", 300)+"@mail.example")
	}
	raw, err := Write(o)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range bytes.Split(raw, []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsAny(line, "\r\n") || !isASCII(line) {
			t.Errorf("line %d: %.80q", i, line)
		}
	}
	if l := Read(raw); len(l.References) != maxReferencesOut || l.References[0] != "root@mail.example" {
		t.Errorf("%d references", len(l.References))
	}
}

func TestFieldsAreFoldedBetweenTheirWords(t *testing.T) {
	long := strings.Repeat("w", 74)
	for _, subject := range []string{"", "two  spaces", strings.Repeat("many words ", 30), "a " + long + "   " + long + "  b", strings.Repeat("счёт  за ноябрь ", 20)} {
		o := answer()
		o.Subject = strings.TrimSpace(subject)
		raw, err := Write(o)
		if err != nil {
			t.Fatal(err)
		}
		header, _, _ := strings.Cut(string(raw), "\r\n\r\n")
		for line := range strings.SplitSeq(header, "\r\n") {
			if len(line) > 78 || strings.TrimSpace(line) == "" {
				t.Errorf("%.20q: a line of %d characters: %q", subject, len(line), line)
			}
		}
		if got := Read(raw).Subject; got != o.Subject {
			t.Errorf("read back %q, wrote %q", got, o.Subject)
		}
	}
}

func TestTextAloneIsWrittenWithItsLastLineEnded(t *testing.T) {
	o := answer()
	o.HTML, o.Inline, o.Attachments = "", nil, nil
	for _, text := range []string{"It is dark.", "It is dark.\n", "Темно.", strings.Repeat("dark ", 100)} {
		o.Text = text
		raw, err := Write(o)
		if err != nil || !bytes.HasSuffix(raw, []byte("\r\n")) {
			t.Errorf("%q: %v", text, err)
		}
		if got := Read(raw).Text; strings.TrimSpace(got) != strings.TrimSpace(text) {
			t.Errorf("read back %q, wrote %q", got, text)
		}
	}
}

func TestWriteLetsNothingIntoTheHeader(t *testing.T) {
	const evil = "x\r\nBcc: victim@other.example"
	for name, change := range map[string]func(*Outgoing){
		"subject":      func(o *Outgoing) { o.Subject = evil },
		"from name":    func(o *Outgoing) { o.From.Name = evil },
		"to name":      func(o *Outgoing) { o.To.Name = evil },
		"thread topic": func(o *Outgoing) { o.ThreadTopic = evil },
		"thread index": func(o *Outgoing) { o.ThreadIndex = evil },
		"in reply to":  func(o *Outgoing) { o.InReplyTo = evil },
		"two as one":   func(o *Outgoing) { o.References = []string{"a@b.example> <victim@other.example"} },
		"references":   func(o *Outgoing) { o.References = []string{evil, "<a@b> <c@d>"} },
		"file name":    func(o *Outgoing) { o.Attachments[0].Name = evil },
		"file type":    func(o *Outgoing) { o.Attachments[0].Type = evil },
	} {
		o := answer()
		change(&o)
		raw, err := Write(o)
		if err != nil {
			t.Errorf("%s: refused: %v", name, err)
			continue
		}
		l := Read(raw)
		if l.Header.Has("Bcc") || bytes.Contains(raw, []byte("\nBcc:")) {
			t.Errorf("%s: a field was added", name)
		}
		if refs := strings.Join(append(l.References, l.InReplyTo), " "); strings.Contains(refs, "victim") || strings.Contains(refs, "a@b") {
			t.Errorf("%s: threaded under %q", name, refs)
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	for name, change := range map[string]func(*Outgoing){
		"no from":           func(o *Outgoing) { o.From.Addr = "" },
		"from in two lines": func(o *Outgoing) { o.From.Addr = "a@b.example\r\nBcc: c@d.example" },
		"two recipients":    func(o *Outgoing) { o.To.Addr = "a@b.example, c@d.example" },
		"wrong reply-to":    func(o *Outgoing) { o.ReplyTo.Addr = "nobody" },
		"no message id":     func(o *Outgoing) { o.MessageID = "" },
		"bracketed id":      func(o *Outgoing) { o.MessageID = "<a@b>" },
		"no date":           func(o *Outgoing) { o.Date = time.Time{} },
		"no text":           func(o *Outgoing) { o.Text = " \n" },
		"auto-submitted":    func(o *Outgoing) { o.AutoSubmitted = "yes" },
		"mark":              func(o *Outgoing) { o.Mark = "a b" },
		"language":          func(o *Outgoing) { o.Lang = "ru\r\nX: y" },
		"content id":        func(o *Outgoing) { o.Inline[0].ContentID = "a>b" },
		"no content id":     func(o *Outgoing) { o.Inline[0].ContentID = "" },
	} {
		o := answer()
		change(&o)
		if _, err := Write(o); err == nil {
			t.Errorf("%s: written", name)
		}
	}
}

func TestLettersAreASCIIUnlessALocalPartIsNot(t *testing.T) {
	for addr, wide := range map[string]bool{"anna@client.example": false, "анна@client.example": true, "anna@почта.рф": false} {
		o := answer()
		o.To = Address{"Анна", addr}
		raw, err := Write(o)
		if err != nil {
			t.Fatal(err)
		}
		if isASCII(raw) == wide {
			t.Errorf("%s: that the letter is ASCII is %t", addr, !wide)
		}
		if l := Read(raw); Fold(l.To[0].Addr) != Fold(addr) {
			t.Errorf("%s came back as %s", addr, l.To[0].Addr)
		}
	}
}

func TestThreadIndexGrowsByOneBlockForEachReply(t *testing.T) {
	start := time.Date(2026, 11, 18, 10, 0, 0, 0, time.UTC)
	index := ThreadIndex([16]byte{0xaa, 0xbb}, start)
	header, err := base64.StdEncoding.DecodeString(index)
	if err != nil || len(header) != 22 || header[0] != 1 || header[6] != 0xaa {
		t.Fatalf("header %x, %v", header, err)
	}
	for after, block := range map[time.Duration]string{
		0:                        "0000000000",
		time.Hour:                "0002187100", // 36e9 units of 100 ns >> 18, rounded down
		3 * 365 * 24 * time.Hour: "86b8e8d400", // 9.4608e14 >> 23, first bit set
	} {
		got, err := base64.StdEncoding.DecodeString(ExtendThreadIndex(index, start.Add(after)))
		if err != nil || !bytes.HasPrefix(got, header) || hex.EncodeToString(got[22:]) != block {
			t.Errorf("after %v: %x, %v", after, got[22:], err)
		}
	}
	for range 200 {
		index = ExtendThreadIndex(index, start)
	}
	if len(index) > 700 {
		t.Errorf("grew to %d", len(index))
	}
	for _, bad := range []string{"", "not base64", "AAAA", "AdyaKz7M9l0ZbXl0TkeQ5vK0t3Yb1gA="} {
		if got := ExtendThreadIndex(bad, start); got != "" {
			t.Errorf("%q gave %q", bad, got)
		}
	}
}

func TestNewMessageIDIsWritable(t *testing.T) {
	if got := NewMessageID("Desk.Example", "tok"); got != "tok@desk.example" {
		t.Error(got)
	}
	a, b := NewMessageID("почта.рф", ""), NewMessageID("почта.рф", "")
	if a == b || !plainID.MatchString(a) {
		t.Errorf("%q and %q", a, b)
	}
}
