package mail

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/oknodesk/okno/internal/mail/unpack"
)

// seeds yields the letters of the corpus whose names match.
func seeds(f *testing.F, pattern string) []*Letter {
	f.Helper()
	files, err := filepath.Glob("testdata/letters/" + pattern + ".eml")
	if err != nil || len(files) == 0 {
		f.Fatalf("%d letters, %v", len(files), err)
	}
	var all []*Letter
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, Read(raw))
	}
	return all
}

func FuzzBounce(f *testing.F) {
	for _, l := range slices.Concat(seeds(f, "bounce_*"), seeds(f, "dsn_*"), seeds(f, "machine_*")) {
		status := ""
		for _, a := range l.Attachments {
			if a.Type == "message/delivery-status" {
				status = string(a.Content)
			}
		}
		f.Add(l.Subject, l.Text, status)
	}
	f.Fuzz(func(t *testing.T, subject, text, status string) {
		raw := "Return-Path: <>\r\nFrom: MAILER-DAEMON@a.example\r\nSubject: " + oneLine(subject) + "\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b0b\r\n\r\n--b0b\r\n\r\n" + text + "\r\n--b0b\r\n"
		if status != "" {
			raw += "Content-Type: message/delivery-status\r\n\r\n" + status + "\r\n--b0b--\r\n"
		}
		b := Read([]byte(raw)).Bounce()
		if b == nil {
			return
		}
		if len(b.Recipients) == 0 || len(b.Recipients) > 2*maxBounced || len(b.OriginalMessageID) > maxMessageID {
			t.Errorf("%d recipients, Message-ID of %d bytes", len(b.Recipients), len(b.OriginalMessageID))
		}
		for _, r := range b.Recipients {
			if !utf8.ValidString(r.Address+r.Status+r.Action+r.Diagnostic) || len(r.Diagnostic) > 1000 || len(r.Status) > 20 {
				t.Errorf("%+v", r)
			}
		}
	})
}

func FuzzTNEF(f *testing.F) {
	for _, options := range []string{"a.txt", "Отчёт.txt html", "a rtf", "a body letter", "a cut"} {
		f.Add(winmailOf(&testing.T{}, strings.Fields(options), "content"))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		words := func(_ int, b []byte) string { return string(b) }
		if w, ok := unpack.ReadTNEF(b, words); ok {
			unpack.RTFText(w.RTF, words)
			if len(w.Files) > 500 {
				t.Errorf("%d files", len(w.Files))
			}
		}
		unpack.RTFText(b, words)
	})
}

func FuzzEmbedded(f *testing.F) {
	f.Add(uuEncoded("a b.txt", []byte("some words that are long enough to fill a whole line of uuencode"), "\n"))
	f.Add(append([]byte("words\n"), yEncodedFile("a.jpg", []byte("bytes = and\r\nmore"))...))
	f.Add(binHexEncoded("Report", []byte("the report ========================================")))
	f.Add(signedOf("Content-Type: text/plain\r\n\r\nwords", true))
	f.Add(signedOf("words", false))
	f.Add([]byte("begin 644 times\nand again\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		files, rest := unpack.Embedded(b, 1<<20)
		if len(files) == 0 && string(rest) != string(b) {
			t.Errorf("nothing was taken out, yet %q became %q", b, rest)
		}
		unpack.UUDecode(b)
		unpack.BinHexDecode(b, 1<<20)
		unpack.SignedContent(b)
	})
}

func FuzzCharset(f *testing.F) {
	for _, label := range []string{"", "utf-7", "iso-2022-jp", "iso-2022-kr", "hz-gb-2312", "gb18030", "shift_jis", "utf-16", "koi8-r", "iso-8859-1"} {
		f.Add(label, []byte("+BBoE- \x1b$B%W(B ~{4r~} \x0e\xb4\xf2 \xcf\xf0\xe8\xe2\xe5\xf2"))
	}
	f.Fuzz(func(t *testing.T, label string, b []byte) {
		text, _ := toUTF8(label, b)
		if !utf8.ValidString(text) || strings.Contains(text, "\x00") || len(text) > 4*len(b)+16 {
			t.Errorf("%d bytes in %q became %q", len(b), label, clip(text, 200))
		}
		if words := decodeWords(text); strings.ContainsAny(words, "\r\n") && !strings.ContainsAny(text, "\r\n") {
			t.Errorf("%q became several lines", text)
		}
	})
}

func FuzzHTML(f *testing.F) {
	for _, pattern := range []string{"html_*", "outlook_html_*", "reply_*", "newsletter"} {
		for _, l := range seeds(f, pattern) {
			f.Add(l.HTML)
		}
	}
	f.Fuzz(func(t *testing.T, page string) {
		page = clip(page, maxText)
		text := textFromHTML(page)
		c := CutQuote("", page)
		if len(text) > 8*len(page)+1000 || !c.Quoted && c.HTML != page {
			t.Errorf("%q: text of %d bytes", clip(page, 200), len(text))
		}
	})
}

