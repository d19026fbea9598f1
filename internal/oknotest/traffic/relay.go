package traffic

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
)

// maxCommand and maxReceived bound what a relay reads, in bytes.
const (
	maxCommand  = 4 << 10
	maxReceived = 64 << 20
	relayWait   = 2 * time.Minute // for the other side
)

// Relay takes an installation's letters by SMTP (RFC 5321) and says what they
// are. It reads line by line: a library's server looks at every byte, and what
// it used of a shared processor was missing to the program that is measured.
type Relay struct {
	Addr  string // host:port
	taken func(to, messageID string, letter []byte) error
	l     net.Listener
	all   sync.WaitGroup
	mu    sync.Mutex
	open  map[net.Conn]bool // nil: closed
}

// NewRelay listens on a free port of this machine. taken hears of each letter,
// from several goroutines; its error is answered as a passing refusal.
func NewRelay(taken func(to, messageID string, letter []byte) error) (*Relay, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &Relay{Addr: l.Addr().String(), taken: taken, l: l, open: map[net.Conn]bool{}}
	r.all.Go(r.serve)
	return r, nil
}

func (r *Relay) serve() {
	for {
		c, err := r.l.Accept()
		if err != nil {
			return // closed
		}
		r.mu.Lock()
		closed := r.open == nil
		if !closed {
			r.open[c] = true
			r.all.Go(func() { r.talk(c) })
		}
		r.mu.Unlock()
		if closed {
			c.Close()
		}
	}
}

// Close ends it and every connection to it.
func (r *Relay) Close() error {
	err := r.l.Close()
	r.mu.Lock()
	for c := range r.open {
		err = errors.Join(err, c.Close())
	}
	r.open = nil
	r.mu.Unlock()
	r.all.Wait()
	return err
}

// talk is one connection. What goes wrong with it ends it: the program that was
// connected was killed, or is wrong and sends its letter again.
func (r *Relay) talk(c net.Conn) {
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.open[c] {
			delete(r.open, c)
			c.Close()
		}
	}()
	in, to := bufio.NewReaderSize(c, maxCommand), ""
	for answer := "220 localhost"; answer != ""; {
		if c.SetDeadline(time.Now().Add(relayWait)) != nil {
			return
		}
		if _, err := c.Write([]byte(answer + "\r\n")); err != nil || strings.HasPrefix(answer, "221") {
			return
		}
		line, err := in.ReadSlice('\n')
		if err != nil {
			return
		}
		answer = r.answer(c, in, strings.TrimSpace(string(line)), &to)
	}
}

// answer carries out one command; "" ends the connection.
func (r *Relay) answer(c net.Conn, in *bufio.Reader, line string, to *string) string {
	verb, rest, _ := strings.Cut(line, " ")
	switch strings.ToUpper(verb) {
	case "EHLO":
		return "250-localhost\r\n250-8BITMIME\r\n250 SMTPUTF8"
	case "HELO", "MAIL", "NOOP":
		return "250 fine"
	case "RSET":
		*to = ""
		return "250 fine"
	case "RCPT":
		_, path, _ := strings.Cut(rest, "<")
		if *to, _, _ = strings.Cut(path, ">"); *to == "" {
			return "501 to whom?"
		}
		return "250 fine"
	case "DATA":
		if *to == "" {
			return "503 to whom?"
		}
		if _, err := c.Write([]byte("354 go on\r\n")); err != nil {
			return ""
		}
		letter, err := received(in)
		if err != nil {
			return ""
		}
		if err := r.taken(*to, messageID(letter), letter); err != nil {
			return fmt.Sprintf("451 %v", err)
		}
		*to = ""
		return "250 taken"
	case "QUIT":
		return "221 bye"
	}
	return "500 what?"
}

// received reads a letter up to its dot (RFC 5321, section 4.5.2).
func received(in *bufio.Reader) ([]byte, error) {
	var letter []byte
	for begins := true; len(letter) <= maxReceived; {
		line, err := in.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
		if begins && line[0] == '.' {
			if line = line[1:]; string(line) == "\r\n" {
				return letter, nil
			}
		}
		letter = append(letter, line...)
		begins = err == nil
	}
	return nil, errors.New("the letter has no end")
}

func messageID(letter []byte) string {
	const name = "message-id:"
	for line := range bytes.Lines(letter) {
		if len(bytes.TrimSpace(line)) == 0 {
			break
		}
		if len(line) > len(name) && strings.EqualFold(string(line[:len(name)]), name) {
			return string(bytes.TrimSpace(line[len(name):]))
		}
	}
	return ""
}
