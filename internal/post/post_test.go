package post_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/oknotest/port"
	"github.com/oknodesk/okno/internal/post"
)

var (
	busy   = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "Come back later"}
	nobody = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such mailbox"}
)

func transport(t *testing.T, r post.Relay) *post.SMTP {
	s := post.NewSMTP(r)
	t.Cleanup(s.Close)
	return s
}

func TestALetterLeavesAsItIs(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		s := newSink(t, nil)
		r := newRig(t, d, transport(t, s.relay()))
		for i := range 5 {
			r.queue(fmt.Sprint("letter-", i))
			l := r.settle()
			if l.State != okno.LetterSent || l.Attempts != 1 || l.Answer == "" || l.Sent.IsZero() || len(l.Bytes) != 0 {
				t.Fatalf("letter: %+v", l)
			}
		}
		letters := s.taken()
		if len(letters) != 5 || !strings.HasPrefix(letters[0].from, "support+b") || letters[0].to != "carl@customer.example" {
			t.Fatalf("taken: %+v", letters)
		}
		if want := "Subject: Lamp\r\n\r\nYes.\r\n.\r\n..dots\r\n"; !strings.HasSuffix(string(letters[0].raw), want) {
			t.Errorf("the bytes changed on the way: %q", letters[0].raw)
		}
		if n := s.opened(); n != 1 {
			t.Errorf("%d connections for letters one after another, want 1", n)
		}
	})
}

func TestRefusedForNowItIsTriedAgainLater(t *testing.T) {
	for where, refuse := range map[string]func(*sink){
		"recipient": func(s *sink) { s.rcpt = []error{busy, busy} },
		"letter":    func(s *sink) { s.data = []error{busy, busy} },
	} {
		t.Run(where, func(t *testing.T) {
			each(t, func(t *testing.T, d *db.DB) {
				s := newSink(t, refuse)
				r := newRig(t, d, transport(t, s.relay()))
				r.queue("letter")
				first := r.settle()
				if first.State != okno.LetterDelayed || first.Attempts != 1 || first.Trouble != "451 4.3.2 Come back later" {
					t.Fatalf("after 451: %+v", first)
				}
				r.pass(time.Minute - time.Second)
				if l := r.settle(); l.Attempts != 1 {
					t.Errorf("tried again too soon: %d attempts", l.Attempts)
				}
				r.pass(time.Second)
				if l := r.settle(); l.Attempts != 2 || l.State != okno.LetterDelayed {
					t.Fatalf("a minute later: %+v", l)
				}
				r.pass(5*time.Minute - time.Second)
				if l := r.settle(); l.Attempts != 2 {
					t.Errorf("tried again too soon: %d attempts", l.Attempts)
				}
				r.pass(time.Second)
				last := r.settle()
				if last.State != okno.LetterSent || last.Attempts != 3 || last.Trouble != "" {
					t.Fatalf("five minutes later: %+v", last)
				}
				if got := s.taken(); len(got) != 1 || !sameBytes(got[0].raw, first.Bytes) {
					t.Errorf("taken %d times, or with another Message-ID", len(got))
				}
				if n := s.opened(); n != 1 {
					t.Errorf("%d connections: a refusal is no reason to leave", n)
				}
			})
		})
	}
}

func TestRefusedForGoodItIsGivenUpAndTold(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		s := newSink(t, func(s *sink) { s.rcpt = []error{nobody} })
		r := newRig(t, d, transport(t, s.relay()))
		r.queue("letter")
		l := r.settle()
		if l.State != okno.LetterFailed || l.Trouble != "550 5.1.1 No such mailbox" {
			t.Errorf("after 550: %+v", l)
		}
		if got := r.returned(); len(got) != 1 || got[0] != "failed" {
			t.Errorf("facts: %v", got)
		}
		r.pass(24 * time.Hour)
		if l = r.settle(); l.Attempts != 1 {
			t.Error("it is tried again")
		}
		must(t, r.RetryLetter(t.Context(), okno.Console(), l.Ref))
		if l = r.settle(); l.State != okno.LetterSent {
			t.Errorf("sent again by hand: %+v", l)
		}
	})
}

func TestWhileTheRelayIsDownLettersWait(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		kept, err := port.Keep()
		must(t, err)
		address, err := net.ResolveTCPAddr("tcp", kept)
		must(t, err)
		r := newRig(t, d, transport(t, post.Relay{Host: "127.0.0.1", Port: address.Port}))
		r.queue("letter")
		if l := r.settle(); l.State != okno.LetterDelayed || l.Trouble == "" {
			t.Fatalf("letter: %+v", l)
		}
		s := &sink{}
		s.server = smtp.NewServer(s)
		up, err := net.Listen("tcp", address.String())
		must(t, err)
		s.start(t, up)
		r.pass(time.Minute)
		if l := r.settle(); l.State != okno.LetterSent {
			t.Errorf("the relay is back: %+v", l)
		}
	})
}

