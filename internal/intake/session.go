package intake

import (
	"context"
	"errors"
	"io"
	"net"
	"time"

	"github.com/emersion/go-smtp"
)

// session is one dialogue with a peer.
type session struct {
	server  *Server
	peer    *peer
	conn    *smtp.Conn
	from    string
	size    int64 // that the peer announced, in bytes; 0: none
	to      []string
	refused int
	over    *surplus // of the letter in hand, under TLS; else nil
}

func (s *Server) session(c *smtp.Conn) (smtp.Session, error) {
	conn := c.Conn()
	if under, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = under.NetConn() // of TLS
	}
	p, ok := conn.(*peer)
	if !ok {
		return nil, answerLater
	}
	return &lmtpSession{session{server: s, peer: p, conn: c}}, nil
}

// Reset is smtp.Session's.
func (s *session) Reset() { s.from, s.to = "", nil }

// Logout is smtp.Session's.
func (s *session) Logout() error { return nil }

// Mail is smtp.Session's.
func (s *session) Mail(from string, o *smtp.MailOptions) error {
	s.from, s.size = from, o.Size
	return nil
}

// Rcpt takes only addresses of our mailboxes, signed ones too.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	ctx, cancel := context.WithTimeout(context.Background(), keepTime)
	defer cancel()
	if s.refused >= maxRefused {
		return answerEnough
	}
	_, err := s.server.receiver.mailbox(ctx, to)
	if errors.Is(err, ErrNoMailbox) {
		s.refused++
	}
	if err = s.answer(err); err == nil {
		s.to = append(s.to, to)
	}
	return err
}

// keepTime bounds what the database may take for one answer; the peer waits
// at least five minutes (RFC 5321, 4.5.3.2).
const keepTime = 2 * time.Minute

// Data takes a letter for all recipients at once: one that cannot be kept for
// one of them is to be sent again for all, and the others have it once.
func (s *session) Data(data io.Reader) error {
	err := s.take(data, func(ctx context.Context, raw []byte) error {
		for _, to := range s.ordered() {
			if err := s.keep(ctx, to, raw); err != nil {
				return err
			}
		}
		return nil
	})
	if s.unseen() {
		s.last(finalAnswer{"", err})
	}
	return err
}

// ordered are the recipients, the signed reply addresses first: of two
// addresses of one mailbox the first is kept with the letter.
func (s *session) ordered() []string {
	var signed, plain []string
	for _, to := range s.to {
		if _, _, _, ok := s.server.receiver.desk.ReplyAddresses().Parse(to); ok {
			signed = append(signed, to)
		} else {
			plain = append(plain, to)
		}
	}
	return append(signed, plain...)
}

// take spools the letter, then hands it to keep.
func (s *session) take(data io.Reader, keep func(ctx context.Context, raw []byte) error) error {
	s.peer.busy.Store(true)
	ctx, cancel := context.WithTimeout(context.Background(), dataTime)
	defer cancel()
	// A peer that drips is cut off; the library would wait for its end.
	cut := context.AfterFunc(ctx, func() {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			s.peer.Close()
		}
	})
	defer cut()
	if s.over = nil; s.overTLS() {
		s.over = &surplus{from: data}
		data = s.over
	}
	var letter spool
	defer letter.close()
	letter.expect(s.size)
	if err := letter.fill(data); err != nil {
		return s.spoolAnswer(err)
	}
	return s.answer(s.server.receiver.whole(ctx, &letter, func(raw []byte) error {
		ctx, cancel := context.WithTimeout(ctx, keepTime)
		defer cancel()
		return keep(ctx, raw)
	}))
}

func (s *session) keep(ctx context.Context, to string, raw []byte) error {
	source := "smtp"
	if s.server.o.LMTP {
		source = "lmtp"
	}
	return s.server.receiver.Keep(ctx, Arrival{
		EnvelopeFrom: s.from, EnvelopeTo: to, Source: source, Peer: peerName(s.peer.RemoteAddr()), Helo: s.conn.Hostname(), Raw: raw,
	})
}

// answer turns an outcome into an SMTP answer; trouble of ours is logged.
func (s *session) answer(err error) error {
	said := smtpAnswer(err)
	if said == error(answerLater) {
		s.server.receiver.log.Error("a letter could not be taken in", "peer", peerName(s.peer.RemoteAddr()), "error", err)
	}
	return said
}

// spoolAnswer says why a letter did not arrive whole.
func (s *session) spoolAnswer(err error) error {
	var timeout net.Error
	switch {
	case err == error(smtp.ErrDataTooLarge):
		return err
	case errors.Is(err, smtp.ErrTooLongLine):
		return answerLongLine // sent again it would be as long
	case errors.As(err, &timeout) && timeout.Timeout():
		return answerSlow
	}
	return s.answer(err)
}

// lmtpSession answers for each recipient by himself (RFC 2033, 4.2).
type lmtpSession struct{ session }

// LMTPData is smtp.LMTPSession's.
func (s *lmtpSession) LMTPData(data io.Reader, status smtp.StatusCollector) error {
	answers := map[string]error{}
	err := s.take(data, func(ctx context.Context, raw []byte) error {
		for _, to := range s.ordered() {
			answers[to] = s.answer(s.keep(ctx, to, raw))
			if !s.unseen() {
				status.SetStatus(to, answers[to])
			}
		}
		return nil
	})
	if s.unseen() {
		var all []finalAnswer
		for _, to := range s.to {
			said, kept := answers[to]
			if !kept {
				said = err
			}
			all = append(all, finalAnswer{"<" + to + "> ", said})
		}
		s.last(all...)
		return err
	}
	if len(answers) > 0 {
		return nil
	}
	return err
}

var _ smtp.LMTPSession = (*lmtpSession)(nil)
