package post_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/post"
)

var plainLetter = []byte("Subject: x\r\n\r\ny\r\n")

func TestHowTheConnectionIsProtected(t *testing.T) {
	cert, roots := certificate(t)
	offering := func(s *sink) { s.server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}} }
	for _, c := range []struct {
		name  string
		sink  func(*sink)
		relay func(*post.Relay)
		want  string // of the error; empty: it goes
		tls   bool
		why   okno.Trouble
	}{
		{"offered and taken", offering, func(r *post.Relay) { r.Roots = roots }, "", true, ""},
		{"not offered", nil, func(*post.Relay) {}, "", false, ""},
		{"not wanted", offering, func(r *post.Relay) { r.TLS = post.TLSNone }, "", false, ""},
		{"required and offered", offering, func(r *post.Relay) { r.TLS, r.Roots = post.TLSRequired, roots }, "", true, ""},
		{"required, not offered", nil, func(r *post.Relay) { r.TLS = post.TLSRequired }, "STARTTLS", false, okno.TroubleSecurity},
		{"offered by nobody we trust", offering, func(*post.Relay) {}, "certificate", false, okno.TroubleCertificate},
		{"required, by nobody we trust", offering, func(r *post.Relay) { r.TLS = post.TLSRequired }, "certificate", false, okno.TroubleCertificate},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSink(t, c.sink)
			relay := s.relay()
			c.relay(&relay)
			by := transport(t, relay)
			_, err := by.Send(t.Context(), "support@desk.example", "carl@customer.example", plainLetter)
			checked := by.Check(t.Context())
			if (c.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), c.want) || (checked == nil) != (err == nil) {
				t.Fatalf("%v, and the check says %v; want %q", err, checked, c.want)
			}
			var of *okno.ServerError
			if checked != nil && (!errors.As(checked, &of) || of.Trouble != c.why) {
				t.Errorf("the check says %v: %+v", checked, of)
			}
			if err == nil && s.taken()[0].tls != c.tls {
				t.Errorf("protected: %v", !c.tls)
			}
		})
	}
}

func TestTLSFromTheFirstByte(t *testing.T) {
	cert, roots := certificate(t)
	s := newSink(t, nil)
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
	must(t, err)
	s.start(t, l)
	relay := s.relay()
	relay.TLS, relay.Roots = post.TLSImplicit, roots
	_, err = transport(t, relay).Send(t.Context(), "support@desk.example", "carl@customer.example", plainLetter)
	must(t, err)
	if !s.taken()[0].tls {
		t.Error("sent in the clear")
	}
}

func TestTheRelayLetsInWhoHasThePassword(t *testing.T) {
	s := newSink(t, func(s *sink) { s.login = "desk" })
	for _, c := range []struct{ login, password, want string }{
		{"desk", "secret", ""}, {"desk", "wrong", "signing in"}, {"", "", "530"},
	} {
		relay := s.relay()
		relay.Login, relay.Password = c.login, c.password
		_, err := transport(t, relay).Send(t.Context(), "support@desk.example", "carl@customer.example", plainLetter)
		var no *post.Refusal
		if (c.want == "") != (err == nil) || err != nil && (!strings.Contains(err.Error(), c.want) || errors.As(err, &no) && no.Permanent) {
			t.Errorf("%s, %s: %v", c.login, c.password, err)
		}
		var of *okno.ServerError
		if checked := transport(t, relay).Check(t.Context()); c.password == "wrong" && (!errors.As(checked, &of) || of.Trouble != okno.TroubleLogin) {
			t.Errorf("the check says %v: %+v", checked, of)
		}
		if err != nil && c.password != "" && strings.Contains(err.Error(), c.password) {
			t.Error("the error shows the password")
		}
	}
}

func TestAKeptConnectionThatTheRelayClosedIsReplaced(t *testing.T) {
	for how, last := range map[string]string{
		"with 421":       "421 4.4.2 Idle for too long\r\n",
		"without a word": "",
	} {
		t.Run(how, func(t *testing.T) {
			s := newSink(t, nil)
			by := transport(t, s.relay())
			for range 2 {
				_, err := by.Send(t.Context(), "support@desk.example", "carl@customer.example", plainLetter)
				must(t, err)
				s.hangUp(t, last)
				waitUntilClosed(t, s)
			}
			if n := s.opened(); n != 2 || len(s.taken()) != 2 {
				t.Errorf("%d connections for %d letters", n, len(s.taken()))
			}
		})
	}
}

// hangUp ends the latest connection, with those last words.
func (s *sink) hangUp(t *testing.T, words string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	conn := s.latest.Conn()
	_, err := io.WriteString(conn, words)
	must(t, errors.Join(err, conn.Close()))
}

// waitUntilClosed returns when the sink has closed what was idle.
func waitUntilClosed(t *testing.T, s *sink) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); s.open() > 0; {
		if time.Now().After(deadline) {
			t.Fatal("the sink keeps its connections")
		}
		<-time.After(5 * time.Millisecond)
	}
}

func TestAPasswordIsShownToLoopbackOnly(t *testing.T) {
	for address, want := range map[string]bool{"127.0.0.1": true, "::1": true, "10.0.0.1": false, "203.0.113.7": false} {
		if got := post.Loopback(&net.TCPAddr{IP: net.ParseIP(address), Port: 25}); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}

func TestASilentRelayIsLeftWhenTimeIsUp(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	by := transport(t, post.Relay{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := by.Send(ctx, "support@desk.example", "carl@customer.example", plainLetter); err == nil || time.Since(began) > time.Minute {
		t.Errorf("%v after %s", err, time.Since(began))
	}
}
