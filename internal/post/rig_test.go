package post_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log/slog"
	"math/big"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"go.uber.org/goleak"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/blob"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/post"
	"github.com/oknodesk/okno/internal/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// taken is one letter that the sink accepted.
type taken struct {
	from, to string
	raw      []byte
	tls      bool
}

// sink is a relay that keeps what it takes and refuses what it is told to.
type sink struct {
	server *smtp.Server
	port   int

	mu          sync.Mutex
	letters     []taken
	connections int // ever
	ended       int
	latest      *smtp.Conn
	rcpt, data  []error // given one after another, then all is well
	login       string  // demanded; empty: none
	by          string  // mechanism; empty: PLAIN
}

func (s *sink) taken() []taken {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]taken(nil), s.letters...)
}

// next is the answer due from a list, which it shortens.
func (s *sink) next(from *[]error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(*from) == 0 {
		return nil
	}
	err := (*from)[0]
	*from = (*from)[1:]
	return err
}

func (s *sink) opened() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connections
}

// open is how many connections are open.
func (s *sink) open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connections - s.ended
}

// NewSession is a new connection's, and again the one after STARTTLS.
func (s *sink) NewSession(c *smtp.Conn) (smtp.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.connections++
	s.latest = c
	return &session{sink: s, conn: c}, nil
}

type session struct {
	sink     *sink
	conn     *smtp.Conn
	from, to string
	in       bool
}

