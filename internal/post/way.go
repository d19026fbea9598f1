package post

import (
	"context"
	"errors"
	"maps"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/jobs"
)

// way is how letters leave through one relay: as many at once and a minute as
// it takes, and none while it cannot be reached, so that letters to others do
// not wait behind them.
type way struct {
	transport Transport
	version   int64 // of the mailbox's settings; 0: the installation's relay
	slots     chan struct{}
	// share counts a letter over all processes, where a limit holds; it says how
	// long to wait where that would be too many. nil: there is no limit.
	share func(ctx context.Context) (wait time.Duration, err error)

	mu       sync.Mutex
	failures int       // one after another
	until    time.Time // nothing is tried before
	why      error     // of the last failure
	probing  bool      // one letter is on its way to see whether it is better
	interval time.Duration
	next     time.Time                   // when the next letter may leave
	due      map[okno.LetterID]time.Time // when letters that were put off may
}

// Waiting times of a way.
const (
	slotTime  = 5 * time.Second // for a free connection; then others have their turn
	firstRest = 15 * time.Second
	longRest  = 5 * time.Minute
)

// maxDue bounds how many letters one way remembers to have put off.
const maxDue = 100_000

// sharedAtOnce is how many letters of all processes may come together: one, and
// one for whose clock or job is a little early.
const sharedAtOnce = 2

var errCrowded = errors.New("the relay has as many letters in hand as it may")

func newWay(by Transport, version int64, connections, perMinute int) *way {
	w := &way{transport: by, version: version, slots: make(chan struct{}, connections), due: map[okno.LetterID]time.Time{}}
	if perMinute > 0 {
		w.interval = time.Minute / time.Duration(perMinute)
	}
	return w
}

// enter lets a letter onto the way; else it says when to come again and why.
// Whoever was let in calls left with what came of it.
func (w *way) enter(ctx context.Context, l okno.LetterID, now time.Time) error {
	probes, err := w.open(l, now)
	if err != nil {
		return err
	}
	if err = w.together(ctx, l, now); err == nil {
		timer := time.NewTimer(slotTime)
		defer timer.Stop()
		select {
		case w.slots <- struct{}{}:
			return w.still(probes)
		case <-ctx.Done():
			err = ctx.Err()
		case <-timer.C:
			err = jobs.Later(now.Add(slotTime), errCrowded)
		}
	}
	if probes {
		w.mu.Lock()
		w.probing = false
		w.mu.Unlock()
	}
	return err
}

// still sends a letter back that has waited for its place while another found
// out that the relay cannot be reached.
func (w *way) still(probes bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if probes || w.failures == 0 {
		return nil
	}
	<-w.slots
	return jobs.Later(w.until, &shut{w.why})
}

// open reports whether the way is open for a letter now, and whether it is the
// one that finds out if the relay can be reached again.
func (w *way) open(l okno.LetterID, now time.Time) (probes bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.failures > 0 && now.Before(w.until):
		return false, jobs.Later(w.until, &shut{w.why})
	case w.probing:
		return false, jobs.Later(now.Add(firstRest), &shut{w.why})
	}
	if err := w.rate(l, now); err != nil {
		return false, err
	}
	w.probing = w.failures > 0
	return w.probing, nil
}

// rate spreads letters over the minute: one that must wait is given a time of
// its own.
func (w *way) rate(l okno.LetterID, now time.Time) error {
	if w.interval == 0 {
		return nil
	}
	at, given := w.due[l]
	if !given {
		if at = w.next; at.Before(now) {
			at = now
		}
		w.next = at.Add(w.interval)
	}
	if !at.After(now) {
		delete(w.due, l)
		return nil
	}
	if len(w.due) < maxDue {
		w.due[l] = at
	}
	return jobs.Later(at, errRate)
}

var errRate = errors.New("the relay takes so many letters a minute")

