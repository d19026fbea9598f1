package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "write what was read into testdata/letters/*.json")

// seen is what a golden file shows of a letter.
type seen struct {
	From, ReplyTo, To, Cc []string `json:",omitempty"`
	Writer                string   `json:",omitempty"` // who stands for From
	Subject               string
	MessageID, InReplyTo  string   `json:",omitempty"`
	References            []string `json:",omitempty"`
	Date                  string   `json:",omitempty"`
	Text, HTML            string   `json:",omitempty"`
	TextOnlyHTML          bool     `json:",omitempty"`
	Attachments           []string `json:",omitempty"`
	ThreadIndex           string   `json:",omitempty"`
	ThreadTopic           string   `json:",omitempty"`
	Machine               string   `json:",omitempty"`
	Bounce                *Bounce  `json:",omitempty"`
	Cut                   *Cut     `json:",omitempty"` // if something was cut
	Signed, Encrypted     string   `json:",omitempty"`
	Faults                []string `json:",omitempty"`
}

func see(l *Letter) seen {
	s := seen{
		From: shown(l.From), ReplyTo: shown(l.ReplyTo), To: shown(l.To), Cc: shown(l.Cc), Subject: l.Subject, MessageID: l.MessageID,
		InReplyTo: l.InReplyTo, References: l.References, Text: l.Text, HTML: l.HTML, TextOnlyHTML: l.TextOnlyHTML,
		ThreadIndex: l.ThreadIndex, ThreadTopic: l.ThreadTopic, Bounce: l.Bounce(), Faults: l.Faults, Signed: l.Signed, Encrypted: l.Encrypted,
	}
	if who, field := l.Writer(); field != "From" {
		s.Writer = field + ": " + who.Name + " <" + who.Addr + ">"
	}
	if !l.Date.IsZero() {
		s.Date = l.Date.Format(time.RFC3339)
	}
	for _, a := range l.Attachments {
		sum := sha256.Sum256(a.Content)
		s.Attachments = append(s.Attachments, fmt.Sprintf("%s %s cid=%q inline=%t %d bytes %s", a.Name, a.Type, a.ContentID, a.Inline, len(a.Content), hex.EncodeToString(sum[:4])))
	}
	s.Machine, _ = l.Machine()
	if c := CutQuote(l.Text, l.HTML); c.Quoted {
		s.Cut = &c
	}
	return s
}

func shown(list []Address) (out []string) {
	for _, a := range list {
		out = append(out, a.Name+" <"+a.Addr+">")
	}
	return out
}

func encodeGolden(t *testing.T, v any) []byte {
	t.Helper()
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// compareGolden compares with testdata/DIR/NAME.json, or writes it with -update.
func compareGolden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("read differently from %s:\n%s", path, got)
	}
}

func TestReadLetters(t *testing.T) {
	files, err := filepath.Glob("testdata/letters/*.eml")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d letters, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".eml"), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			compareGolden(t, strings.TrimSuffix(file, ".eml")+".json", encodeGolden(t, see(Read(raw))))
		})
	}
}

func TestReadNeverLosesTheBody(t *testing.T) {
	for _, contentType := range []string{"multipart/mixed", "multipart/mixed; boundary=", "multipart/alternative; boundary=x", "multipart/", "/", "text", "plain", "; x", "text/plain; charset=\"", "multipart/report; boundary=\"a b\"", "message/partial"} {
		l := Read([]byte("From: a@client.example\r\nContent-Type: " + contentType + "\r\n\r\nthe only words\r\n"))
		found := strings.Contains(l.Text, "the only words")
		for _, a := range l.Attachments {
			found = found || bytes.Contains(a.Content, []byte("the only words"))
		}
		if !found {
			t.Errorf("%q: text %q, %d attachments", contentType, l.Text, len(l.Attachments))
		}
	}
}

func TestReadTakesTheRichestAlternative(t *testing.T) {
	l := Read([]byte("Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nplain\r\n" +
		"--b\r\nContent-Type: text/html\r\n\r\n<p>simple\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>rich\r\n--b--\r\n"))
	if l.Text != "plain" || l.HTML != "<p>rich" {
		t.Errorf("text %q, HTML %q", l.Text, l.HTML)
	}
}

