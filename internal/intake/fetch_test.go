package intake_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"log/slog"
	"math/big"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"go.uber.org/goleak"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/intake"
	"github.com/oknodesk/okno/internal/jobs"
)

// imapServer is a mailbox "desk" on a server in this process.
type imapServer struct {
	t        *testing.T
	user     *imapmemserver.User
	fetch    okno.Fetch
	sessions atomic.Int32 // that were begun
}

func newIMAPServer(t *testing.T, secure *tls.Config, caps ...imap.Cap) *imapServer {
	t.Helper()
	s := &imapServer{t: t, user: imapmemserver.NewUser("desk", "secret")}
	must(t, s.user.Create("INBOX", nil))
	all := imapmemserver.New()
	all.AddUser(s.user)
	set := imap.CapSet{imap.CapIMAP4rev1: {}}
	for _, c := range caps {
		set[c] = struct{}{}
	}
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			s.sessions.Add(1)
			return all.NewSession(), nil, nil
		},
		Caps: set, InsecureAuth: true, TLSConfig: secure, Logger: log.New(io.Discard, "", 0),
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }() // ends with Close
	t.Cleanup(func() { server.Close(); <-done })
	at := l.Addr().(*net.TCPAddr)
	s.fetch = okno.Fetch{Host: "127.0.0.1", Port: at.Port, Security: okno.Plain, User: "desk", Password: "secret", Folder: "INBOX", After: okno.MarkSeen}
	if secure != nil {
		s.fetch.Security = okno.StartTLS
	}
	return s
}

// put lays a letter into a folder.
func (s *imapServer) put(folder, raw string, flags ...imap.Flag) {
	s.t.Helper()
	_, err := s.user.Append(folder, literal{bytes.NewReader([]byte(raw))}, &imap.AppendOptions{Flags: flags, Time: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)})
	must(s.t, err)
}

type literal struct{ *bytes.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

// status is how a folder stands.
func (s *imapServer) status(folder string) (letters, unseen uint32) {
	s.t.Helper()
	st, err := s.user.Status(folder, &imap.StatusOptions{NumMessages: true, NumUnseen: true})
	must(s.t, err)
	return *st.NumMessages, *st.NumUnseen
}

// fetch has a Fetcher run over the mailbox sales.
func (r *rig) fetch(s *imapServer, f okno.Fetch) *intake.Fetcher {
	r.t.Helper()
	r.fetchFrom(f)
	fetcher := intake.NewFetcher(r.receiver)
	lease := jobs.NewRunner(r.db, time.Now, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.ctx()))
	done := make(chan error, 1)
	go func() { done <- fetcher.Run(ctx, lease) }()
	r.t.Cleanup(func() { cancel(); must(r.t, <-done) })
	return fetcher
}

// fetchFrom sets where the letters of sales are.
func (r *rig) fetchFrom(f okno.Fetch) {
	r.t.Helper()
	boxes, err := r.Mailboxes(r.ctx(), r.admin)
	must(r.t, err)
	for _, b := range boxes {
		if b.Address == sales {
			b.Fetch = &f
			must(r.t, r.SaveMailbox(r.ctx(), r.admin, b.Ref, b.Mailbox, b.Department.Ref))
		}
	}
}

// state is how fetching sales goes.
func (r *rig) state() okno.FetchState {
	r.t.Helper()
	boxes, err := r.Mailboxes(r.ctx(), r.admin)
	must(r.t, err)
	for _, b := range boxes {
		if b.Address == sales {
			return b.State
		}
	}
	return okno.FetchState{}
}

// until waits for something that happens by itself.
func until(t *testing.T, what string, happened func() bool) {
	t.Helper()
	deadline := time.After(time.Minute)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !happened() {
		select {
		case <-deadline:
			t.Fatalf("not within a minute: %s", what)
		case <-tick.C:
		}
	}
}

func (r *rig) box() string {
	r.t.Helper()
	m, err := r.MailboxFor(r.ctx(), sales)
	must(r.t, err)
	return string(m.Ref)
}

func simple(id string) string {
	return letter("From: carl@customer.example", "To: "+sales, "Date: Fri, 20 Nov 2026 08:00:00 +0000", "Message-ID: <"+id+"@customer.example>", "Subject: "+id, "", "Text of "+id+".")
}

