package web

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/live"
)

// Bounds of the streams.
const (
	streamsOfSession = 8
	streamsOfClient  = 500 // an office behind one address
	pingEvery        = 25 * time.Second
	checkEvery       = 12 // pings after which the rights are looked at anew
	hintTime         = 10 * time.Second
	looksAtOnce      = 16                   // when all pages are to look at their rights
	retryLeast       = 2 * time.Second      // before a browser connects anew; from there to
	retryMost        = 5 * time.Second      // here: those that a program leaves behind come one after another
	askedEach        = 2 * time.Millisecond // for each open page, until all have asked again what they show
	askedLeast       = 2 * time.Second
	askedMost        = time.Minute
)

// listen keeps a stream open on which a browser is told what changed: never
// content, only "this ticket, this part".
func listen(q *Request) error {
	sees, err := q.listener()
	if err != nil {
		return err
	}
	h := q.Writer.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "private, no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would gather the hints
	if q.HTTP.Method == http.MethodHead {
		return nil
	}
	place, ok := q.server.streams.take(q)
	if !ok {
		return okno.Refuse(okno.TooMany, "error.streams")
	}
	p := &page{server: q.server, place: place, token: q.token, person: q.Actor.Person, telling: true}
	p.sees.Store(sees)
	head, taken, err := p.connect(q)
	if err != nil {
		q.server.streams.leave(place)
		return err
	}
	p.stream = q.server.hub.Subscribe(live.Subscriber{
		Admits:  func(h live.Hint) bool { return p.sees.Load().admits(h) },
		Session: int64(q.Actor.Session),
		Person:  int64(q.Actor.Person),
		Since:   q.since(),
		Known:   q.Now,
		Wake:    func() { p.stir(false) },
		End:     p.wire.cut,
	})
	q.server.streams.pulse.join(p)
	if p.send(fmt.Appendf(head, "retry: %d\n\n", (retryLeast + rand.N(retryMost-retryLeast)).Milliseconds())) {
		p.tell()
	} else {
		p.wire.cut()
	}
	if !taken {
		p.attend()
		return nil
	}
	q.server.streams.open.Go(p.attend)
	return nil
}

// connect finds the way to the browser. A connection of HTTP/1 is taken from
// net/http, with all that serves requests on it: what an open page costs is
// then a socket and one small goroutine (taken; head is what the answer begins
// with). HTTP/2, and whatever is no connection, keeps its handler.
func (p *page) connect(q *Request) (head []byte, taken bool, err error) {
	p.wire, head, err = takeConnection(q)
	if err != nil || p.wire != nil {
		return head, true, err
	}
	p.wire = answerOf(q)
	return nil, false, nil
}

// spread is within what time pages that may have missed anything ask again: what
// they show would otherwise be asked for by all of them at one moment.
func (s *Server) spread() time.Duration {
	return min(max(askedLeast, time.Duration(s.hub.Open())*askedEach), askedMost)
}

// since is what time the browser knows of: when its page was made, or what it
// was last told. Both are milliseconds by the clock of a process of ours.
func (q *Request) since() time.Time {
	for _, at := range []string{q.HTTP.Header.Get("Last-Event-ID"), q.Query("since")} {
		if ms, err := strconv.ParseInt(at, 10, 64); err == nil && ms > 0 && ms < q.Now.UnixMilli() {
			return time.UnixMilli(ms)
		}
	}
	return q.Now
}

// streams are those that are open.
type streams struct {
	pulse   pulse
	open    sync.WaitGroup // goroutines of pages whose handler has ended
	looking chan struct{}

	mu  sync.Mutex
	had map[any]int // by session, and by address
}

func newStreams() streams {
	return streams{had: map[any]int{}, looking: make(chan struct{}, looksAtOnce)}
}

// place is what a stream counts as.
type place struct {
	session okno.SessionID
	client  netip.Addr
}

// take counts the request's stream; not ok: there are enough.
func (s *streams) take(q *Request) (at place, ok bool) {
	at = place{q.Actor.Session, household(q.RemoteAddr())}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.had[at.session] >= streamsOfSession || s.had[at.client] >= streamsOfClient {
		return at, false
	}
	s.had[at.session]++
	s.had[at.client]++
	return at, true
}

func (s *streams) leave(at place) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, key := range []any{at.session, at.client} {
		if s.had[key]--; s.had[key] == 0 {
			delete(s.had, key)
		}
	}
}

// ended waits until nothing of the streams is left, at most so long.
func (s *streams) ended(within time.Duration) error {
	over := make(chan struct{})
	go func() {
		defer close(over)
		s.open.Wait()
	}()
	select {
	case <-over:
		return nil
	case <-time.After(within):
		return fmt.Errorf("streams are still open after %v", within)
	}
}
