package intake_test

import (
	"bytes"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/intake"
)

func TestALetterTooLargeIsRefusedWithoutFillingTheMemory(t *testing.T) {
	r := one(t)
	_, address := r.serve(intake.ServerOptions{})
	c := r.dial(address)
	if err := c.Mail("carl@customer.example", &smtp.MailOptions{Size: 60 << 20}); code(err) != 552 {
		t.Errorf("announced: %v", err)
	}
	c = r.dial(address)
	before, most := inUse(), int64(0)
	parts := []io.Reader{strings.NewReader("Subject: Large\r\n\r\n")}
	for range 6 {
		line := strings.Repeat("x", 76) + "\r\n"
		parts = append(parts, io.LimitReader(&endless{line: line}, 10<<20), looking(func() { most = max(most, inUse()-before) }))
	}
	err := send(c, "carl@customer.example", []string{support}, io.MultiReader(parts...))
	if code(err) != 552 || len(r.kept()) != 0 {
		t.Errorf("unannounced: %v", err)
	}
	if most > 30<<20 {
		t.Errorf("the heap grew by %d MB", most>>20)
	}
}

// inUse is how many bytes of the heap somebody still holds.
func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// looking is a reader of nothing that calls itself when its turn has come.
type looking func()

func (l looking) Read([]byte) (int, error) {
	l()
	return 0, io.EOF
}

// endless says its line again and again.
type endless struct {
	line string
	at   int
}

func (e *endless) Read(b []byte) (int, error) {
	n := 0
	for n < len(b) {
		m := copy(b[n:], e.line[e.at:])
		n, e.at = n+m, (e.at+m)%len(e.line)
	}
	return n, nil
}

func TestALargeLetterUnderTheLimitIsKeptWhole(t *testing.T) {
	r := one(t)
	_, address := r.serve(intake.ServerOptions{})
	body := bytes.Repeat([]byte(strings.Repeat("long ", 15)+"\r\n"), 150_000)
	must(t, send(r.dial(address), "carl@customer.example", []string{support}, io.MultiReader(strings.NewReader("From: carl@customer.example\r\nSubject: Large\r\n\r\n"), bytes.NewReader(body))))
	r.settle()
	k := r.last()
	if k.Size < int64(len(body)) || k.State != okno.KeptJoined {
		t.Fatalf("%d bytes kept: %s %+v", k.Size, k.State, k.Trace)
	}
	m := r.page(k.Ticket).Messages[0]
	if len([]rune(m.Text)) > okno.MaxText || len(m.Files) == 0 {
		t.Errorf("%d characters shown, %d files", len([]rune(m.Text)), len(m.Files))
	}
}
