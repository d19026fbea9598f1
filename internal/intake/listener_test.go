package intake_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/intake"
)

// send is a whole SMTP dialogue; the answer is the first refusal.
func send(c *smtp.Client, from string, to []string, data io.Reader) error {
	if err := c.Mail(from, nil); err != nil {
		return err
	}
	for _, one := range to {
		if err := c.Rcpt(one, nil); err != nil {
			return err
		}
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, data); err != nil {
		return err
	}
	return w.Close()
}

func code(err error) int {
	var said *smtp.SMTPError
	if errors.As(err, &said) {
		return said.Code
	}
	return 0
}

func TestALetterBySMTPIsKeptForEachOfItsMailboxes(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		_, address := r.serve(intake.ServerOptions{})
		c := r.dial(address)
		must(t, send(c, "carl@customer.example", []string{support, sales}, strings.NewReader(simple("both"))))
		must(t, send(c, "carl@customer.example", []string{support}, strings.NewReader(simple("next"))))
		r.settle()
		kept := r.kept()
		if len(kept) != 3 || r.tickets() != 2 {
			t.Fatalf("%d letters kept, %d tickets", len(kept), r.tickets())
		}
		if k := kept[2]; k.Source != "smtp" || k.Peer != "127.0.0.1" || k.Helo != "mail.customer.example" || k.EnvelopeFrom != "carl@customer.example" || k.EnvelopeTo != support {
			t.Errorf("%+v", k)
		}
	})
}

func TestOnlyOurAddressesAreTaken(t *testing.T) {
	r := one(t)
	ticket, reply := r.opened()
	_, address := r.serve(intake.ServerOptions{})
	c := r.dial(address)
	must(t, c.Mail("carl@customer.example", nil))
	for to, want := range map[string]int{
		support: 0, strings.ToUpper(support): 0, reply: 0,
		"nobody@desk.example": 550, "support@elsewhere.example": 550, "support+rabcdefgh@desk.example": 550,
		r.ReplyAddresses().For("other@desk.example", int64(ticket.ID), 1): 550,
	} {
		if got := code(c.Rcpt(to, nil)); got != want {
			t.Errorf("%s: %d, want %d", to, got, want)
		}
	}
	for range 30 {
		_ = c.Rcpt("guess@desk.example", nil) // refused each time
	}
	if got := code(c.Rcpt("guess@desk.example", nil)); got != 450 {
		t.Errorf("who guesses on is answered %d", got)
	}
}

