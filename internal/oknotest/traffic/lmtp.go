package traffic

import (
	"net"
	"time"

	"github.com/emersion/go-smtp"
)

// LMTP is a mail server beside an installation that delivers letters to it,
// one after another over a connection that it keeps. After an error it begins a
// new one. It is for one goroutine.
type LMTP struct {
	To string // host:port
	c  *smtp.Client
}

// Send hands a letter with CRLF line ends over. nil: it was answered 250.
func (p *LMTP) Send(from, to string, letter []byte) error {
	err := p.send(from, to, letter)
	if err != nil {
		p.Close()
	}
	return err
}

func (p *LMTP) send(from, to string, letter []byte) error {
	if p.c == nil {
		conn, err := net.DialTimeout("tcp", p.To, time.Second)
		if err != nil {
			return err
		}
		p.c = smtp.NewClientLMTP(conn)
		p.c.CommandTimeout, p.c.SubmissionTimeout = answerTime, answerTime
	}
	if err := p.c.Mail(from, &smtp.MailOptions{Size: int64(len(letter))}); err != nil {
		return err
	}
	if err := p.c.Rcpt(to, nil); err != nil {
		return err
	}
	data, err := p.c.Data()
	if err != nil {
		return err
	}
	if _, err := data.Write(letter); err != nil {
		return err
	}
	return data.Close()
}

// Close ends the connection.
func (p *LMTP) Close() {
	if p.c != nil {
		p.c.Close()
		p.c = nil
	}
}
