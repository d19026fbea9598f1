package soak

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net/http/cookiejar"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/oknotest/program"
	"github.com/oknodesk/okno/internal/oknotest/traffic"
)

// maxMemory is what the program may occupy at most while all of this goes on,
// in bytes.
const maxMemory = 512 << 20

// However large what comes in, it is taken in or refused, and the program goes on.
func TestSoakHostileSizesAreSurvived(t *testing.T) {
	w := open(t, t.TempDir())
	l := w.ledger()
	_, before, err := w.Memory()
	w.must(err)

	var all sync.WaitGroup
	for n := range 3 {
		all.Go(func() { w.tooLarge(n) })
	}
	all.Wait()
	for n, letter := range []traffic.Letter{
		{Subject: "A long header", Extra: longHeader(1 << 20), Text: "hostile-0 has a long header."},
		{Subject: "Many fields", Extra: strings.Repeat("X-Field: value\r\n", 60_000), Text: "hostile-1 has many fields."},
		{Subject: "Many parts", Extra: manyParts(10_000), Text: "hostile-2"},
		{Subject: "Deep parts", Extra: deepParts(10_000), Text: "hostile-3"},
		{Subject: "A long line", Text: "hostile-4 " + strings.Repeat("long ", 1<<18)},
		{Subject: "A large file", Text: "hostile-5 is as large as allowed.", File: make([]byte, 34<<20), FileName: "zeros.bin"},
	} {
		letter.From, letter.ID = fmt.Sprintf("eve.%d@customer.example", n), fmt.Sprintf("hostile.%d@customer.example", n)
		all.Go(func() { w.takenOrRefused(letter) })
	}
	all.Go(w.gigapixel)
	all.Wait()

	w.takenIn("after-all-that")
	w.finished(l, 2*time.Minute)
	w.lookAt("dora@customer.example")
	_, peak, err := w.Memory()
	w.must(err)
	t.Logf("at most %d MB of memory, %d MB before", peak>>20, before>>20)
	if peak > maxMemory {
		t.Errorf("the program occupied %d MB", peak>>20)
	}
	w.stop()
	if n, err := l.Count(t.Context(), `SELECT COUNT(*) FROM kept_letter WHERE state NOT IN ('joined', 'dropped')`); n > 0 || err != nil {
		t.Errorf("%d letters kept and not read (%v)", n, err)
	}
}

// tooLarge sends a letter of 60 MB, which is refused for good.
func (w *world) tooLarge(n int) {
	peer := &traffic.Peer{To: w.SMTP}
	defer peer.Close()
	from := fmt.Sprintf("eve.large.%d@customer.example", n)
	letter := traffic.Letter{From: from, ID: from, Subject: "Large", Text: strings.Repeat(strings.Repeat("x", 70)+"\r\n", 60<<20/72)}
	err := peer.Send(from, program.Support, letter.Bytes())
	var no *traffic.Refusal
	if !errors.As(err, &no) || !strings.HasPrefix(no.Line, "552") {
		w.Errorf("a letter of 60 MB: %v, want 552", err)
	}
}

// takenOrRefused sends a letter that may be refused, but not later, and not by
// silence.
func (w *world) takenOrRefused(l traffic.Letter) {
	peer := &traffic.Peer{To: w.SMTP}
	defer peer.Close()
	begun := time.Now()
	err := peer.Send(l.From, program.Support, l.Bytes())
	var no *traffic.Refusal
	if err != nil && (!errors.As(err, &no) || no.Passing()) {
		w.Errorf("%s: %v", l.Subject, err)
	}
	w.Logf("%s: %v after %s", l.Subject, err, time.Since(begun).Round(time.Millisecond))
}

