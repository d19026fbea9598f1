package traffic

import (
	"bufio"
	"bytes"
	"io"
	"log"
	"net"
	"net/mail"
	"time"

	"github.com/emersion/go-smtp"
)

// Relay takes an installation's letters and says what they are.
type Relay struct {
	Addr   string // host:port
	server *smtp.Server
	ended  chan error
}

// NewRelay listens on a free port of this machine. taken hears of each letter,
// from several goroutines; its error is answered as a passing refusal.
func NewRelay(taken func(to, messageID string, letter []byte) error) (*Relay, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &Relay{Addr: l.Addr().String(), ended: make(chan error, 1)}
	r.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &arrival{taken: taken}, nil }))
	r.server.Domain, r.server.ReadTimeout, r.server.WriteTimeout = "localhost", 2*time.Minute, time.Minute
	r.server.ErrorLog = log.New(io.Discard, "", 0) // of connections that ended with a killed program
	go func() { r.ended <- r.server.Serve(l) }()
	return r, nil
}

// Close ends it.
func (r *Relay) Close() error {
	err := r.server.Close()
	<-r.ended // it says only that it was closed
	return err
}

// arrival is one dialogue.
type arrival struct {
	taken func(to, messageID string, letter []byte) error
	to    string
}

// Reset is smtp.Session's.
func (a *arrival) Reset() { a.to = "" }

// Logout is smtp.Session's.
func (a *arrival) Logout() error { return nil }

// Mail is smtp.Session's.
func (a *arrival) Mail(string, *smtp.MailOptions) error { return nil }

// Rcpt is smtp.Session's.
func (a *arrival) Rcpt(to string, _ *smtp.RcptOptions) error {
	a.to = to
	return nil
}

// Data is smtp.Session's.
func (a *arrival) Data(data io.Reader) error {
	letter, err := io.ReadAll(data)
	if err != nil {
		return err
	}
	read, err := mail.ReadMessage(bufio.NewReader(bytes.NewReader(letter)))
	if err != nil {
		return err
	}
	return a.taken(a.to, read.Header.Get("Message-ID"), letter)
}