func TestUnseenLettersAreFetchedAndMarkedAndNewOnesToldByIDLE(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s := newIMAPServer(t, nil, imap.CapIdle, imap.CapUIDPlus, imap.CapMove)
		s.put("INBOX", simple("old"), imap.FlagSeen)
		s.put("INBOX", simple("waiting"))
		r.fetch(s, s.fetch)
		until(t, "the unseen letter is fetched", func() bool { return len(r.kept()) == 1 && !r.state().At.IsZero() })
		if _, unseen := s.status("INBOX"); unseen != 0 {
			t.Error("it was not marked as seen")
		}
		// Nobody asks: the server tells. This one tells only of what comes
		// while it is idling, so letters come until one is told of.
		looks := 0
		until(t, "a new letter is fetched", func() bool {
			if looks%100 == 0 {
				s.put("INBOX", simple("fresh"+strconv.Itoa(looks)))
			}
			looks++
			return len(r.kept()) > 1
		})
		r.settle()
		if k := r.last(); k.Source != "imap" || k.EnvelopeTo != sales || k.Peer != "127.0.0.1" || k.State != okno.KeptJoined {
			t.Errorf("%+v", k)
		}
	})
}

func TestWithoutIDLEARoundIsAskedFor(t *testing.T) {
	r := one(t)
	s := newIMAPServer(t, nil)
	fetcher := r.fetch(s, s.fetch)
	until(t, "the first round", func() bool { return !r.state().At.IsZero() })
	s.put("INBOX", simple("fresh"))
	fetcher.FetchNow(r.box())
	until(t, "the letter is fetched", func() bool { return len(r.kept()) == 1 })
}

func TestKeptLettersAreArchivedOrDeleted(t *testing.T) {
	for _, c := range []struct {
		name  string
		after okno.AfterFetch
		caps  []imap.Cap
		inbox uint32
	}{
		{"archived by MOVE into a folder that is made", okno.ArchiveIt, []imap.Cap{imap.CapMove, imap.CapUIDPlus}, 0},
		{"archived by COPY", okno.ArchiveIt, []imap.Cap{imap.CapUIDPlus}, 0},
		{"deleted", okno.DeleteIt, []imap.Cap{imap.CapUIDPlus}, 0},
		{"marked where no single letter can be expunged", okno.DeleteIt, nil, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := one(t)
			s := newIMAPServer(t, nil, c.caps...)
			s.put("INBOX", simple("one"))
			f := s.fetch
			f.After, f.Archive = c.after, "Done"
			r.fetch(s, f)
			until(t, "a round", func() bool { return !r.state().At.IsZero() })
			if n, _ := s.status("INBOX"); n != c.inbox || len(r.kept()) != 1 || r.state().Trouble != "" {
				t.Errorf("%d letters are left, %d kept; trouble %q", n, len(r.kept()), r.state().Trouble)
			}
			if c.after == okno.ArchiveIt {
				if n, _ := s.status("Done"); n != 1 {
					t.Errorf("the archive holds %d", n)
				}
			}
		})
	}
}

func TestNewNumbersOfAFolderBringNoLetterTwice(t *testing.T) {
	r := one(t)
	s := newIMAPServer(t, nil)
	s.put("INBOX", simple("a"))
	s.put("INBOX", simple("b"))
	fetcher := r.fetch(s, s.fetch)
	until(t, "both letters are kept", func() bool { return len(r.kept()) == 2 && !r.state().At.IsZero() })
	before := r.state()
	must(t, s.user.Delete("INBOX"))
	must(t, s.user.Create("INBOX", nil))
	s.put("INBOX", simple("a"), imap.FlagSeen)
	s.put("INBOX", simple("b"), imap.FlagSeen)
	s.put("INBOX", simple("c"), imap.FlagSeen) // someone has read it already
	fetcher.FetchNow(r.box())
	until(t, "the folder is read again", func() bool { return r.state().UIDValidity != before.UIDValidity })
	r.settle()
	if n := r.tickets(); n != 3 || len(r.kept()) != 3 {
		t.Errorf("%d tickets of %d letters", n, len(r.kept()))
	}
}