// spent is the processor time that f takes, the least of three times: other work
// on the machine counts little.
func spent(f func()) time.Duration {
	best := time.Hour
	for range 3 {
		began := processorTime()
		f()
		best = min(best, processorTime()-began)
	}
	return best
}

func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func TestPackedFilesDoNotGrowWithoutBound(t *testing.T) {
	bomb := binHexEncoded("bomb", nil)
	run := append([]byte("\x04bomb\x00TEXTttxt\x00\x00\x7f\xff\xff\xff\x00\x00\x00\x00\x00\x00a"), bytes.Repeat([]byte{0x90, 0xff}, 400_000)...)
	bomb = append(bomb[:bytes.IndexByte(bomb, ':')+1], binHexChars(run)...)
	raw := "Content-Type: text/plain\r\n\r\nwords\r\n" + strings.Repeat(string(bomb)+":\r\n", 5)
	total := 0
	l := Read([]byte(raw))
	for _, a := range l.Attachments {
		total += len(a.Content)
	}
	if len(l.Attachments) == 0 || total > maxUnpacked+len(raw) || !strings.HasPrefix(l.Text, "words") {
		t.Errorf("%d files of %d bytes from a letter of %d", len(l.Attachments), total, len(raw))
	}
}

func TestWhatIsReadIsQuickWhateverItIs(t *testing.T) {
	const daemon = "Return-Path: <>\r\nFrom: MAILER-DAEMON@a.example\r\nSubject: Undelivered\r\n"
	long := func(s string, n int) string { return daemon + "\r\n" + strings.Repeat(s, n/len(s)) }
	for name, raw := range map[string]string{
		"recipients":       long("<a@b.example>: host said: 550 no\r\n", 1<<20),
		"delivery marks":   long("this is the mail system at host could not be delivered\n", 1<<20),
		"one line":         daemon + "\r\nundelivered " + strings.Repeat("<a@b", 250_000),
		"addresses":        long("a@b.example ", 1<<20),
		"begins":           long("begin 644 a\r\n", 1<<20),
		"uuencode":         long("begin 644 a\r\nM4F5P;W)T(&]F($YO=F5M8F5R+\"!W:71H(&UO<F4@=&AA;B!F;W)T>2UF:79E\r\n\r\n", 1<<20),
		"yEnc":             long("=ybegin line=128 size=1 name=a\r\n", 1<<20),
		"BinHex":           long("(This file must be converted with BinHex\r\n", 1<<20) + ":",
		"PGP":              long("-----BEGIN PGP SIGNED MESSAGE-----\r\n\r\n", 1<<20),
		"words":            "Subject: " + strings.Repeat("=?utf-8?q?", 6000) + "\r\n\r\nwords",
		"words with ends":  "Subject: " + strings.Repeat("=?utf-8?q?a?=aa", 4000) + "\r\n\r\nwords",
		"raw words":        "Subject: " + strings.Repeat("=?koi8-r?q?\xc1?= ", 4000) + "\r\n\r\nwords",
		"names":            "To: " + strings.Repeat("a, ", 20_000) + "\r\n\r\nwords",
		"brackets":         "To: " + strings.Repeat("<", 60_000) + "\r\n\r\nwords",
		"lost escapes":     "Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n" + strings.Repeat("$B", 500_000),
		"enriched":         "Content-Type: text/enriched\r\n\r\n" + strings.Repeat("<param>", 150_000),
		"calendar":         "Content-Type: text/calendar\r\n\r\nBEGIN:VEVENT\r\n" + strings.Repeat("A:b\r\n", 200_000),
		"received":         strings.Repeat("Received: a; b\r\n", 900) + "\r\nwords",
		"reused boundary":  "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n", 20_000),
		"closed again":     "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b--\r\n", 150_000),
		"disclaimers":      daemon + "\r\n" + strings.Repeat("this e-mail \n\n", 80_000),
		"farewells":        daemon + "\r\nwords\n" + strings.Repeat("Regards,\nAnn\n", 80_000),
		"dates":            "Date: " + strings.Repeat("1 jan ", 10_000) + "\r\n\r\nwords",
		"junk first":       strings.Repeat("junk\r\n", 200_000),
		"Asian characters": daemon + "\r\n" + strings.Repeat("\x83\x76\x83\x8a", 300_000),
		"a page":           "Content-Type: text/html\r\n\r\n" + strings.Repeat("<p>De: a<br>Fecha: b<br>", 45_000),
	} {
		took := spent(func() {
			l := Read([]byte(raw))
			l.Bounce()
			l.Machine()
			CutQuote(l.Text, l.HTML)
			l.Writer()
		})
		t.Logf("%s: %v", name, took)
		if took > 1500*time.Millisecond {
			t.Errorf("%s took %v", name, took)
		}
	}
}