func TestTroubleOfOursIsTemporaryAndLosesNothing(t *testing.T) {
	d, err := db.Open(t.Context(), dbtest.SQLite(t), db.Options{Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	r := newRig(t, d)
	_, address := r.serve(intake.ServerOptions{})
	c := r.dial(address)
	must(t, c.Mail("carl@customer.example", nil))
	must(t, c.Rcpt(support, nil))
	r.stop()
	must(t, r.db.Close())
	w, err := c.Data()
	must(t, err)
	_, err = io.WriteString(w, simple("kept by its sender"))
	must(t, err)
	if err := w.Close(); code(err) != 451 {
		t.Errorf("a letter that cannot be kept is answered %v", err)
	}
	if got := r.receiver.Pipe(t.Context(), support, strings.NewReader(simple("piped"))); got != 75 {
		t.Errorf("a pipe ends with %d", got)
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	r := one(t)
	_, address := r.serve(intake.ServerOptions{PerAddress: 2})
	first := r.speak("tcp", address)
	r.speak("tcp", address)
	if got := greeting(t, address); got != "421" {
		t.Errorf("the third connection is answered %s", got)
	}
	first.says("QUIT\r\n", "221")
	until(t, "the place is free again", func() bool { return greeting(t, address) == "220" })

	_, address = r.serve(intake.ServerOptions{PerMinute: 3})
	for i, want := range []string{"220", "220", "220", "421"} {
		if got := greeting(t, address); got != want {
			t.Errorf("connection %d within a minute is answered %s", i+1, got)
		}
	}
}

// greeting is the code a new connection is answered with.
func greeting(t *testing.T, address string) string {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	must(t, err)
	defer conn.Close()
	line, err := bufio.NewReader(conn).ReadString('\n')
	must(t, err)
	return line[:3]
}

func TestSTARTTLSIsOfferedWithACertificate(t *testing.T) {
	r := one(t)
	cert, roots := certificate(t, "127.0.0.1")
	_, address := r.serve(intake.ServerOptions{TLS: &tls.Config{Certificates: []tls.Certificate{cert}}})
	conn, err := net.Dial("tcp", address)
	must(t, err)
	c, err := smtp.NewClientStartTLS(conn, &tls.Config{RootCAs: roots, ServerName: "127.0.0.1"})
	must(t, err)
	defer c.Close()
	must(t, c.Hello("mail.customer.example"))
	must(t, send(c, "carl@customer.example", []string{support}, strings.NewReader(simple("secret"))))
	if len(r.kept()) != 1 {
		t.Error("it was not kept")
	}
}

func TestALetterWithSurplusCRsIsTakenUnderTLS(t *testing.T) {
	r := one(t)
	cert, roots := certificate(t, "127.0.0.1")
	o := intake.ServerOptions{TLS: &tls.Config{Certificates: []tls.Certificate{cert}}}
	_, bySMTP := r.serve(o)
	o.LMTP = true
	_, byLMTP := r.serve(o)
	want := 0
	for i, c := range []struct{ address, hello, end string }{
		{bySMTP, "EHLO", "\r\r\n.\r\n"}, {bySMTP, "EHLO", "\r\r\n.\r\r\n"}, {byLMTP, "LHLO", "\r\r\n.\r\n"}, {byLMTP, "LHLO", "\r\r\n.\r\r\n"},
	} {
		conn, err := net.Dial("tcp", c.address)
		must(t, err)
		answers := bufio.NewReader(conn)
		say := func(on io.Writer, words, want string) {
			t.Helper()
			_, err := io.WriteString(on, words)
			must(t, err)
			for {
				line, err := answers.ReadString('\n')
				if err != nil || !strings.HasPrefix(line, want) {
					t.Fatalf("after %q: %q, %v", words, line, err)
				}
				if line[3] == ' ' {
					return
				}
			}
		}
		say(conn, "", "220")
		say(conn, c.hello+" mail.customer.example\r\n", "250")
		say(conn, "STARTTLS\r\n", "220")
		under := tls.Client(conn, &tls.Config{RootCAs: roots, ServerName: "127.0.0.1"})
		answers = bufio.NewReader(under)
		say(under, c.hello+" mail.customer.example\r\n", "250")
		say(under, "MAIL FROM:<carl@customer.example>\r\n", "250")
		say(under, "RCPT TO:<"+support+">\r\n", "250")
		if c.hello == "LHLO" {
			say(under, "RCPT TO:<"+sales+">\r\n", "250")
		}
		say(under, "DATA\r\n", "354")
		whole := fmt.Sprintf("From: carl@customer.example\nSubject: Surplus %d\n\nA line.\n.. and a dot\nThe end.", i)
		say(under, strings.ReplaceAll(whole, "\n", "\r\r\n")+c.end, "250 2.0.0")
		if want++; c.hello == "LHLO" { // each recipient has an answer of his own
			say(under, "", "250 2.0.0 <"+sales+">")
			want++
		}
		if kept := r.kept(); len(kept) != want {
			t.Fatalf("%d letters are kept", len(kept))
		}
		r.settle()
		if m := r.page(r.kept()[0].Ticket).Messages[0]; !strings.HasPrefix(m.Text, "A line.\n. and a dot\nThe end.") || len(m.Text) > 40 {
			t.Errorf("it reads %q", m.Text)
		}
		must(t, conn.Close())
	}
}

func TestLMTPAnswersForEachRecipientAtItsSocket(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		path := filepath.Join(t.TempDir(), "lmtp.sock")
		for range 2 { // the second time a stale socket lies there
			l, err := intake.Listen("unix", path)
			must(t, err)
			l.(*net.UnixListener).SetUnlinkOnClose(false)
			info, err := os.Stat(path)
			must(t, err)
			if info.Mode().Perm() != 0o660 {
				t.Errorf("the socket has mode %o", info.Mode().Perm())
			}
			if _, err := intake.Listen("unix", path); err == nil {
				t.Error("a living socket was replaced")
			}
			must(t, l.Close())
		}
		l, err := intake.Listen("unix", path)
		must(t, err)
		s := intake.NewServer(r.receiver, intake.ServerOptions{LMTP: true})
		done := make(chan error, 1)
		go func() { done <- s.Serve(l) }()
		d := r.speak("unix", path)
		d.says("LHLO mx.desk.example\r\n", "250")
		d.says("MAIL FROM:<carl@customer.example>\r\n", "250")
		d.says("RCPT TO:<"+support+">\r\n", "250")
		d.says("RCPT TO:<nobody@desk.example>\r\n", "550")
		d.says("RCPT TO:<"+sales+">\r\n", "250")
		d.says("DATA\r\n", "354")
		d.says(simple("lmtp")+".\r\n", "250")
		d.hears("250")
		must(t, s.Shutdown(t.Context()))
		must(t, <-done)
		kept := r.kept()
		if len(kept) != 2 || kept[0].Source != "lmtp" || kept[0].Peer != "unix" {
			t.Errorf("%+v", kept)
		}
	})
}

func TestShutdownFinishesTheLetterInHand(t *testing.T) {
	r := one(t)
	s, address := r.serve(intake.ServerOptions{})
	idle := r.speak("tcp", address)
	d := r.speak("tcp", address)
	d.begin()
	down := make(chan error, 1)
	go func() { down <- s.Shutdown(context.Background()) }()
	if _, err := idle.answers.ReadByte(); err == nil {
		t.Error("an idle peer was kept")
	}
	d.says(simple("the last")+".\r\n", "250")
	must(t, <-down)
	if len(r.kept()) != 1 {
		t.Error("the letter in hand was lost")
	}
}

func TestHostileLettersAreReadWithinBounds(t *testing.T) {
	parts := &strings.Builder{}
	parts.WriteString("From: carl@customer.example\r\nSubject: Parts\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n")
	for range 10_000 {
		parts.WriteString("--b\r\nContent-Type: application/octet-stream\r\n\r\nx\r\n")
	}
	for name, raw := range map[string]string{
		"a header of 1 MB": "From: carl@customer.example\r\nX-Long: " + strings.Repeat("x", 1<<20) + "\r\nSubject: Long\r\n\r\nText.\r\n",
		"10,000 parts":     parts.String(),
		"broken":           "\x00\xff\xfe: nothing\r\r\r\n=?utf-8?b?\r\nContent-Type: multipart/mixed; boundary=\"\r\n\r\n--\x00",
		"a body only":      "\r\n\r\nJust words.\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, r *rig) {
				began := time.Now()
				k := r.come(intake.Arrival{EnvelopeFrom: "carl@customer.example", EnvelopeTo: support, Source: "smtp", Raw: []byte(raw)})
				if k.State != okno.KeptJoined {
					t.Fatalf("it ended as %s: %+v", k.State, k.Trace)
				}
				if took := time.Since(began); took > 10*time.Second {
					t.Errorf("it took %s", took)
				}
			})
		})
	}
}

