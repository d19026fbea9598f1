package intake

import (
	"context"
	"crypto/tls"
	"errors"
	"log"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// ServerOptions say how letters are taken in; zero values mean the defaults.
type ServerOptions struct {
	LMTP     bool          // RFC 2033, for the mail server beside us; else SMTP
	Hostname string        // told in greetings; "localhost"
	TLS      *tls.Config   // for STARTTLS; nil: not offered
	Idle     time.Duration // how long a silent peer is waited for; 2 minutes
	// Connections at once: in all (200), and from one address (20). PerMinute
	// bounds new ones from one address (120). LMTP's one peer and trusted
	// relays are not counted by address.
	Connections int
	PerAddress  int
	PerMinute   int
}

func (o ServerOptions) orDefaults() ServerOptions {
	for _, d := range []struct {
		v   *int
		def int
	}{{&o.Connections, 200}, {&o.PerAddress, 20}, {&o.PerMinute, 120}} {
		if *d.v <= 0 {
			*d.v = d.def
		}
	}
	if o.Idle <= 0 {
		o.Idle = 2 * time.Minute
	}
	if o.Hostname == "" {
		o.Hostname = "localhost"
	}
	return o
}

// Bounds of one dialogue.
const (
	maxRecipients = 50
	maxRefused    = 20               // unknown recipients, then the peer is told no more
	maxLine       = 1 << 20          // bytes; real letters have lines far over RFC 5321's 1,000
	writeTime     = time.Minute      // for one answer
	dataTime      = 15 * time.Minute // for the whole of one letter
	greetTime     = time.Second      // to say that there is no room
)

// Server takes letters in by SMTP or LMTP.
type Server struct {
	receiver *Receiver
	o        ServerOptions
	smtp     *smtp.Server
	gate     *gate

	mu       sync.Mutex
	stopping bool
	doors    []net.Listener
	peers    map[*peer]struct{}
}

// NewServer makes a server that listens to nothing yet.
func NewServer(r *Receiver, o ServerOptions) *Server {
	s := &Server{receiver: r, o: o.orDefaults(), peers: map[*peer]struct{}{}}
	s.gate = newGate(s.o, r)
	s.smtp = smtp.NewServer(smtp.BackendFunc(s.session))
	s.smtp.LMTP = o.LMTP
	s.smtp.Domain = s.o.Hostname
	s.smtp.TLSConfig = o.TLS
	s.smtp.EnableSMTPUTF8 = true
	s.smtp.MaxMessageBytes = r.max
	s.smtp.MaxRecipients = maxRecipients
	s.smtp.MaxLineLength = maxLine
	s.smtp.ReadTimeout = s.o.Idle // in force per read, by peer
	s.smtp.WriteTimeout = writeTime
	s.smtp.ErrorLog = log.New(logWriter{r.log}, "", 0)
	return s
}

// Listen opens the place where a Server takes letters in: network "tcp", or
// "unix" with a path. A socket there that nobody answers is replaced. The mail
// server's group may speak to it (0660).
func Listen(network, address string) (net.Listener, error) {
	if network != "unix" {
		return net.Listen(network, address)
	}
	if err := clearSocket(address); err != nil {
		return nil, err
	}
	l, err := net.Listen(network, address)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(address, 0o660); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// clearSocket removes what a dead process left; anything else stays.
func clearSocket(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode()&os.ModeSocket == 0 {
		return &os.PathError{Op: "listen", Path: path, Err: errors.New("it exists and is no socket")}
	}
	if conn, err := (&net.Dialer{Timeout: greetTime}).Dial("unix", path); err == nil {
		conn.Close()
		return &os.PathError{Op: "listen", Path: path, Err: errors.New("another process listens there")}
	}
	return os.Remove(path)
}

// Serve takes letters in at l until Shutdown, which may have come before.
func (s *Server) Serve(l net.Listener) error {
	s.mu.Lock()
	s.doors = append(s.doors, l)
	stopping := s.stopping
	s.mu.Unlock()
	if stopping {
		return l.Close()
	}
	err := s.smtp.Serve(&door{Listener: l, server: s})
	if errors.Is(err, net.ErrClosed) {
		return nil // by Shutdown
	}
	return err
}

// Shutdown lets go of idle peers at once and of the others when their letter
// is answered for, or when ctx ends.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.stopping = true
	for p := range s.peers {
		if !p.busy.Load() {
			p.Close()
		}
	}
	s.mu.Unlock()
	err := s.smtp.Shutdown(ctx)
	s.mu.Lock()
	for _, l := range s.doors {
		_ = l.Close() // one that began after the others were closed; closed twice is no harm
	}
	for p := range s.peers {
		p.Close()
	}
	s.mu.Unlock()
	return err
}

// door lets peers in one by one.
type door struct {
	net.Listener
	server *Server
}

// Accept is net.Listener's. Whoever finds no room is told to come again.
func (d *door) Accept() (net.Conn, error) {
	for {
		conn, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if p := d.server.admit(conn); p != nil {
			return p, nil
		}
		if err := conn.SetWriteDeadline(time.Now().Add(greetTime)); err == nil {
			_, _ = conn.Write([]byte("421 4.7.0 Too many connections, please try again later\r\n")) // he is shown out anyway
		}
		conn.Close()
	}
}

func (s *Server) admit(conn net.Conn) *peer {
	leave := s.gate.enter(conn.RemoteAddr(), s.receiver.now())
	if leave == nil {
		return nil
	}
	p := &peer{Conn: conn, idle: s.o.Idle}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping {
		leave()
		return nil
	}
	s.peers[p] = struct{}{}
	p.gone = func() {
		leave()
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.peers, p)
	}
	p.stopping = func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.stopping
	}
	return p
}

// logWriter turns the library's lines into log records.
type logWriter struct{ log *slog.Logger }

// Write is io.Writer's.
func (w logWriter) Write(line []byte) (int, error) {
	w.log.Warn("a mail peer made trouble", "trouble", envelope(string(line)))
	return len(line), nil
}
