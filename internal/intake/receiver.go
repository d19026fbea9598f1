// Package intake is where letters become messages. Every source does one
// thing: keep the raw letter durably, then answer for it. A list of steps,
// each with a file of its own, takes the letter from there and says why.
package intake

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/mail"
	"github.com/oknodesk/okno/internal/outbound"
	"github.com/oknodesk/okno/internal/trace"
)

// Refusals of Receiver.Keep that are the sender's to know. Any other error is
// trouble of ours: the letter is to be sent again.
var (
	// ErrNoMailbox says that no open mailbox has the address.
	ErrNoMailbox = errors.New("intake: no mailbox has this address")
	// ErrTooLarge says that the letter is over Config.MaxLetter.
	ErrTooLarge = errors.New("intake: the letter is larger than allowed")
	// ErrEmpty says that there was no letter at all.
	ErrEmpty = errors.New("intake: the letter is empty")
)

// TrustedRelay is a mail server whose Authentication-Results count.
type TrustedRelay struct {
	Name   string       // its authserv-id (RFC 8601, 2.5)
	From   netip.Prefix // where its letters come from; not valid when Socket
	Socket bool         // they come by the unix socket
}

// Config is what a Receiver is made of.
type Config struct {
	Desk      *desk.Desk
	Log       *slog.Logger
	Now       func() time.Time
	MaxLetter int64 // bytes; 0: 50 MB
	// Mark is the value of mail.MarkHeader in our own letters; "": they bear
	// none.
	Mark          string
	TrustedRelays []TrustedRelay
	Filter        *Filter          // judges letters; nil: none does
	Resolver      *net.Resolver    // asked for SPF, DKIM and DMARC; nil: the system's
	Outbound      *outbound.Dialer // to the servers letters are fetched from
	Tokens        Tokens           // of mailboxes that are signed in to with one; nil: none is
	Trace         *trace.Tracer    // of letters; nil: none
	Roots         *x509.CertPool   // whom those servers' certificates must come from; nil: the system's
}

const defaultMaxLetter = 50 << 20

// Receiver keeps letters and takes their steps. It is safe for concurrent use.
type Receiver struct {
	mark     string
	desk     *desk.Desk
	log      *slog.Logger
	now      func() time.Time
	max      int64
	relays   []TrustedRelay
	resolver *net.Resolver
	filter   *Filter
	outbound *outbound.Dialer
	tokens   Tokens
	roots    *x509.CertPool
	trace    *trace.Tracer
	// large lets few large letters at a time into memory.
	large    chan struct{}
	signed   chan struct{} // handed over by HTTP
	underWay atomic.Int64
}

// New makes a Receiver. Its steps are taken once it is registered with a
// runner of jobs.
func New(c Config) *Receiver {
	r := &Receiver{
		desk: c.Desk, log: c.Log, now: c.Now, max: c.MaxLetter, mark: c.Mark, relays: c.TrustedRelays, resolver: c.Resolver, filter: c.Filter,
		outbound: c.Outbound, tokens: c.Tokens, roots: c.Roots, trace: c.Trace, large: make(chan struct{}, 2), signed: make(chan struct{}, signedAtOnce),
	}
	if r.max <= 0 {
		r.max = defaultMaxLetter
	}
	if r.resolver == nil {
		r.resolver = net.DefaultResolver
	}
	return r
}

// Arrival is one letter for one recipient, as a source hands it over.
type Arrival struct {
	EnvelopeFrom string // "": the null reverse-path, or not known
	EnvelopeTo   string
	Source       string // smtp, lmtp, imap, pop3, http, pipe, demo
	Peer         string // IP address it came from, "unix" for the socket; "": not known
	Helo         string
	Raw          []byte
}

// Keep makes a letter durable together with the job that reads it. After nil
// the sender may be told that it has arrived; the same letter again is nil
// too. Errors: ErrNoMailbox, ErrTooLarge, ErrEmpty; any other is ours.
func (r *Receiver) Keep(ctx context.Context, a Arrival) error {
	r.underWay.Add(1)
	defer r.underWay.Add(-1)
	box, err := r.mailbox(ctx, a.EnvelopeTo)
	if err != nil {
		return err
	}
	return r.keepFor(ctx, box, a)
}

// UnderWay is how many letters are being kept while their senders wait.
func (r *Receiver) UnderWay() int64 { return r.underWay.Load() }

func (r *Receiver) mailbox(ctx context.Context, address string) (okno.Mailbox, error) {
	box, err := r.desk.MailboxFor(ctx, address)
	if okno.ReasonOf(err) == okno.NotFound {
		return box, ErrNoMailbox
	}
	return box, err
}

func (r *Receiver) keepFor(ctx context.Context, box okno.Mailbox, a Arrival) (err error) {
	ctx, span := r.trace.Within(ctx, "letter in", trace.Answers, trace.Attr{Key: "okno.letter.source", Text: a.Source})
	defer func() { span.End(err != nil) }()
	switch {
	case int64(len(a.Raw)) > r.max:
		return ErrTooLarge
	case len(bytes.TrimSpace(a.Raw)) == 0:
		return ErrEmpty
	}
	_, err = r.desk.KeepLetter(ctx, okno.KeptLetter{
		Mailbox: box.ID, MessageID: mail.ReadHeader(head(a.Raw)).MessageID(), EnvelopeFrom: envelope(a.EnvelopeFrom), EnvelopeTo: envelope(a.EnvelopeTo),
		Source: a.Source, Peer: a.Peer, Helo: envelope(a.Helo), Raw: a.Raw,
	})
	return err
}

// maxHeader is how much of a letter is searched for the end of its header, in
// bytes.
const maxHeader = 1 << 20

// head is a letter's header alone: reading it costs little however large the
// letter is.
func head(raw []byte) []byte {
	start := len(raw) - len(bytes.TrimLeft(raw, "\r\n"))
	raw = raw[:min(len(raw), start+maxHeader)]
	for _, end := range []string{"\n\n", "\n\r\n"} {
		if i := bytes.Index(raw[start:], []byte(end)); i >= 0 {
			raw = raw[:start+i+1]
		}
	}
	return raw
}

// envelope makes what a stranger said in the dialogue fit to be kept.
func envelope(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if len(s) > okno.MaxAddress+66 { // RFC 5321, 4.5.3.1, with a signed part
		return ""
	}
	return s
}
