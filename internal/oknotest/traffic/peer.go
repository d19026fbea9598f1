// Package traffic is the world outside of an installation: mail servers that
// send it letters, browsers that send it forms, the relay that its own letters
// leave through.
package traffic

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/oknodesk/okno/internal/oknotest/program"
)

// answerTime bounds the wait for an answer: a program that was killed gives none.
const answerTime = time.Minute

// Refusal is a mail server's no.
type Refusal struct{ Line string }

// Error is its words.
func (r *Refusal) Error() string { return r.Line }

// Passing reports whether the letter may be sent again later (4xx).
func (r *Refusal) Passing() bool { return strings.HasPrefix(r.Line, "4") }

// Peer is a mail server that sends letters to an installation, one after
// another over a connection that it keeps. After an error it begins a new one.
// It is for one goroutine.
type Peer struct {
	To   string // host:port
	conn net.Conn
	in   *bufio.Reader
}

// Send hands a letter with CRLF line ends over. nil: it was answered 250;
// Refusal: it was answered no; else nobody knows.
func (p *Peer) Send(from, to string, letter []byte) error {
	err := p.send(from, to, letter)
	if err != nil {
		p.Close()
	}
	return err
}

func (p *Peer) send(from, to string, letter []byte) error {
	if p.conn == nil {
		if err := p.dial(); err != nil {
			return err
		}
	}
	if err := p.conn.SetDeadline(time.Now().Add(answerTime)); err != nil {
		return err
	}
	// RFC 2920: all three in one go, since the server offers PIPELINING; and
	// RFC 1870: how large it is.
	if _, err := fmt.Fprintf(p.conn, "MAIL FROM:<%s> SIZE=%d\r\nRCPT TO:<%s>\r\nDATA\r\n", from, len(letter), to); err != nil {
		return err
	}
	for _, want := range []string{"250", "250", "354"} {
		if err := p.expect(want); err != nil {
			return err
		}
	}
	body := bytes.ReplaceAll(letter, []byte("\r\n."), []byte("\r\n.."))
	if !bytes.HasSuffix(body, []byte("\r\n")) {
		body = append(body, "\r\n"...)
	}
	if _, err := p.conn.Write(append(body, ".\r\n"...)); err != nil {
		return err
	}
	return p.expect("250")
}

func (p *Peer) dial() error {
	conn, err := net.DialTimeout("tcp", p.To, answerTime)
	if err != nil {
		return err
	}
	p.conn, p.in = conn, bufio.NewReader(conn)
	if err := conn.SetDeadline(time.Now().Add(answerTime)); err != nil {
		return err
	}
	if err := p.expect("220"); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(conn, "EHLO %s\r\n", program.Relay); err != nil {
		return err
	}
	return p.expect("250")
}

// expect reads an answer, of several lines perhaps (RFC 5321, 4.2.1).
func (p *Peer) expect(code string) error {
	for {
		line, err := p.in.ReadString('\n')
		if err != nil {
			return err
		}
		line = strings.TrimRight(line, "\r\n")
		if len(line) > 3 && line[3] == '-' {
			continue
		}
		if !strings.HasPrefix(line, code) {
			return &Refusal{line}
		}
		return nil
	}
}

// Close ends the connection, if there is one.
func (p *Peer) Close() {
	if p.conn != nil {
		p.conn.Close() // nothing is under way on it
		p.conn = nil
	}
}