func (s *session) AuthMechanisms() []string {
	if s.sink.login == "" {
		return nil
	}
	if s.sink.by != "" {
		return []string{s.sink.by}
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	if s.sink.by != "" {
		return s.tokens(), nil
	}
	return sasl.NewPlainServer(func(_, login, password string) error {
		if login != s.sink.login || password != "secret" {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "no"}
		}
		s.in = true
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.sink.login != "" && !s.in {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}
	}
	if s.from != "" {
		return &smtp.SMTPError{Code: 503, EnhancedCode: smtp.EnhancedCode{5, 5, 1}, Message: "Nested MAIL"}
	}
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	return s.sink.next(&s.sink.rcpt)
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.sink.next(&s.sink.data); err != nil {
		return err
	}
	_, protected := s.conn.TLSConnectionState()
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	s.sink.letters = append(s.sink.letters, taken{s.from, s.to, raw, protected})
	return nil
}

func (s *session) Reset() { s.from, s.to = "", "" }

func (s *session) Logout() error {
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	s.sink.ended++
	return nil
}

// newSink starts a relay; change may set it up first.
func newSink(t *testing.T, change func(*sink)) *sink {
	t.Helper()
	s := &sink{}
	s.server = smtp.NewServer(s)
	s.server.Domain, s.server.AllowInsecureAuth = "sink.example", true
	s.server.MaxLineLength = 12288 // RFC 4954 4
	s.server.ErrorLog = quietLog{}
	if change != nil {
		change(s)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	s.start(t, l)
	return s
}

// start serves on a listener until the test ends.
func (s *sink) start(t *testing.T, l net.Listener) {
	t.Helper()
	s.port = l.Addr().(*net.TCPAddr).Port
	ended := make(chan error, 1)
	go func() { ended <- s.server.Serve(l) }()
	t.Cleanup(func() {
		s.server.Close()
		<-ended
	})
}

// startSink is a sink at an address.
func startSink(t *testing.T, address net.Addr) *sink {
	t.Helper()
	s := &sink{}
	s.server = smtp.NewServer(s)
	l, err := net.Listen("tcp", address.String())
	must(t, err)
	s.start(t, l)
	return s
}

// waits lets others work for a moment.
func (r *rig) waits() {
	select {
	case <-r.t.Context().Done():
	case <-time.After(10 * time.Millisecond):
	}
}

type quietLog struct{}

func (quietLog) Printf(string, ...any) {}
func (quietLog) Println(...any)        {}

func (s *sink) relay() post.Relay {
	return post.Relay{Host: "127.0.0.1", Port: s.port, Name: "desk.example"}
}

// certificate is one for 127.0.0.1 and the pool that trusts it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sink"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	must(t, err)
	parsed, err := x509.ParseCertificate(der)
	must(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// rig is a desk with one ticket, and a post that brings its letters to a sink.
type rig struct {
	*desk.Desk
	t      *testing.T
	runner *jobs.Runner
	post   *post.Post
	ticket okno.TicketID
	mu     sync.Mutex
	at     time.Time
	facts  []okno.Event
}

func each(t *testing.T, test func(t *testing.T, d *db.DB)) {
	dbtest.Each(t, test, jobs.Migrations, desk.Migrations)
}

func newRig(t *testing.T, d *db.DB, by post.Transport) *rig {
	t.Helper()
	ctx := t.Context()
	must(t, d.Migrate(ctx, jobs.Migrations, desk.Migrations))
	files, err := blob.NewDisk(t.TempDir())
	must(t, err)
	key, err := secret.LoadKey(t.TempDir() + "/key")
	must(t, err)
	log := slog.New(slog.DiscardHandler)
	r := &rig{t: t, at: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
	r.Desk = desk.New(desk.Config{DB: d, Blob: files, Key: key, Now: r.now, Log: log, Lang: "en", Consequences: func(e okno.Event) []string {
		r.mu.Lock()
		defer r.mu.Unlock()
		if !slices.ContainsFunc(r.facts, func(had okno.Event) bool { return had.ID == e.ID }) { // a change may be made anew
			r.facts = append(r.facts, e)
		}
		return nil
	}})
	t.Cleanup(r.Close)
	r.runner = jobs.NewRunner(d, r.now, log)
	r.post = post.New(r.Desk, by, log).Through(new(net.Dialer).DialContext, "desk.example", nil)
	t.Cleanup(r.post.Close)
	r.post.Register(r.runner)
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- r.runner.Run(running) }()
	t.Cleanup(func() {
		stop()
		must(t, <-ended)
	})
	must(t, r.SetUp(ctx, okno.Console(), "", desk.Setup{Name: "Ada", Address: "ada@desk.example", Password: "correct horse battery", Support: "support@desk.example", Lang: "en"}))
	o, err := r.OpenTicket(ctx, okno.Nobody("en"), desk.Opening{Key: "open", Name: "Carl", Address: "carl@customer.example", Channel: okno.ChannelWeb, Subject: "Lamp", Text: "Dark.", Lang: "en"})
	must(t, err)
	r.ticket = o.Ticket
	return r
}

func (r *rig) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.at
}

func (r *rig) pass(d time.Duration) {
	r.mu.Lock()
	r.at = r.at.Add(d)
	r.mu.Unlock()
}

// queue queues a letter of that name.
func (r *rig) queue(name string) {
	r.t.Helper()
	raw := "From: support@desk.example\r\nTo: carl@customer.example\r\nMessage-ID: <" + name + "@desk.example>\r\nSubject: Lamp\r\n\r\nYes.\r\n.\r\n..dots\r\n"
	must(r.t, r.QueueLetters(r.t.Context(), []desk.Outgoing{{Letter: okno.Letter{
		Kind: okno.LetterAnswer, Origin: name, Ticket: r.ticket, From: "support@desk.example", To: "carl@customer.example",
		Subject: "Lamp", MessageID: name + "@desk.example", Bytes: []byte(raw), Shown: "Yes.",
	}}}))
}

// settle has every letter that is due tried, and returns the latest queued.
func (r *rig) settle() okno.Letter {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), time.Minute)
	defer cancel()
	must(r.t, r.runner.Settle(ctx))
	all, _, err := r.Letters(ctx, okno.System(), "", "")
	must(r.t, err)
	l, err := r.LetterToSend(ctx, all[0].ID)
	must(r.t, err)
	return l
}

func (r *rig) returned() (reasons []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.facts {
		if e.Kind == okno.LetterReturned {
			reasons = append(reasons, e.Data.Reason)
		}
	}
	return reasons
}

func sameBytes(a, b []byte) bool { return bytes.Equal(a, b) }
