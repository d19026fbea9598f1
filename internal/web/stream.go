package web

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
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
	retryMillis      = 3000
)

// listener is what a stream may tell its browser: what the session's actors
// see. It is replaced whole when their rights change.
type listener struct {
	scopes []okno.Scope
	person int64
}

// admits says whether a hint is for this browser. A customer gets none for
// what only agents may know.
func (l *listener) admits(h live.Hint) bool {
	if h.Ticket == 0 {
		return h.Person != 0 && h.Person == l.person
	}
	t := okno.Ticket{
		ID: okno.TicketID(h.Ticket), Department: okno.DepartmentID(h.Department),
		Requester: okno.PersonID(h.Requester), Company: okno.CompanyID(h.Company),
	}
	for _, p := range h.Participants {
		t.Participants = append(t.Participants, okno.PersonID(p))
	}
	return slices.ContainsFunc(l.scopes, func(s okno.Scope) bool {
		return (!h.AgentsOnly || s.Side() == okno.SideAgent) && s.Admits(&t)
	})
}

// listen keeps a stream open on which a browser is told what changed: never
// content, only "this ticket, this part".
func listen(q *Request) error {
	who, err := q.listener()
	if err != nil {
		return err
	}
	leave := q.server.streams.open(q)
	if leave == nil {
		return okno.Refuse(okno.TooMany, "error.streams")
	}
	defer leave()
	var current atomic.Pointer[listener]
	current.Store(who)
	stream := q.server.hub.Subscribe(live.Subscriber{
		Admits:  func(h live.Hint) bool { return current.Load().admits(h) },
		Session: int64(q.Actor.Session),
		Person:  int64(q.Actor.Person),
		Since:   q.since(),
	})
	defer stream.Close()

	h := q.Writer.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "private, no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would gather the hints
	w := wire{q: q, control: http.NewResponseController(q.Writer)}
	if !w.send(fmt.Sprintf("retry: %d\n\n", retryMillis)) {
		return nil
	}
	return w.follow(stream, &current)
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

// wire writes to the browser, or finds that it is gone.
type wire struct {
	q       *Request
	control *http.ResponseController
}

// follow tells hints until the browser, the session or the server ends.
func (w wire) follow(stream *live.Stream, current *atomic.Pointer[listener]) error {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for pings := 1; ; {
		var text string
		look := false // whether the rights are to be looked at first
		select {
		case <-w.q.Context().Done():
			return nil
		case <-stream.Done():
			return nil
		case hint := <-stream.C():
			look = hint.Part == live.PartRights || hint.Part == live.PartAll
			text = hintText(hint, w.q.server.now())
		case <-ping.C:
			text = ": ping\n"
			look = pings%checkEvery == 0
			pings++
		}
		// A browser that lost the stream asks for what came after this.
		if told := w.q.server.now(); len(stream.C()) == 0 {
			text += fmt.Sprintf("id: %d\n", told.UnixMilli())
		}
		if look {
			again, err := w.q.again()
			if err != nil || again == nil {
				return err
			}
			current.Store(again)
		}
		if !w.send(text + "\n") {
			return nil
		}
	}
}

// hintText is a hint on the wire, with when it is told. Changed rights are told as "all": what is
// shown may be more or less now.
func hintText(h live.Hint, told time.Time) string {
	part := h.Part
	if part == live.PartRights {
		part = live.PartAll
	}
	// Both are plain strings, which JSON does not refuse.
	data, _ := json.Marshal(struct {
		Ticket string `json:"ticket,omitempty"`
		Part   string `json:"part"`
		At     int64  `json:"at"` // milliseconds
	}{h.Number, part, told.UnixMilli()})
	return "event: hint\ndata: " + string(data) + "\n"
}

func (w wire) send(text string) bool {
	w.q.server.deadline(w.q.Route, w.control.SetWriteDeadline(time.Now().Add(hintTime)))
	_, err := io.WriteString(w.q.Writer, text)
	if err == nil {
		err = w.control.Flush()
	}
	// HTTP/2 ends a stream whose time is over even when nothing is written.
	w.q.server.deadline(w.q.Route, w.control.SetWriteDeadline(time.Time{}))
	return err == nil
}

// listener is what the session's actors see now, at every door.
func (q *Request) listener() (*listener, error) {
	actors, err := q.doors()
	if err != nil {
		return nil, err
	}
	l := &listener{person: int64(q.Actor.Person)}
	for _, by := range actors {
		l.scopes = append(l.scopes, by.Sees())
	}
	return l, nil
}

// again looks at the session anew; nil: it is over, or another person's.
func (q *Request) again() (*listener, error) {
	before := q.Actor.Person
	if err := q.identify(); err != nil {
		return nil, err
	}
	if q.Actor.Person != before || q.mustChange() || q.admit() != nil {
		return nil, nil
	}
	return q.listener()
}

// streams counts those that are open.
type streams struct {
	mu  sync.Mutex
	had map[string]int
}

// open takes a place for the request's stream and returns what gives it back;
// nil: there is none left.
func (s *streams) open(q *Request) (leave func()) {
	keys := [2]string{fmt.Sprintf("session %d", q.Actor.Session), "client " + household(q.RemoteAddr()).String()}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.had[keys[0]] >= streamsOfSession || s.had[keys[1]] >= streamsOfClient {
		return nil
	}
	for _, key := range keys {
		s.had[key]++
	}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, key := range keys {
			if s.had[key]--; s.had[key] == 0 {
				delete(s.had, key)
			}
		}
	}
}
