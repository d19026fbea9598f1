package post

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/oknodesk/okno/internal/mail"
)

// What an SMTP keeps open.
const (
	maxConnections = 8 // relays commonly allow 10 or more from one address
	keepIdle       = 30 * time.Second
)

// SMTP is the transport through a relay. It keeps a few connections open for
// the next letters. It is safe for concurrent use; Close it when done.
type SMTP struct {
	relay Relay
	slots chan struct{} // one for each connection at work

	mu     sync.Mutex
	idle   []*connection // the latest used last
	closed bool
}

// NewSMTP makes a transport; it connects when there is something to send.
func NewSMTP(r Relay) *SMTP {
	if r.Connections == 0 {
		r.Connections = maxConnections
	}
	return &SMTP{relay: r, slots: make(chan struct{}, r.Connections)}
}

// Send hands one letter for one recipient to the relay: exactly these bytes,
// which end their lines with CRLF. The answer is the relay's, with its queue's
// number if it gives one.
func (s *SMTP) Send(ctx context.Context, from, to string, raw []byte) (string, error) {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if c := s.take(); c != nil {
		answer, err := s.sendBy(ctx, c, from, to, raw)
		if !errors.Is(err, errStale) {
			return answer, err
		}
	}
	c, err := s.connect(ctx)
	if err != nil {
		return "", err
	}
	return s.sendBy(ctx, c, from, to, raw)
}

// Check connects as for a letter and sends none. Its error is an
// *okno.ServerError.
func (s *SMTP) Check(ctx context.Context) error { return troubled(s.check(ctx)) }

func (s *SMTP) check(ctx context.Context) error {
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	stop := c.bind(ctx)
	defer stop()
	if err := c.client.Noop(); err != nil {
		c.close()
		return fmt.Errorf("relay %s: %w", s.relay.address(), err)
	}
	s.keep(c)
	return nil
}

// Close closes what is kept open and keeps nothing any longer.
func (s *SMTP) Close() {
	s.mu.Lock()
	kept := s.idle
	s.closed, s.idle = true, nil
	s.mu.Unlock()
	for _, c := range kept {
		c.expiry.Stop()
		c.quit()
	}
}

// errStale says that a kept connection was over before the letter began.
var errStale = errors.New("the kept connection is over")

// sendBy sends by one connection and keeps it unless something is wrong with it.
func (s *SMTP) sendBy(ctx context.Context, c *connection, from, to string, raw []byte) (string, error) {
	stop := c.bind(ctx)
	answer, err := c.send(from, to, raw)
	stop()
	var no *Refusal
	switch {
	case err == nil:
		s.keep(c)
	case errors.As(err, &no) && c.client.Reset() == nil:
		s.keep(c)
	default:
		c.close()
	}
	if err != nil && no == nil && !errors.Is(err, errStale) {
		err = fmt.Errorf("relay %s: %w", s.relay.address(), err)
	}
	return answer, err
}

// take is the connection used last, if any is fresh.
func (s *SMTP) take() *connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.idle)
	if n == 0 {
		return nil
	}
	c := s.idle[n-1]
	s.idle = s.idle[:n-1]
	c.reused = true
	c.expiry.Stop()
	return c
}

// keep holds a connection for the next letter, for a while.
func (s *SMTP) keep(c *connection) {
	s.mu.Lock()
	kept := !s.closed && len(s.idle) < s.relay.Connections
	if kept {
		s.idle = append(s.idle, c)
		c.expiry = time.AfterFunc(keepIdle, func() { s.drop(c) })
	}
	s.mu.Unlock()
	if !kept {
		c.quit()
	}
}

// drop closes a connection that nobody has used.
func (s *SMTP) drop(c *connection) {
	s.mu.Lock()
	i := slices.Index(s.idle, c)
	if i >= 0 {
		s.idle = slices.Delete(s.idle, i, i+1)
	}
	s.mu.Unlock()
	if i >= 0 {
		c.quit()
	}
}

// send is one transaction: MAIL, RCPT, DATA.
func (c *connection) send(from, to string, raw []byte) (string, error) {
	from, to = ascii(from), ascii(to)
	options := &smtp.MailOptions{Size: int64(len(raw)), UTF8: wide(from) || wide(to)}
	if offered, _ := c.client.Extension("SMTPUTF8"); options.UTF8 && !offered {
		return "", &Refusal{Permanent: true, Words: "the relay does not take addresses that are not ASCII (SMTPUTF8)"}
	}
	err := c.client.Mail(from, options)
	var own *smtp.SMTPError
	if plain, signed := mail.PlainSender(from); signed && errors.As(err, &own) && permanent(own.Code) && own.Code != 552 {
		// Some relays let nothing but the mailbox itself send: its reports prove
		// less then.
		err = c.client.Mail(plain, options)
	}
	if err != nil {
		var no *smtp.SMTPError
		if c.reused && (!errors.As(err, &no) || no.Code == 421) {
			return "", errStale
		}
		// A refused sender is our settings' fault, not this letter's: it waits
		// until they are mended.
		return "", refusal(err, func(code int) bool { return code == 552 })
	}
	if err := c.client.Rcpt(to, nil); err != nil {
		return "", refusal(err, permanent)
	}
	data, err := c.client.Data()
	if err != nil {
		return "", refusal(err, permanent)
	}
	if _, err := data.Write(raw); err != nil {
		return "", err
	}
	done, err := data.CloseWithResponse()
	if err != nil {
		return "", refusal(err, permanent)
	}
	return done.StatusText, nil
}

func permanent(code int) bool { return code >= 500 }

// refusal makes a Refusal of the relay's no; what is no answer of the relay's
// stays as it is.
func refusal(err error, forGood func(code int) bool) error {
	var no *smtp.SMTPError
	if !errors.As(err, &no) {
		return err
	}
	code := fmt.Sprint(no.Code)
	if e := no.EnhancedCode; e[0] > 0 {
		code += fmt.Sprintf(" %d.%d.%d", e[0], e[1], e[2])
	}
	return &Refusal{Permanent: forGood(no.Code), Words: code + " " + no.Message}
}

// ascii writes an address's domain as the envelope needs it (IDNA).
func ascii(address string) string {
	at := strings.LastIndexByte(address, '@')
	if domain := mail.Domain(address); at > 0 && domain != "" {
		return address[:at+1] + domain
	}
	return address
}

func wide(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 })
}
