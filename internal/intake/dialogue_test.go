package intake_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/intake"
)

// dialogue is a connection spoken to by hand.
type dialogue struct {
	t *testing.T
	net.Conn
	answers *bufio.Reader
}

func (r *rig) speak(network, address string) *dialogue {
	r.t.Helper()
	conn, err := net.Dial(network, address)
	must(r.t, err)
	r.t.Cleanup(func() { conn.Close() })
	must(r.t, conn.SetDeadline(time.Now().Add(time.Minute)))
	d := &dialogue{t: r.t, Conn: conn, answers: bufio.NewReader(conn)}
	d.hears("220")
	return d
}

// says sends what is said and hears an answer that begins so.
func (d *dialogue) says(words, answer string) {
	d.t.Helper()
	_, err := io.WriteString(d, words)
	must(d.t, err)
	d.hears(answer)
}

func (d *dialogue) hears(answer string) {
	d.t.Helper()
	for {
		line, err := d.answers.ReadString('\n')
		if err != nil || !strings.HasPrefix(line, answer) {
			d.t.Fatalf("answered %q (%v), want %s", line, err, answer)
		}
		if line[3] != '-' {
			return
		}
	}
}

func (d *dialogue) begin() {
	d.says("EHLO mail.customer.example\r\n", "250")
	d.says("MAIL FROM:<carl@customer.example>\r\n", "250")
	d.says("RCPT TO:<"+support+">\r\n", "250")
	d.says("DATA\r\n", "354")
}

func TestDoubledCRsDoNotHideTheEndOfALetter(t *testing.T) {
	r := one(t)
	_, address := r.serve(intake.ServerOptions{})
	d := r.speak("tcp", address)
	d.begin()
	d.says("From: carl@customer.example\r\r\nSubject: Old\r\r\n\r\r\nLines end twice.\r\r\n.\r\n", "250")
	d.says("RSET\r\n", "250")
	d.begin()
	d.says("From: carl@customer.example\r\nSubject: a\rlone CR stays\r\n\r\nText.\r\n.\r\n", "250")
	r.settle()
	if p := r.page(r.kept()[1].Ticket); p.Ticket.Subject != "Old" || p.Messages[0].Text != "Lines end twice." {
		t.Errorf("%q: %q", p.Ticket.Subject, p.Messages[0].Text)
	}
}

func TestALineOfTwoHundredThousandBytesIsTaken(t *testing.T) {
	r := one(t)
	_, address := r.serve(intake.ServerOptions{})
	d := r.speak("tcp", address)
	d.begin()
	d.says("From: carl@customer.example\r\nSubject: One line\r\n\r\n"+strings.Repeat("word ", 40_000)+"\r\n.\r\n", "250")
}

func TestASlowSteadyPeerIsServedAndASilentOneCutOff(t *testing.T) {
	r := one(t)
	const idle = 3 * time.Second // a busy machine may keep the steady one from its turn for a while
	_, address := r.serve(intake.ServerOptions{Idle: idle})
	silent, steady := r.speak("tcp", address), r.speak("tcp", address)
	silent.begin()
	_, err := io.WriteString(silent, "Subject: Never ends\r\n")
	must(t, err)
	steady.begin()
	tick := time.NewTicker(idle / 10)
	defer tick.Stop()
	for i := range 12 { // longer than idle in all
		<-tick.C
		_, err := fmt.Fprintf(steady, "X-Line-%d: slow\r\n", i)
		must(t, err)
	}
	steady.says("Subject: Slow\r\n\r\nText.\r\n.\r\n", "250")
	silent.hears("451")
	if len(r.kept()) != 1 {
		t.Errorf("%d letters kept", len(r.kept()))
	}
}