func TestReadShowsTheRawTextIfNothingElseIsLeft(t *testing.T) {
	for name, raw := range map[string]string{
		"not base64 at all": "Content-Transfer-Encoding: base64\r\n\r\nНе работает принтер\r\n",
		"empty parts":       "Content-Type: multipart/mixed; boundary=b\r\n\r\nНе работает принтер\r\n--b\r\n\r\n--b--\r\n",
	} {
		if l := Read([]byte(raw)); !strings.Contains(l.Text, "Не работает принтер") || len(l.Faults) == 0 {
			t.Errorf("%s: %q, faults %q", name, l.Text, l.Faults)
		}
	}
}

func TestReadShowsAFileOfWordsIfThereIsNothingElse(t *testing.T) {
	const file = "; name=letter\r\nContent-Disposition: inline; filename=letter\r\n\r\n"
	if l := Read([]byte("Content-Type: text/plain" + file + "words")); l.Text != "words" || len(l.Attachments) != 1 {
		t.Errorf("%q, %d attachments", l.Text, len(l.Attachments))
	}
	if l := Read([]byte("Content-Type: text/html" + file + "<p>words")); l.HTML != "<p>words" || l.Text != "words" || len(l.Attachments) != 1 {
		t.Errorf("%q, %q, %d attachments", l.HTML, l.Text, len(l.Attachments))
	}
}

func TestReadKnowsPicturesOfThePageAndLettersOfADigest(t *testing.T) {
	l := Read([]byte("Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<img src=cid:p>\r\n" +
		"--b\r\nContent-Type: image/png\r\nContent-ID: <p>\r\nContent-Disposition: attachment; filename=p.png\r\n\r\nx\r\n--b--\r\n"))
	if len(l.Attachments) != 1 || !l.Attachments[0].Inline || l.Attachments[0].ContentID != "p" {
		t.Errorf("%+v", l.Attachments)
	}
	l = Read([]byte("Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: first\r\n\r\nwords\r\n--b--\r\n"))
	if len(l.Attachments) != 1 || l.Attachments[0].Name != "first.eml" || l.Attachments[0].Type != "message/rfc822" {
		t.Errorf("%+v", l.Attachments)
	}
}

func nested(depth int) []byte {
	var b strings.Builder
	b.WriteString("From: a@client.example\r\n")
	for i := range depth {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	b.WriteString("\r\nthe deepest words\r\n")
	return []byte(b.String())
}

func manyParts(n int) []byte {
	return []byte("From: a@client.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n\r\nx\r\n", n) + "--b--\r\n")
}

