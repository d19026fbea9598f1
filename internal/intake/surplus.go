package intake

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/emersion/go-smtp"
)

// surplus reads a letter's data under TLS. There the surplus CR of lines that
// end in CR CR LF cannot be dropped before the SMTP library reads them (peer),
// and the library neither knows the dots that such a line is begun with nor the
// letter's end (RFC 5321, 4.5.2 and 4.1.1.4): it would wait for an end that has
// come.
type surplus struct {
	from  io.Reader
	state surplusState
	crs   int    // after the dot, not passed on yet
	ready []byte // to be passed on
	one   [1]byte
	// ended: the letter is over, and the library does not know it.
	ended bool
}

type surplusState uint8

const (
	inLine surplusState = iota
	afterCR
	afterTwo   // CRs or more: the library does not see the line's end
	lineBegins // behind such an end
	afterDot   // the first of such a line
)

// Read is io.Reader's. It asks for one byte at a time: the library returns
// nothing before it has as many as it was asked for.
func (s *surplus) Read(b []byte) (int, error) {
	n := 0
	for n < len(b) {
		if len(s.ready) > 0 {
			n += copy(b[n:], s.ready)
			s.ready = s.ready[:0]
			continue
		}
		if s.ended {
			return n, io.EOF
		}
		if _, err := io.ReadFull(s.from, s.one[:]); err != nil {
			return n, err
		}
		if c := s.one[0]; s.state == afterDot {
			s.behindDot(c)
		} else if s.passes(c) {
			b[n] = c
			n++
		}
	}
	return n, nil
}

// passes follows the lines; a dot that begins one is held back.
func (s *surplus) passes(c byte) bool {
	switch {
	case s.state == lineBegins && c == '.':
		s.state, s.crs = afterDot, 0
		return false
	case c == '\r' && (s.state == afterCR || s.state == afterTwo):
		s.state = afterTwo
	case c == '\r':
		s.state = afterCR
	case c == '\n' && s.state == afterTwo:
		s.state = lineBegins
	default:
		s.state = inLine
	}
	return true
}

// behindDot knows the end of the letter: a dot with nothing behind it. Else the
// dot was put there by the sender.
func (s *surplus) behindDot(c byte) {
	switch {
	case c == '\r' && s.crs < maxSurplus:
		s.crs++
	case c == '\n' && s.crs > 0:
		s.ended = true
	default:
		s.ready = append(bytes.Repeat([]byte{'\r'}, s.crs), c)
		s.state = inLine
		if c == '\r' {
			s.state = afterTwo
		}
	}
}

// maxSurplus bounds the CRs behind a dot that are waited for.
const maxSurplus = 100

// overTLS reports whether the peer speaks under TLS.
func (s *session) overTLS() bool {
	_, is := s.conn.Conn().(*tls.Conn)
	return is
}

// unseen reports whether the letter in hand has ended and the library does not
// know it.
func (s *session) unseen() bool { return s.over != nil && s.over.ended }

// finalAnswer is what is said of a letter, by LMTP to one recipient, with what
// stands before the words.
type finalAnswer struct {
	before string
	err    error
}

// last gives the answers for a letter whose end the library does not see, and
// ends the dialogue: the peer knows what became of it, and begins anew.
func (s *session) last(answers ...finalAnswer) {
	var lines []byte
	for _, a := range answers {
		said := &smtp.SMTPError{Code: 250, EnhancedCode: smtp.EnhancedCode{2, 0, 0}, Message: "OK: queued"}
		errors.As(a.err, &said)
		lines = fmt.Appendf(lines, "%d %d.%d.%d %s%s\r\n", said.Code, said.EnhancedCode[0], said.EnhancedCode[1], said.EnhancedCode[2], a.before, said.Message)
	}
	conn := s.conn.Conn()
	_ = conn.SetWriteDeadline(time.Now().Add(writeTime))
	_, failed := conn.Write(lines)
	if failed = errors.Join(failed, conn.Close()); failed != nil {
		s.server.receiver.log.Warn("the answer for a letter did not reach its sender", "peer", peerName(s.peer.RemoteAddr()), "error", failed)
	}
}