// together has the processes that share the installation keep to the limit
// together. A letter for which there is no room comes again behind all that this
// process has put off: so each process asks but once in each interval.
func (w *way) together(ctx context.Context, l okno.LetterID, now time.Time) error {
	if w.share == nil {
		return nil
	}
	wait, err := w.share(ctx)
	if err != nil || wait <= 0 {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	at := now.Add(wait)
	if w.next.After(at) {
		at = w.next
	}
	w.next = at.Add(w.interval)
	if len(w.due) < maxDue {
		w.due[l] = at
	}
	return jobs.Later(at, errRate)
}

// left notes what came of a letter and frees its place. After a failure that is
// not about the letter the way is closed for a while.
func (w *way) left(err error, now time.Time) {
	<-w.slots
	w.mu.Lock()
	defer w.mu.Unlock()
	w.probing = false
	var no *Refusal
	if err == nil || errors.As(err, &no) {
		w.failures, w.until, w.why = 0, time.Time{}, nil
		return
	}
	w.until = now.Add(min(firstRest<<min(w.failures, 10), longRest))
	w.failures++
	w.why = err
}

// shut says that the relay could not be reached a moment before.
type shut struct{ why error }

func (s *shut) Error() string { return s.why.Error() }

func (s *shut) Unwrap() error { return s.why }

// ways finds the way that a mailbox's letters leave by.
type ways struct {
	house *way // through the installation's relay; nil: there is none
	dial  func(ctx context.Context, network, address string) (net.Conn, error)
	name  string // what we call ourselves
	by    Tokens // nil: no relay is signed in to with one

	mu  sync.Mutex
	own map[okno.MailboxID]*way // mailboxes with a relay of their own
}

// way is a mailbox's way; nil: there is none.
func (p *Post) way(ctx context.Context, box okno.MailboxID) (*way, error) {
	if p.ways.dial == nil {
		return p.ways.house, nil
	}
	relay, version, err := p.desk.RelayOf(ctx, box)
	if err != nil {
		return nil, err
	}
	p.ways.mu.Lock()
	defer p.ways.mu.Unlock()
	w := p.ways.own[box]
	if w != nil && (relay == nil || w.version != version) {
		go w.transport.(*SMTP).Close()
		delete(p.ways.own, box)
		w = nil
	}
	if relay == nil {
		return p.ways.house, nil
	}
	if w == nil {
		w = newWay(NewSMTP(p.ways.relay(box, *relay)), version, relay.Connections, relay.PerMinute)
		if w.interval > 0 {
			w.share = func(ctx context.Context) (time.Duration, error) {
				return p.desk.Try(ctx, "letters of a relay", strconv.FormatInt(int64(box), 10), sharedAtOnce, w.interval)
			}
		}
		p.ways.own[box] = w
	}
	return w, nil
}

// relay is a mailbox's relay as the transport wants it.
func (w *ways) relay(box okno.MailboxID, r okno.Relay) Relay {
	protection := map[okno.Security]TLS{okno.TLS: TLSImplicit, okno.StartTLS: TLSRequired, okno.Plain: TLSNone}
	to := Relay{Host: r.Host, Port: r.Port, Login: r.User, Password: r.Password, TLS: protection[r.Security], Name: w.name, Dial: w.dial, Connections: r.Connections}
	if r.SignIn == okno.ByToken {
		to.Token = func(ctx context.Context) (string, error) {
			if w.by == nil {
				return "", errors.New("there are no tokens here")
			}
			return w.by.Token(ctx, box)
		}
		to.Refused = func(ctx context.Context, token string) { w.by.Refused(ctx, box, token) }
	}
	return to
}

// Tokens are what mailboxes' relays are signed in to with in a password's place.
type Tokens interface {
	// Token is a mailbox's, good for some time yet.
	Token(ctx context.Context, box okno.MailboxID) (string, error)
	// Refused notes that the relay said no to one.
	Refused(ctx context.Context, box okno.MailboxID, token string)
}

// Through has mailboxes use relays of their own where they have any: reached by
// dial, which guards whom an administrator can have the program talk to, under
// a name of ours, with tokens (nil: none) where they are signed in to so. Close
// it when done.
func (p *Post) Through(dial func(ctx context.Context, network, address string) (net.Conn, error), name string, by Tokens) *Post {
	p.ways.dial, p.ways.name, p.ways.by = dial, name, by
	return p
}

// Try reaches for a mailbox's relay as for a letter and sends none.
func (p *Post) Try(ctx context.Context, box okno.MailboxID, r okno.Relay) error {
	if p.ways.dial == nil {
		return errors.New("letters leave through no relay here")
	}
	s := NewSMTP(p.ways.relay(box, r))
	defer s.Close()
	return s.Check(ctx)
}

// Close ends the connections to mailboxes' relays.
func (p *Post) Close() {
	p.ways.mu.Lock()
	all := slices.Collect(maps.Values(p.ways.own))
	p.ways.own = map[okno.MailboxID]*way{}
	p.ways.mu.Unlock()
	for _, w := range all {
		w.transport.(*SMTP).Close()
	}
}