func TestReadIsQuickWhateverTheLetter(t *testing.T) {
	letters := map[string][]byte{
		"10,000 parts":            manyParts(10_000),
		"1,000 parts":             manyParts(999),
		"5,000 deep":              nested(5000),
		"20 deep":                 nested(20),
		"100,000 fields":          []byte(strings.Repeat("X-A: b\r\n", 100_000) + "\r\nwords"),
		"a field of 5 MB":         []byte("Subject: " + strings.Repeat("=?utf-8?Q?a?= ", 400_000) + "\r\n\r\nwords"),
		"100,000 addresses":       []byte("To: " + strings.Repeat("a@b.example,", 100_000) + "\r\n\r\nwords"),
		"100,000 open comments":   []byte("To: " + strings.Repeat("(", 100_000) + "\r\n\r\nwords"),
		"parameters":              []byte("Content-Type: text/plain" + strings.Repeat(";a=b", 100_000) + "\r\n\r\nwords"),
		"damaged base64 of 2 MB":  []byte("Content-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat("!\xff", 1<<20)),
		"5 MB of text":            []byte("Subject: x\r\n\r\n" + strings.Repeat("words and words\r\n", 300_000)),
		"1 MB of open quotations": []byte("Content-Type: text/html\r\n\r\n" + strings.Repeat("<blockquote>", 80_000)),
		"boundary everywhere":     []byte("Content-Type: multipart/mixed; boundary=-\r\n\r\n" + strings.Repeat("-", 1<<20)),
		"half boundaries":         []byte("Content-Type: multipart/mixed; boundary=" + strings.Repeat("a", 70) + "\r\n\r\n" + strings.Repeat("--"+strings.Repeat("a", 69)+"\r\n", 20_000)),
	}
	for name, raw := range letters {
		best := spent(func() { Read(raw) })
		t.Logf("%s: %v", name, best)
		limit := 400 * time.Millisecond
		if strings.HasSuffix(name, "parts") || strings.HasSuffix(name, "deep") {
			limit = 100 * time.Millisecond
		}
		if best > limit {
			t.Errorf("%s took %v", name, best)
		}
	}
}

func TestReadOverTheLimitsShowsTheRawText(t *testing.T) {
	for name, raw := range map[string][]byte{"parts": manyParts(1001), "depth": nested(40)} {
		l := Read(raw)
		if !strings.Contains(l.Text, "--b") || len(l.Attachments) != 0 || len(l.Faults) == 0 {
			t.Errorf("%s: text %.40q, %d attachments, faults %q", name, l.Text, len(l.Attachments), l.Faults)
		}
	}
	if l := Read(nested(20)); strings.TrimSpace(l.Text) != "the deepest words" {
		t.Errorf("within the limits: %.60q", l.Text)
	}
}

func TestReadAttachesTextOverOneMegabyte(t *testing.T) {
	long := strings.Repeat("слово ", 200_000)
	l := Read([]byte("Subject: x\r\n\r\n" + long))
	if len(l.Text) > maxText || !utf8.ValidString(l.Text) || len(l.Attachments) != 1 || string(l.Attachments[0].Content) != long {
		t.Errorf("text of %d bytes, %d attachments", len(l.Text), len(l.Attachments))
	}
	l = Read([]byte("Content-Type: text/html\r\n\r\n" + strings.Repeat("<p>word</p>", 200_000)))
	if len(l.HTML) > maxText || !strings.HasSuffix(l.HTML, ">") && !strings.HasSuffix(l.HTML, "word") || len(l.Attachments) != 1 {
		t.Errorf("HTML of %d bytes ending %q, %d attachments", len(l.HTML), l.HTML[len(l.HTML)-20:], len(l.Attachments))
	}
}

func TestHeaderDecodesAndComparesNamesWithoutCase(t *testing.T) {
	l := Read([]byte("x-note: =?koi8-r?Q?=C5=A3?= one\r\nX-Note: two\r\n folded\r\n\r\nwords"))
	if got := l.Header.Values("X-NOTE"); len(got) != 2 || got[1] != "two folded" {
		t.Errorf("values %q", got)
	}
	if l.Header.Get("missing") != "" || l.Header.Has("missing") || !l.Header.Has("x-Note") {
		t.Error("presence is told wrongly")
	}
	var order []string
	for name, value := range l.Header.All() {
		order = append(order, name+"="+value)
	}
	if strings.Join(order, "|") != "x-note==?koi8-r?Q?=C5=A3?= one|X-Note=two folded" {
		t.Errorf("order %q", order)
	}
	if got := l.Header.Raw("X-Note"); got != "=?koi8-r?Q?=C5=A3?= one" {
		t.Errorf("raw %q", got)
	}
}

// checkLetter says what must hold of every letter read.
func checkLetter(t *testing.T, l *Letter) {
	t.Helper()
	texts := append([]string{l.Subject, l.Text, l.HTML, l.MessageID, l.InReplyTo, l.ThreadIndex, l.ThreadTopic}, l.References...)
	for _, list := range [][]Address{l.From, l.ReplyTo, l.To, l.Cc} {
		for _, a := range list {
			texts = append(texts, a.Name, a.Addr)
			if !validAddr(a.Addr) {
				t.Errorf("%q is no address", a.Addr)
			}
		}
	}
	for _, a := range l.Attachments {
		texts = append(texts, a.Name, a.Type, a.ContentID)
		if a.Name == "" || len(a.Name) > maxName || strings.ContainsAny(a.Name, "/\\\n") {
			t.Errorf("attachment named %q", a.Name)
		}
	}
	for _, s := range texts {
		if !utf8.ValidString(s) || strings.Contains(s, "\x00") {
			t.Errorf("not clean UTF-8: %q", s)
		}
	}
	if strings.ContainsAny(l.Subject, "\r\n") || len(l.Text) > maxText || len(l.HTML) > maxText {
		t.Errorf("subject %q, text %d, HTML %d bytes", l.Subject, len(l.Text), len(l.HTML))
	}
}

func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/letters/*.eml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		l := Read(raw)
		checkLetter(t, l)
		l.Machine()
		l.Bounce()
		IdentityHash(raw, time.Time{})
	})
}
