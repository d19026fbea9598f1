package oknotest

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/oknodesk/okno/internal/mail"
)

// patience is how long a test waits for a fact before it gives up.
const patience = 60 * time.Second

// Sink is a mail server that takes every letter and keeps it to be read.
type Sink struct {
	Addr string // host:port

	t       testing.TB
	mu      sync.Mutex
	letters []Taken
	came    chan struct{} // closed and replaced at each letter
}

// Taken is a letter that arrived at the sink.
type Taken struct {
	From, To string // envelope
	Raw      []byte
	*mail.Letter
}

// NewSink runs a sink until the test ends.
func NewSink(t testing.TB) *Sink {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Sink{Addr: l.Addr().String(), t: t, came: make(chan struct{})}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &sinkSession{sink: s}, nil }))
	server.Domain = "sink.example"
	server.EnableSMTPUTF8 = true
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	t.Cleanup(func() {
		server.Close()
		<-done
	})
	return s
}

type sinkSession struct {
	sink     *Sink
	from, to string
}

func (s *sinkSession) Mail(from string, _ *smtp.MailOptions) error { s.from = from; return nil }
func (s *sinkSession) Rcpt(to string, _ *smtp.RcptOptions) error   { s.to = to; return nil }
func (s *sinkSession) Reset()                                      {}
func (s *sinkSession) Logout() error                               { return nil }

func (s *sinkSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	s.sink.letters = append(s.sink.letters, Taken{From: s.from, To: s.to, Raw: raw, Letter: mail.Read(raw)})
	close(s.sink.came)
	s.sink.came = make(chan struct{})
	return nil
}

// All are the letters taken so far.
func (s *Sink) All() []Taken {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Taken(nil), s.letters...)
}

// Forget throws away what was taken so far.
func (s *Sink) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.letters = nil
}

// Letter waits for a letter to an address whose text or subject matches.
func (s *Sink) Letter(to, pattern string) Taken {
	s.t.Helper()
	re := regexp.MustCompile(pattern)
	deadline := time.After(patience)
	for {
		s.mu.Lock()
		came := s.came
		for _, l := range s.letters {
			if l.To == to && (re.MatchString(l.Text) || re.MatchString(l.Subject)) {
				s.mu.Unlock()
				return l
			}
		}
		s.mu.Unlock()
		select {
		case <-came:
		case <-deadline:
			s.t.Fatalf("no letter to %s matches %q; there are:\n%s", to, pattern, s.list())
		}
	}
}

// InTray is the newest letter to an address in the demo's tray whose text or
// subject matches, once nothing more is in hand.
func (r *Rig) InTray(to, pattern string) Taken {
	r.t.Helper()
	r.Settle()
	files, err := filepath.Glob(filepath.Join(r.Config.Data, "letters", "*.json"))
	r.must(err)
	re := regexp.MustCompile(pattern)
	for _, name := range slices.Backward(files) {
		b, err := os.ReadFile(name)
		r.must(err)
		var l Taken
		r.must(json.Unmarshal(b, &l))
		if l.Letter = mail.Read(l.Raw); l.To == to && (re.MatchString(l.Text) || re.MatchString(l.Subject)) {
			return l
		}
	}
	r.t.Fatalf("none of the tray's %d letters is to %s and matches %q", len(files), to, pattern)
	return Taken{}
}

func (s *Sink) list() string {
	text := ""
	for _, l := range s.All() {
		text += fmt.Sprintf("to %s: %s\n", l.To, l.Subject)
	}
	return text
}

// Link is the first link in a letter's text that matches.
func (l Taken) Link(t testing.TB, pattern string) string {
	t.Helper()
	found := regexp.MustCompile(`https?://\S*` + pattern + `\S*`).FindString(l.Text)
	if found == "" {
		t.Fatalf("no link like %q in the letter:\n%s", pattern, l.Text)
	}
	return found
}

// Send hands a raw letter over by SMTP and returns the server's refusal, if
// any.
func Send(addr, from, to string, raw []byte) error {
	c, err := smtp.Dial(addr)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.Mail(from, nil); err != nil {
		return err
	}
	if err := c.Rcpt(to, nil); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(raw); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return c.Quit()
}

// Answer is a letter that answers another as a mail program would.
func (l Taken) Answer(text string) (from, to string, raw []byte, err error) {
	to = l.Letter.From[0].Addr
	if len(l.ReplyTo) > 0 {
		to = l.ReplyTo[0].Addr
	}
	raw, err = mail.Write(mail.Outgoing{
		From: mail.Address{Addr: l.To}, To: mail.Address{Addr: to}, Subject: mail.SubjectReply(l.Subject),
		MessageID: mail.NewMessageID("customer.example", ""), InReplyTo: l.MessageID, References: append(l.References, l.MessageID),
		Date: time.Now(), Text: text,
	})
	return l.To, to, raw, err
}
