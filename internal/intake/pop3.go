package intake

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/bearer"
)

// Bounds of what a POP3 server says.
const (
	maxAnswer   = 4 << 10 // bytes of one line; RFC 2449 allows 512
	maxNumbered = 200_000 // letters of one mailbox
	maxUniqueID = 255     // bytes; RFC 1939 allows 70
)

// popConnection is one to a POP3 server (RFC 1939), signed in.
type popConnection struct {
	conn net.Conn
	in   *bufio.Reader
	caps map[string]string // what it can do (RFC 2449), with its parameters
	peer string
	stop func() bool // of ctx's hold on it
}

// connectPOP signs in to a mailbox. The connection ends with ctx; leave it when
// done.
func (r *Receiver) connectPOP(ctx context.Context, box okno.MailboxID, f okno.Fetch) (*popConnection, error) {
	token, err := r.token(ctx, box, f)
	if err != nil {
		return nil, err
	}
	dialling, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	conn, err := r.outbound.DialContext(dialling, "tcp", net.JoinHostPort(f.Host, strconv.Itoa(f.Port)))
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	k := &popConnection{conn: conn, peer: peerName(conn.RemoteAddr())}
	k.stop = context.AfterFunc(ctx, func() { conn.Close() })
	if err = k.begin(f, &tls.Config{ServerName: f.Host, RootCAs: r.roots}); err == nil {
		err = k.signIn(f, token)
		if token != "" && (errors.As(err, new(*popRefusal)) || errors.As(err, new(*bearer.Refusal))) {
			r.tokens.Refused(ctx, box, token)
		}
	}
	if err != nil {
		k.stop()
		k.conn.Close()
		return nil, err
	}
	return k, nil
}

// begin greets, encrypted unless the server is on this machine.
func (k *popConnection) begin(f okno.Fetch, secure *tls.Config) error {
	switch f.Security {
	case okno.TLS:
		if err := k.encrypt(secure); err != nil {
			return err
		}
	case okno.Plain:
		if at, ok := k.conn.RemoteAddr().(*net.TCPAddr); !ok || !at.IP.IsLoopback() {
			return errNaked
		}
	case okno.StartTLS:
	default:
		return fmt.Errorf("connect: the security %q is unknown", f.Security)
	}
	k.in = bufio.NewReaderSize(k.conn, maxAnswer)
	if _, err := k.answer("greeting", commandTime); err != nil {
		return err
	}
	if f.Security == okno.StartTLS {
		if _, err := k.ask("STLS", "STLS"); err != nil {
			return err
		}
		if k.in.Buffered() > 0 {
			return at("STLS", errors.New("the server spoke before the encryption began"))
		}
		if err := k.encrypt(secure); err != nil {
			return err
		}
		k.in = bufio.NewReaderSize(k.conn, maxAnswer)
	}
	return k.capable()
}

func (k *popConnection) encrypt(secure *tls.Config) error {
	if err := k.conn.SetDeadline(time.Now().Add(commandTime)); err != nil {
		return at("TLS", err)
	}
	encrypted := tls.Client(k.conn, secure)
	if err := encrypted.Handshake(); err != nil {
		return at("TLS", err)
	}
	k.conn = encrypted
	return nil
}

// capable asks what the server can do; an old one does not say.
func (k *popConnection) capable() error {
	k.caps = map[string]string{}
	err := k.list("capability", "CAPA", func(line string) error {
		name, parameters, _ := strings.Cut(line, " ")
		if len(k.caps) < 100 {
			k.caps[strings.ToUpper(name)] = parameters
		}
		return nil
	})
	var no *popRefusal
	if errors.As(err, &no) {
		return nil
	}
	return err
}

func (k *popConnection) signIn(f okno.Fetch, token string) error {
	if token != "" {
		return k.signInByToken(f.User, token)
	}
	if strings.ContainsAny(f.User+f.Password, "\r\n\x00") {
		return errors.New("sign in: the login or the password has a line break")
	}
	if _, err := k.ask(stepSignIn, "USER "+f.User); err != nil {
		return err
	}
	_, err := k.ask(stepSignIn, "PASS "+f.Password)
	return err
}

// maxChallenges bounds what a server asks during one sign-in.
const maxChallenges = 4

// signInByToken is RFC 5034, with the token in a line of its own: it is longer
// than the command's may be.
func (k *popConnection) signInByToken(login, token string) error {
	offered := strings.Fields(strings.ToUpper(k.caps["SASL"]))
	by, err := bearer.New(func(name string) bool { return slices.Contains(offered, name) }, login, token)
	if err != nil {
		return at(stepSignIn, err)
	}
	mechanism, answer, err := by.Start()
	if err != nil {
		return at(stepSignIn, err)
	}
	line := "AUTH " + mechanism
	for range maxChallenges {
		challenge, more, err := k.exchange(line)
		if err != nil || !more {
			return by.Failed(err)
		}
		if len(challenge) > 0 { // else it waits for the token
			if answer, err = by.Next(challenge); err != nil {
				return at(stepSignIn, err)
			}
		}
		line = base64.StdEncoding.EncodeToString(answer)
	}
	return errors.New("sign in: the server does not come to an end")
}