func TestALetterTooLargeIsLeftAndSaid(t *testing.T) {
	r := one(t)
	r.smaller(100_000)
	s := newIMAPServer(t, nil)
	s.put("INBOX", simple("large")+strings.Repeat("x", 200_000))
	s.put("INBOX", simple("small"))
	r.fetch(s, s.fetch)
	until(t, "a round", func() bool { return !r.state().At.IsZero() })
	if _, unseen := s.status("INBOX"); unseen != 1 || len(r.kept()) != 1 || !strings.Contains(r.state().Trouble, "larger") {
		t.Errorf("%d unseen, %d kept, trouble %q", unseen, len(r.kept()), r.state().Trouble)
	}
}

func troubleIn(err error) okno.Trouble {
	var of *okno.ServerError
	if !errors.As(err, &of) {
		return "no error of a server's"
	}
	return of.Trouble
}

func TestTroubleIsSaidInWords(t *testing.T) {
	cert, roots := certificate(t, "127.0.0.1")
	s := newIMAPServer(t, &tls.Config{Certificates: []tls.Certificate{cert}})
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	closed.Close()
	r := one(t)
	r.trusting(roots)
	good := s.fetch
	if got, err := r.receiver.Test(t.Context(), 0, good); err != nil || got.Letters != 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	for _, c := range []struct {
		name, words string
		trouble     okno.Trouble
		spoil       func(*okno.Fetch)
	}{
		{"a wrong password", "sign in: ", okno.TroubleLogin, func(f *okno.Fetch) { f.Password = "wrong" }},
		{"a folder that is not there", "select: ", okno.TroubleSelect, func(f *okno.Fetch) { f.Folder = "Nowhere" }},
		{"nobody at home", "connect: ", okno.TroubleRefused, func(f *okno.Fetch) { f.Port = closed.Addr().(*net.TCPAddr).Port }},
		{"no TLS there", "TLS: ", okno.TroubleSecurity, func(f *okno.Fetch) { f.Security = okno.TLS }},
		{"a host that no setting allows", "not a public address", okno.TroublePrivate, func(f *okno.Fetch) { f.Host = "127.0.0.2" }},
	} {
		f := good
		c.spoil(&f)
		if _, err := r.receiver.Test(t.Context(), 0, f); err == nil || !strings.Contains(err.Error(), c.words) || troubleIn(err) != c.trouble {
			t.Errorf("%s: %s: %v", c.name, troubleIn(err), err)
		}
	}
	r.trusting(x509.NewCertPool())
	if _, err := r.receiver.Test(t.Context(), 0, good); err == nil || !strings.Contains(err.Error(), "STARTTLS: ") || troubleIn(err) != okno.TroubleCertificate {
		t.Errorf("an unknown certificate: %v", err)
	}
}

func TestFetchingSaysTroubleAndGoesOnWhenSettingsAreMended(t *testing.T) {
	r := one(t)
	s := newIMAPServer(t, nil)
	s.put("INBOX", simple("patient"))
	wrong := s.fetch
	wrong.Password = "wrong"
	fetcher := r.fetch(s, wrong)
	until(t, "the trouble is said", func() bool {
		return strings.HasPrefix(r.state().Trouble, "sign in: ") && r.state().Kind == okno.TroubleLogin
	})
	r.fetchFrom(s.fetch)
	fetcher.Reload()
	until(t, "the letter is fetched", func() bool { return len(r.kept()) == 1 && r.state().Trouble == "" && r.state().Kind == "" })
}

func TestFetchingLeavesNothingBehind(t *testing.T) {
	r := one(t)
	s := newIMAPServer(t, nil, imap.CapIdle)
	before := goleak.IgnoreCurrent()
	t.Run("fetch", func(t *testing.T) {
		own := *r
		own.t = t
		own.fetch(s, s.fetch)
		until(t, "a round", func() bool { return !r.state().At.IsZero() })
	})
	goleak.VerifyNone(t, before)
}

// certificate is one for an address, and who vouches for it.
func certificate(t *testing.T, address string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.ParseIP(address)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	must(t, err)
	parsed, err := x509.ParseCertificate(der)
	must(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}