// A program that is stopped while it starts must end.
func TestAServerThatIsShutDownBeforeItServesTakesNobodyIn(t *testing.T) {
	r := one(t)
	l, err := intake.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	s := intake.NewServer(r.receiver, intake.ServerOptions{})
	must(t, s.Shutdown(t.Context()))
	must(t, s.Serve(l))
	if conn, err := net.Dial("tcp", l.Addr().String()); err == nil {
		conn.Close()
		t.Error("it still listens")
	}
}

func TestWhatIsOfferedIsTaken(t *testing.T) {
	r := one(t)
	r.smaller(100_000)
	_, address := r.serve(intake.ServerOptions{})
	c := r.dial(address)
	for _, name := range []string{"8BITMIME", "SMTPUTF8", "SIZE", "PIPELINING", "ENHANCEDSTATUSCODES"} {
		if offered, _ := c.Extension(name); !offered {
			t.Errorf("%s is not offered", name)
		}
	}
	if _, limit := c.Extension("SIZE"); limit != "100000" {
		t.Errorf("SIZE %s", limit)
	}
	if got := code(c.Mail("carl@customer.example", &smtp.MailOptions{Size: 100_001})); got != 552 {
		t.Errorf("a letter that says it is too large is answered %d", got)
	}
	must(t, c.Reset())
	const from = "карл@клиент.example"
	must(t, c.Mail(from, &smtp.MailOptions{UTF8: true, Body: smtp.Body8BitMIME}))
	must(t, c.Rcpt(support, nil))
	data, err := c.Data()
	must(t, err)
	_, err = io.WriteString(data, letter("From: Карл <"+from+">", "To: "+support, "Subject: Лампа", "Message-ID: <wide@customer.example>", "MIME-Version: 1.0",
		"Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "", "Не горит."))
	must(t, err)
	must(t, data.Close())
	r.settle()
	k := r.last()
	if k.EnvelopeFrom != from || k.State != okno.KeptJoined {
		t.Fatalf("%+v", k)
	}
	page := r.page(k.Ticket)
	if page.Ticket.Subject != "Лампа" || len(page.Messages) != 1 || !strings.Contains(page.Messages[0].Text, "Не горит.") {
		t.Errorf("%+v", page.Ticket)
	}
}