// exchange sends a line of a sign-in; more says that the server waits for
// another after its challenge.
func (k *popConnection) exchange(line string) (challenge []byte, more bool, err error) {
	if err := k.conn.SetDeadline(time.Now().Add(commandTime)); err != nil {
		return nil, false, at(stepSignIn, err)
	}
	if _, err := io.WriteString(k.conn, line+"\r\n"); err != nil {
		return nil, false, at(stepSignIn, err)
	}
	if begins, err := k.in.Peek(2); err != nil || string(begins) != "+ " && string(begins) != "+\r" {
		_, err := k.answer(stepSignIn, commandTime)
		return nil, false, err
	}
	said, err := k.line()
	if err == nil {
		challenge, err = base64.StdEncoding.DecodeString(strings.TrimSpace(said[1:]))
	}
	if err != nil {
		return nil, false, at(stepSignIn, err)
	}
	return challenge, true, nil
}

// popRefusal is a server's -ERR.
type popRefusal struct{ words string }

// Error is what the server said.
func (r *popRefusal) Error() string { return r.words }

// ask sends a command and returns what the server said behind its +OK.
func (k *popConnection) ask(name, command string) (string, error) {
	if err := k.conn.SetDeadline(time.Now().Add(commandTime)); err != nil {
		return "", at(name, err)
	}
	if _, err := io.WriteString(k.conn, command+"\r\n"); err != nil {
		return "", at(name, err)
	}
	return k.answer(name, commandTime)
}

func (k *popConnection) answer(name string, limit time.Duration) (string, error) {
	if err := k.conn.SetDeadline(time.Now().Add(limit)); err != nil {
		return "", at(name, err)
	}
	line, err := k.line()
	if err != nil {
		return "", at(name, err)
	}
	if words, ok := strings.CutPrefix(line, "+OK"); ok {
		return strings.TrimSpace(words), nil
	}
	words, ok := strings.CutPrefix(line, "-ERR")
	if !ok {
		return "", fmt.Errorf("%s: the server does not speak POP3", name)
	}
	return "", at(name, &popRefusal{strings.TrimSpace(words)})
}

// line is one line without its end.
func (k *popConnection) line() (string, error) {
	line, err := k.in.ReadSlice('\n')
	if err != nil {
		return "", noEnd(err)
	}
	return strings.TrimRight(string(line), "\r\n"), nil
}

// noEnd tells a connection that ended from one that ended in good order.
func noEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// list sends a command whose answer has many lines, and hands each to use.
func (k *popConnection) list(name, command string, use func(line string) error) error {
	if _, err := k.ask(name, command); err != nil {
		return err
	}
	if err := k.conn.SetDeadline(time.Now().Add(letterFetch)); err != nil {
		return at(name, err)
	}
	for n := 0; ; n++ {
		line, err := k.line()
		if err != nil {
			return at(name, err)
		}
		if line == "." {
			return nil
		}
		if n > maxNumbered {
			return fmt.Errorf("%s: the mailbox holds more than %d letters", name, maxNumbered)
		}
		if err := use(strings.TrimPrefix(line, ".")); err != nil {
			return at(name, err)
		}
	}
}

// numbered sends UIDL or LIST and returns what it says of each letter.
func (k *popConnection) numbered(command string) (map[int]string, error) {
	all := map[int]string{}
	err := k.list(strings.ToLower(command), command, func(line string) error {
		number, said, _ := strings.Cut(line, " ")
		n, err := strconv.Atoi(number)
		said = strings.TrimSpace(said)
		if err != nil || n < 1 || said == "" || len(said) > maxUniqueID {
			return fmt.Errorf("a line that means nothing: %q", clip(line, 100))
		}
		all[n] = said
		return nil
	})
	return all, err
}

// body fetches one letter into s, at most limit bytes of it; after more the
// error is ErrTooLarge and the connection is of no use any longer.
func (k *popConnection) body(n int, limit int64, s *spool) error {
	if _, err := k.ask("fetch", "RETR "+strconv.Itoa(n)); err != nil {
		return err
	}
	if err := k.conn.SetDeadline(time.Now().Add(letterFetch)); err != nil {
		return fmt.Errorf("fetch: %w", err)
	}
	if err := s.fill(io.LimitReader(&dotted{in: k.in, begins: true}, limit+1)); err != nil {
		return fmt.Errorf("fetch: %w", err)
	}
	if s.size > limit {
		return ErrTooLarge
	}
	return nil
}

// leave ends the session: what was marked to be deleted is deleted now.
func (k *popConnection) leave() error {
	defer k.conn.Close()
	defer k.stop()
	_, err := k.ask("leave", "QUIT")
	return err
}

// dotted reads a letter as RFC 1939, 3 sends it: lines that begin with a point
// have one more, and a point alone is the end. Line ends stay as they are.
type dotted struct {
	in     *bufio.Reader
	begins bool   // at the beginning of a line
	ready  []byte // read, not yet passed on; valid until the next read
	over   bool
}

// Read is io.Reader's.
func (d *dotted) Read(p []byte) (int, error) {
	for len(d.ready) == 0 {
		if d.over {
			return 0, io.EOF
		}
		piece, err := d.in.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return 0, noEnd(err)
		}
		if d.begins && len(piece) > 0 && piece[0] == '.' {
			piece = piece[1:]
			d.over = len(bytes.TrimRight(piece, "\r\n")) == 0 && err == nil
		}
		d.begins = err == nil
		if !d.over {
			d.ready = piece
		}
	}
	n := copy(p, d.ready)
	d.ready = d.ready[n:]
	return n, nil
}
