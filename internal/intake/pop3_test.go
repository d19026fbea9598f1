package intake_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/oknodesk/okno"
)

// popServer is a mailbox on a POP3 server in this process, which can be made
// to break off. What was marked is deleted by QUIT alone.
type popServer struct {
	t      *testing.T
	secure *tls.Config // for STLS
	fetch  okno.Fetch

	mu        sync.Mutex
	letters   []popLetter
	retrieved int  // letters that were sent
	noUIDL    bool // an old server
	breakAt   int  // the connection ends instead of so many answers to DELE or QUIT
	lies      bool // it says that letters are small
}

type popLetter struct{ name, raw string }

func newPOPServer(t *testing.T, secure *tls.Config) *popServer {
	t.Helper()
	s := &popServer{t: t, secure: secure}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	var sessions sync.WaitGroup
	sessions.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			sessions.Go(func() { s.serve(conn) })
		}
	})
	t.Cleanup(func() { l.Close(); sessions.Wait() })
	s.fetch = okno.Fetch{Protocol: okno.POP3, Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, Security: okno.Plain, User: "desk", Password: "secret", After: okno.MarkSeen}
	if secure != nil {
		s.fetch.Security = okno.StartTLS
	}
	return s
}

func (s *popServer) put(name, raw string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.letters = append(s.letters, popLetter{name, raw})
}

func (s *popServer) count() (letters, retrieved int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.letters), s.retrieved
}

// popDialogue is one session's state.
type popDialogue struct {
	s       *popServer
	conn    net.Conn
	in      *bufio.Scanner
	letters []popLetter
	marked  map[int]bool
	user    string
}

func (s *popServer) serve(conn net.Conn) {
	d := &popDialogue{s: s, conn: conn, in: bufio.NewScanner(conn), marked: map[int]bool{}}
	defer func() { d.conn.Close() }()
	s.mu.Lock()
	d.letters = append(d.letters, s.letters...)
	s.mu.Unlock()
	d.say("+OK ready")
	for d.in.Scan() {
		word, rest, _ := strings.Cut(d.in.Text(), " ")
		if !d.answer(word, rest) {
			return
		}
	}
}

func (d *popDialogue) say(lines ...string) { fmt.Fprint(d.conn, strings.Join(lines, "\r\n")+"\r\n") }

func (d *popDialogue) answer(word, rest string) (goesOn bool) {
	s, n := d.s, 0
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Sscan(rest, &n)
	switch word {
	case "CAPA":
		d.say("-ERR what?")
	case "STLS":
		d.say("+OK")
		d.conn = tls.Server(d.conn, s.secure)
		d.in = bufio.NewScanner(d.conn)
	case "USER":
		d.user = rest
		d.say("+OK")
	case "PASS":
		if d.user != "desk" || rest != "secret" {
			d.say("-ERR [AUTH] no")
			return true
		}
		d.say("+OK")
	case "LIST":
		d.say("+OK")
		for i, l := range d.letters {
			size := len(l.raw)
			if s.lies {
				size = 10
			}
			d.say(fmt.Sprint(i+1, " ", size))
		}
		d.say(".")
	case "UIDL":
		if s.noUIDL {
			d.say("-ERR what?")
			return true
		}
		d.say("+OK")
		for i, l := range d.letters {
			d.say(fmt.Sprint(i+1, " ", l.name))
		}
		d.say(".")
	case "RETR":
		s.retrieved++
		d.say("+OK", strings.ReplaceAll(d.letters[n-1].raw, "\r\n.", "\r\n..")+".")
	case "DELE":
		d.marked[n] = true
		return d.done()
	case "QUIT":
		if !d.done() {
			return false
		}
		for i, l := range d.letters {
			if d.marked[i+1] {
				s.drop(l.name)
			}
		}
		return false
	}
	return true
}

// done answers, or breaks off.
func (d *popDialogue) done() bool {
	if d.s.breakAt > 0 {
		d.s.breakAt--
		return false
	}
	d.say("+OK")
	return true
}

func (s *popServer) drop(name string) {
	for i, l := range s.letters {
		if l.name == name {
			s.letters = append(s.letters[:i:i], s.letters[i+1:]...)
			return
		}
	}
}

// pointed has lines that POP3 changes on their way.
func pointed(id string) string { return simple(id) + ".\r\n..two\r\n" + "from here\r\n" }

func TestPOP3LeavesLettersAndFetchesEachOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s := newPOPServer(t, nil)
		s.put("u1", pointed("a"))
		s.put("u2", simple("b"))
		fetcher := r.fetch(nil, s.fetch)
		until(t, "both letters are kept", func() bool { return len(r.kept()) == 2 && !r.state().At.IsZero() })
		s.put("u3", simple("c"))
		fetcher.FetchNow("")
		until(t, "the new letter is kept", func() bool { return len(r.kept()) == 3 })
		if letters, retrieved := s.count(); letters != 3 || retrieved != 3 {
			t.Errorf("%d letters left, %d retrieved", letters, retrieved)
		}
		for _, k := range r.kept() {
			whole, err := r.KeptLetter(r.ctx(), k.ID)
			must(t, err)
			if k.MessageID == "a@customer.example" && string(whole.Raw) != pointed("a") || k.Source != "pop3" {
				t.Errorf("%s: %q", k.Source, whole.Raw)
			}
		}
		// What was deleted by its reader is forgotten here too.
		s.mu.Lock()
		s.drop("u1")
		s.mu.Unlock()
		fetcher.FetchNow("")
		until(t, "the gone letter's name is forgotten", func() bool {
			m, err := r.MailboxFor(r.ctx(), sales)
			must(t, err)
			names, err := r.Fetched(r.ctx(), m.ID)
			must(t, err)
			return len(names) == 2
		})
	})
}

func TestPOP3DeletesWhatIsKeptAndKeepsItOnceWhenTheSessionBreaks(t *testing.T) {
	for name, noUIDL := range map[string]bool{"numbered": false, "without UIDL": true} {
		t.Run(name, func(t *testing.T) {
			r := one(t)
			s := newPOPServer(t, nil)
			s.noUIDL, s.breakAt = noUIDL, 1
			s.fetch.After = okno.DeleteIt
			s.put("u1", simple("a"))
			s.put("u2", simple("b"))
			fetcher := r.fetch(nil, s.fetch)
			until(t, "the break is said", func() bool { return strings.HasPrefix(r.state().Trouble, "delete: ") })
			if letters, _ := s.count(); letters != 2 || len(r.kept()) != 1 {
				t.Errorf("%d letters there, %d kept", letters, len(r.kept()))
			}
			until(t, "all is kept and deleted", func() bool {
				fetcher.FetchNow("")
				letters, _ := s.count()
				return letters == 0 && r.state().Trouble == ""
			})
			if len(r.kept()) != 2 {
				t.Errorf("%d kept", len(r.kept()))
			}
		})
	}
}

func TestPOP3LeavesALetterTooLargeEvenWhereTheServerLies(t *testing.T) {
	for name, lies := range map[string]bool{"told": false, "not told": true} {
		t.Run(name, func(t *testing.T) {
			r := one(t)
			r.smaller(100_000)
			s := newPOPServer(t, nil)
			s.lies = lies
			s.fetch.After = okno.DeleteIt
			s.put("u1", simple("large")+strings.Repeat("x", 200_000)+"\r\n")
			s.put("u2", simple("small"))
			fetcher := r.fetch(nil, s.fetch)
			until(t, "the small letter is kept and deleted, the large one is left and said", func() bool {
				fetcher.FetchNow("")
				letters, _ := s.count()
				return letters == 1 && len(r.kept()) == 1 && strings.Contains(r.state().Trouble, "larger")
			})
			if _, retrieved := s.count(); retrieved > 2 {
				t.Errorf("%d retrieved", retrieved)
			}
		})
	}
}

func TestTroubleOfPOP3IsSaidInWords(t *testing.T) {
	cert, roots := certificate(t, "127.0.0.1")
	s := newPOPServer(t, &tls.Config{Certificates: []tls.Certificate{cert}})
	s.put("u1", simple("a"))
	r := one(t)
	r.trusting(roots)
	good := s.fetch
	if got, err := r.receiver.Test(t.Context(), 0, good); err != nil || got.Letters != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	for _, c := range []struct {
		name, words string
		trouble     okno.Trouble
		spoil       func(*okno.Fetch)
	}{
		{"a wrong password", "sign in: [AUTH] no", okno.TroubleLogin, func(f *okno.Fetch) { f.Password = "wrong" }},
		{"a line break", "sign in: ", "", func(f *okno.Fetch) { f.Password = "x\r\nDELE 1" }},
		{"no TLS there", "TLS: ", okno.TroubleSecurity, func(f *okno.Fetch) { f.Security = okno.TLS }},
		{"a host that no setting allows", "not a public address", okno.TroublePrivate, func(f *okno.Fetch) { f.Host = "127.0.0.2" }},
	} {
		f := good
		c.spoil(&f)
		if _, err := r.receiver.Test(t.Context(), 0, f); err == nil || !strings.Contains(err.Error(), c.words) || troubleIn(err) != c.trouble {
			t.Errorf("%s: %s: %v", c.name, troubleIn(err), err)
		}
	}
	s.noUIDL = true
	if _, err := r.receiver.Test(t.Context(), 0, good); err == nil || !strings.Contains(err.Error(), "uidl: ") {
		t.Errorf("leaving letters without UIDL: %v", err)
	}
	r.trusting(x509.NewCertPool())
	var unknown x509.UnknownAuthorityError
	if _, err := r.receiver.Test(t.Context(), 0, good); !errors.As(err, &unknown) || troubleIn(err) != okno.TroubleCertificate {
		t.Errorf("an unknown certificate: %v", err)
	}
}
