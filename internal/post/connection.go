package post

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/oknodesk/okno/internal/bearer"
)

// Each step's bound; the whole attempt has its context's.
const (
	dialTime    = 30 * time.Second
	commandTime = 2 * time.Minute
	acceptTime  = 5 * time.Minute // from the end of the data to the relay's answer
)

// connection is one open way to the relay.
type connection struct {
	client *smtp.Client
	conn   net.Conn
	reused bool
	expiry *time.Timer
}

// bind has the context's end close the connection: the client knows no
// contexts. stop undoes it.
func (c *connection) bind(ctx context.Context) (stop func()) {
	undo := context.AfterFunc(ctx, func() { c.conn.Close() })
	return func() { undo() }
}

func (c *connection) close() { c.client.Close() }

// quit ends a connection politely without waiting for the answer long.
func (c *connection) quit() {
	c.client.CommandTimeout = time.Second
	if c.client.Quit() != nil {
		c.client.Close()
	}
}

// connect opens a connection and makes it ready for letters: greeted,
// protected, signed in.
func (s *SMTP) connect(ctx context.Context) (*connection, error) {
	c, err := s.open(ctx, s.relay.TLS == TLSRequired)
	if err == nil && s.relay.TLS == TLSOffered {
		if offered, _ := c.client.Extension("STARTTLS"); offered {
			c.quit()
			c, err = s.open(ctx, true)
		}
	}
	if err == nil {
		err = s.signIn(ctx, c)
	}
	if err != nil {
		return nil, fmt.Errorf("relay %s: %w", s.relay.address(), err)
	}
	return c, nil
}

// open dials and greets. With STARTTLS the handshake happens in the second
// greeting, so a wrong certificate is told there.
func (s *SMTP) open(ctx context.Context, startTLS bool) (*connection, error) {
	dialing, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	dial := s.relay.Dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	conn, err := dial(dialing, "tcp", s.relay.address())
	if err != nil {
		return nil, err
	}
	config := &tls.Config{ServerName: s.relay.Host, RootCAs: s.relay.Roots, MinVersion: tls.VersionTLS12}
	c := &connection{conn: conn}
	stop := c.bind(ctx)
	defer stop()
	conn.SetDeadline(time.Now().Add(commandTime)) // of the handshake; the client sets its own for each command
	switch {
	case s.relay.TLS == TLSImplicit:
		c.client = smtp.NewClient(tls.Client(conn, config))
	case startTLS:
		if c.client, err = smtp.NewClientStartTLS(conn, config); err != nil {
			conn.Close()
			return nil, &unprotected{err}
		}
	default:
		c.client = smtp.NewClient(conn)
	}
	c.client.CommandTimeout, c.client.SubmissionTimeout = commandTime, acceptTime
	name := s.relay.Name
	if name == "" {
		name = "localhost"
	}
	if err := c.client.Hello(name); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// errNaked refuses to show a password to whoever listens.
var errNaked = errors.New("the connection is not protected, so the password is not sent")

// signIn proves who we are where the relay wants it.
func (s *SMTP) signIn(ctx context.Context, c *connection) error {
	if s.relay.Login == "" {
		return nil
	}
	_, protected := c.client.TLSConnectionState()
	if !protected && !loopback(c.conn.RemoteAddr()) {
		c.quit()
		return errNaked
	}
	stop := c.bind(ctx)
	defer stop()
	if s.relay.Token != nil {
		return s.signInByToken(ctx, c)
	}
	var by sasl.Client
	switch {
	case c.client.SupportsAuth(sasl.Plain):
		by = sasl.NewPlainClient("", s.relay.Login, s.relay.Password)
	case c.client.SupportsAuth(sasl.Login):
		by = sasl.NewLoginClient(s.relay.Login, s.relay.Password)
	default:
		c.quit()
		return errors.New("it takes neither AUTH PLAIN nor AUTH LOGIN")
	}
	if err := c.client.Auth(by); err != nil {
		c.close()
		return &signInError{err}
	}
	return nil
}

// commandLine is how long a command may be, in bytes (RFC 5321 4.5.3.1.4).
const commandLine = 512

// signInByToken shows the relay a token, and asks for another next time if it
// says no.
func (s *SMTP) signInByToken(ctx context.Context, c *connection) error {
	token, err := s.relay.Token(ctx)
	var by *bearer.SignIn
	if err == nil {
		by, err = bearer.New(c.client.SupportsAuth, s.relay.Login, token)
	}
	if err != nil {
		c.quit()
		return err
	}
	if err := by.Failed(c.client.Auth(by.Within(commandLine))); err != nil {
		c.close()
		if errors.As(err, new(*smtp.SMTPError)) || errors.As(err, new(*bearer.Refusal)) {
			s.relay.Refused(ctx, token)
		}
		return &signInError{err}
	}
	return nil
}

func loopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