// takenIn sends a plain letter, which must become a ticket.
func (w *world) takenIn(token string) {
	w.Helper()
	peer := &traffic.Peer{To: w.SMTP}
	defer peer.Close()
	l := traffic.Letter{From: "carl@customer.example", ID: token + "@customer.example", Subject: "Plain", Text: token}
	w.must(peer.Send(l.From, program.Support, l.Bytes()))
	ledger := w.ledger()
	w.until(time.Minute, "a plain letter is a ticket", func() bool {
		n, err := ledger.Count(w.Context(), `SELECT COUNT(*) FROM message WHERE body LIKE ?`, token+"%")
		w.must(err)
		return n == 1
	})
}

// gigapixel sends a picture of 32,768 by 32,768 pixels by form.
func (w *world) gigapixel() {
	form := traffic.Opening("submission-key-gigapixel", "dora@customer.example", "Picture", "gigapixel")
	form.FileName, form.File = "huge.png", hugePNG(32_768)
	status, page, err := traffic.NewBrowser(w.URL(), 1).Submit(w.Context(), "/open", form, traffic.Somewhere(7))
	if err != nil || status >= 400 {
		w.Errorf("a gigapixel picture: %d %v\n%s", status, err, page)
	}
}

var (
	accessLink = regexp.MustCompile(`http://[0-9.:]+(/t/[A-Za-z0-9_-]+)`)
	sources    = regexp.MustCompile(`(?:src|href)="(/[^"]+)"`)
)

// lookAt opens the ticket by the link of its confirmation, and everything that
// its page leads to.
func (w *world) lookAt(address string) {
	w.Helper()
	w.mu.Lock()
	letter := w.letters[address]
	w.mu.Unlock()
	letter = strings.ReplaceAll(strings.ReplaceAll(letter, "=\r\n", ""), "=3D", "=")
	found := accessLink.FindStringSubmatch(letter)
	if found == nil {
		w.Fatalf("no access link in\n%s", letter)
	}
	link := found[1]
	browser := traffic.NewBrowser(w.URL(), 1)
	jar, err := cookiejar.New(nil)
	w.must(err)
	browser.HTTP.Jar, browser.HTTP.CheckRedirect = jar, nil
	_, page, err := browser.Get(w.Context(), link)
	w.must(err)
	if !strings.Contains(page, "huge.png") {
		w.Errorf("the ticket's page does not show the file:\n%s", page)
	}
	for _, found := range sources.FindAllStringSubmatch(page, -1) {
		if !strings.Contains(found[1], "/files/") {
			continue
		}
		status, body, err := browser.Get(w.Context(), found[1])
		w.Logf("GET %s: %d, %d bytes", found[1], status, len(body))
		if err != nil || status >= 500 {
			w.Errorf("GET %s: %d %v", found[1], status, err)
		}
	}
}

// longHeader is a header field of many folded lines.
func longHeader(size int) string {
	return "X-Long: begin" + strings.Repeat("\r\n "+strings.Repeat("h", 70), size/73) + "\r\n"
}

// manyParts makes the letter's text one of so many parts: the header field,
// and, beyond the header's end, the parts.
func manyParts(n int) string {
	return "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\nContent-Type: text/plain\r\n\r\nhostile-2 part\r\n", n) + "--b--\r\n"
}

// deepParts nests so many parts.
func deepParts(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%[1]d\r\n", i)
	}
	b.WriteString("Content-Type: text/plain\r\n\r\nhostile-3 part\r\n")
	return b.String()
}

// hugePNG is a square black picture of one bit a pixel; it is small on the line.
func hugePNG(side int) []byte {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	head := binary.BigEndian.AppendUint32(nil, uint32(side))
	head = binary.BigEndian.AppendUint32(head, uint32(side))
	chunk(&b, "IHDR", append(head, 1, 0, 0, 0, 0))
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	row := make([]byte, 1+side/8)
	for range side {
		z.Write(row) // into memory
	}
	z.Close()
	chunk(&b, "IDAT", packed.Bytes())
	chunk(&b, "IEND", nil)
	return b.Bytes()
}

func chunk(to io.Writer, kind string, data []byte) {
	whole := append([]byte(kind), data...)
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(out, whole...)
	to.Write(binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(whole))) // into memory
}