func TestAfterThreeDaysItIsGivenUp(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		s := newSink(t, func(s *sink) {
			for range 100 {
				s.rcpt = append(s.rcpt, busy)
			}
		})
		r := newRig(t, d, transport(t, s.relay()))
		r.queue("letter")
		l := r.settle()
		for range 30 {
			if l.State != okno.LetterDelayed {
				break
			}
			r.pass(4 * time.Hour)
			l = r.settle()
		}
		if l.State != okno.LetterFailed || r.now().Sub(l.At) != 72*time.Hour {
			t.Errorf("%s after %s and %d attempts", l.State, r.now().Sub(l.At), l.Attempts)
		}
	})
}

// crashing is a way on which the program dies after the relay has accepted.
type crashing struct {
	post.Transport
	crash bool
}

func (c *crashing) Send(ctx context.Context, from, to string, raw []byte) (string, error) {
	answer, err := c.Transport.Send(ctx, from, to, raw)
	if c.crash {
		c.crash = false
		panic("the power fails")
	}
	return answer, err
}

func TestACrashAfterAcceptanceSendsTheSameLetterAgain(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		s := newSink(t, nil)
		r := newRig(t, d, &crashing{Transport: transport(t, s.relay()), crash: true})
		r.queue("letter")
		if l := r.settle(); l.State != okno.LetterQueued {
			t.Fatalf("after the crash: %+v", l)
		}
		r.pass(time.Minute)
		if l := r.settle(); l.State != okno.LetterSent {
			t.Fatalf("afterwards: %+v", l)
		}
		got := s.taken()
		if len(got) != 2 || !sameBytes(got[0].raw, got[1].raw) {
			t.Errorf("%d letters, which are not the same", len(got))
		}
		r.pass(time.Hour)
		r.settle()
		if n := len(s.taken()); n != 2 {
			t.Errorf("sent %d times", n)
		}
	})
}

// stopped is a way on which the program is told to stop just when the relay has
// accepted.
type stopped struct {
	post.Transport
	stop context.CancelFunc
}

func (s *stopped) Send(ctx context.Context, from, to string, raw []byte) (string, error) {
	defer s.stop()
	return s.Transport.Send(ctx, from, to, raw)
}

func TestWhatWasAcceptedWhileTheProgramStopsIsNotSentAgain(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		ctx, stop := context.WithCancel(t.Context())
		s := newSink(t, nil)
		r := newRig(t, d, &stopped{transport(t, s.relay()), stop})
		must(t, r.QueueLetters(t.Context(), []desk.Outgoing{{Hold: time.Hour, Letter: okno.Letter{
			Kind: okno.LetterAnswer, Origin: "letter", Ticket: r.ticket, From: "support@desk.example", To: "carl@customer.example",
			Subject: "Lamp", MessageID: "letter@desk.example", Bytes: []byte("Subject: Lamp\r\n\r\nYes.\r\n"), Shown: "Yes.",
		}}}))
		must(t, r.post.Attempt(ctx, r.settle().ID))
		if l := r.settle(); ctx.Err() == nil || l.State != okno.LetterSent || l.Attempts != 1 {
			t.Errorf("%s after %d attempts", l.State, l.Attempts)
		}
		r.pass(2 * time.Hour)
		r.settle()
		if n := len(s.taken()); n != 1 {
			t.Errorf("sent %d times", n)
		}
	})
}

func TestAddressesBeyondASCIIAreSentAsTheRelayKnowsThem(t *testing.T) {
	s := newSink(t, nil)
	by := transport(t, s.relay())
	_, err := by.Send(t.Context(), "support@desk.example", "carl@bücher.example", []byte("Subject: x\r\n\r\ny\r\n"))
	must(t, err)
	if got := s.taken(); got[0].to != "carl@xn--bcher-kva.example" {
		t.Errorf("recipient %q", got[0].to)
	}
	_, err = by.Send(t.Context(), "support@desk.example", "карл@customer.example", []byte("Subject: x\r\n\r\ny\r\n"))
	var no *post.Refusal
	if !errors.As(err, &no) || !no.Permanent {
		t.Errorf("a relay without SMTPUTF8: %v", err)
	}
}
