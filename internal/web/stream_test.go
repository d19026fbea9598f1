package web

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/live"
)

// told is when a hint was, which these tests do not look at.
var told = regexp.MustCompile(`,"at":\d+`)

// retried is from two seconds to five.
var retried = regexp.MustCompile(`^retry: [2-4]\d{3}$`)

// listening is a browser with a stream open.
type listening struct {
	t    *testing.T
	body io.ReadCloser
	read *bufio.Reader
}

func (r *rig) serve(t *testing.T) *httptest.Server {
	t.Helper()
	before := goleak.IgnoreCurrent()
	s := httptest.NewServer(r)
	t.Cleanup(func() {
		r.hub.Shutdown()
		s.Close()
		http.DefaultClient.CloseIdleConnections()
		goleak.VerifyNone(t, before)
	})
	return s
}

func listenAs(t *testing.T, s *httptest.Server, token string) *listening {
	t.Helper()
	return listenWith(t, streamRequest(t, s, "/live", token))
}

func listenWith(t *testing.T, req *http.Request) *listening {
	t.Helper()
	res := openStream(t, req)
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" || res.Header.Get("X-Accel-Buffering") != "no" {
		t.Fatalf("%d %v", res.StatusCode, res.Header)
	}
	l := &listening{t, res.Body, bufio.NewReader(res.Body)}
	if got := l.next(); !retried.MatchString(got) {
		t.Fatalf("the stream begins with %q", got)
	}
	return l
}

func streamRequest(t *testing.T, s *httptest.Server, path, token string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Cookie", "okno="+token)
	return req
}

func openStream(t *testing.T, req *http.Request) *http.Response {
	t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

// next is the next event, its lines joined; "end" when the stream has ended.
func (l *listening) next() string {
	l.t.Helper()
	var lines []string
	for {
		line, err := l.read.ReadString('\n')
		if err == io.EOF {
			return "end"
		}
		if err != nil {
			l.t.Fatal(err)
		}
		if line = strings.TrimSuffix(line, "\n"); line == "" {
			return strings.Join(lines, " ")
		}
		if !strings.HasPrefix(line, "id: ") {
			lines = append(lines, told.ReplaceAllString(line, ""))
		}
	}
}

// Two tickets: Ann's in department 5, and a stranger's in department 6.
var (
	annsTicket = live.Hint{Ticket: 100, Number: "100001", Department: 5, Requester: 1, Part: live.PartThread}
	otherOne   = live.Hint{Ticket: 200, Number: "100002", Department: 6, Requester: 9, Part: live.PartThread}
)

func TestStreamTellsWhatTheSessionSees(t *testing.T) {
	r := newRig(t, nil)
	r.everyone()
	s := r.serve(t)
	note := annsTicket
	note.AgentsOnly, note.Part = true, live.PartStatus
	guests := live.Hint{Ticket: 7, Number: "100007", Department: 6, Part: live.PartThread}
	bell := live.Hint{Part: live.PartBell, Person: 2}
	hear := map[string]*listening{}
	for _, token := range []string{"ann", "guest", "boris", "vera"} {
		hear[token] = listenAs(t, s, token)
	}
	for _, h := range []live.Hint{annsTicket, note, otherOne, guests, bell} {
		r.hub.Deliver(h.Encode())
	}
	const (
		thread1 = `event: hint data: {"ticket":"100001","part":"thread"}`
		note1   = `event: hint data: {"ticket":"100001","part":"status"}`
		thread2 = `event: hint data: {"ticket":"100002","part":"thread"}`
		thread7 = `event: hint data: {"ticket":"100007","part":"thread"}`
		bell2   = `event: hint data: {"part":"bell"}`
		all     = `event: hint data: {"part":"all","within":2000}`
	)
	for token, want := range map[string][]string{
		"ann": {thread1}, "guest": {thread7}, "boris": {thread1, note1, bell2}, "vera": {thread1, note1, thread2, thread7},
	} {
		for _, w := range want {
			if got := hear[token].next(); got != w {
				t.Fatalf("%s: told %s, want %s", token, got, w)
			}
		}
	}
	r.hub.Deliver("")
	for token, l := range hear {
		if got := l.next(); got != all {
			t.Errorf("%s: told %s, which is not for him", token, got)
		}
	}
}

// When anything may have changed, pages ask again within a time that grows with
// their number.
func TestPagesThatMayHaveMissedAnythingAskOneAfterAnother(t *testing.T) {
	r := newRig(t, nil)
	r.everyone()
	s := r.serve(t)
	l := listenAs(t, s, "ann")
	for range 4999 {
		defer r.hub.Subscribe(live.Subscriber{}).Close()
	}
	r.hub.Deliver("")
	if got := l.next(); got != `event: hint data: {"part":"all","within":10000}` {
		t.Errorf("told %s", got)
	}
}

// What changes after a page was made and before its stream is open, or while
// the stream is lost, is told when it is there.
func TestStreamCatchesUp(t *testing.T) {
	r := newRig(t, nil)
	r.everyone()
	s := r.serve(t)
	made := r.now
	r.now = made.Add(3 * time.Second)
	r.hub.Deliver(annsTicket.Encode())
	r.hub.Deliver(otherOne.Encode())
	r.now = made.Add(5 * time.Second)
	const thread1 = `event: hint data: {"ticket":"100001","part":"thread"}`
	millis := func(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
	for name, c := range map[string]struct{ since, lastEvent, want string }{
		"a page made before":         {since: millis(made), want: thread1},
		"a stream lost before":       {since: millis(r.now), lastEvent: millis(made), want: thread1},
		"a stream lost afterwards":   {since: millis(made), lastEvent: millis(made.Add(4 * time.Second))},
		"a page made afterwards":     {since: millis(made.Add(4 * time.Second))},
		"a page of no time":          {since: "soon"},
		"a page of the future":       {since: millis(r.now.Add(time.Hour))},
		"a page of before the start": {since: millis(made.Add(-time.Hour)), want: `event: hint data: {"part":"all","within":2000}`},
	} {
		req := streamRequest(t, s, "/live?since="+c.since, "ann")
		req.Header.Set("Last-Event-ID", c.lastEvent)
		l := listenWith(t, req)
		if c.want != "" {
			if got := l.next(); got != c.want {
				t.Errorf("%s: told %q, want %q", name, got, c.want)
			}
		}
		second := annsTicket
		second.Part = live.PartStatus // the next that comes, if nothing was waiting
		r.hub.Deliver(second.Encode())
		if got := l.next(); got != `event: hint data: {"ticket":"100001","part":"status"}` {
			t.Errorf("%s: told %q", name, got)
		}
		l.body.Close()
	}
}

func TestStreamNeedsASession(t *testing.T) {
	r := newRig(t, nil)
	r.everyone()
	for token, want := range map[string]int{"": 401, "unheard-of": 401} {
		w := r.get("/live", as(token)...)
		if w.Code != want || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%q: %d %s", token, w.Code, w.Body)
		}
	}
}

func TestStreamEndsWithTheSession(t *testing.T) {
	for name, end := range map[string]func(*rig){
		"signing out":   func(r *rig) { r.hub.Deliver(live.Hint{Part: live.PartEnded, Session: 11}.Encode()) },
		"shutting down": func(r *rig) { r.hub.Shutdown() },
		"losing the account": func(r *rig) {
			r.desk.seat("ann", seat{})
			r.hub.Deliver(live.Hint{Part: live.PartRights, Person: 1}.Encode())
		},
		"a password issued anew": func(r *rig) {
			changed := customerAnn
			changed.portal.MustChange = true
			r.desk.seat("ann", changed)
			r.hub.Deliver(live.Hint{Part: live.PartRights, Person: 1}.Encode())
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, nil)
			r.everyone()
			l := listenAs(t, r.serve(t), "ann")
			end(r)
			if got := l.next(); got != "end" {
				t.Errorf("told %q", got)
			}
		})
	}
}

func TestStreamFollowsChangedRights(t *testing.T) {
	r := newRig(t, nil)
	r.everyone()
	l := listenAs(t, r.serve(t), "boris")
	r.hub.Deliver(otherOne.Encode())
	moved := agentBoris
	moved.grants = []okno.Grant{{Person: 2, Department: 6, Permissions: okno.RolePermissions("agent")}}
	r.desk.seat("boris", moved)
	r.hub.Deliver(live.Hint{Part: live.PartRights, Person: 2}.Encode())
	if got := l.next(); got != `event: hint data: {"part":"all"}` {
		t.Fatalf("told %q", got)
	}
	r.hub.Deliver(annsTicket.Encode())
	r.hub.Deliver(otherOne.Encode())
	if got := l.next(); got != `event: hint data: {"ticket":"100002","part":"thread"}` {
		t.Errorf("told %q", got)
	}
}

func TestStreamsOfASessionAreBounded(t *testing.T) {
	r := newRig(t, nil)
	r.everyone()
	s := r.serve(t)
	var open []*listening
	for range streamsOfSession {
		open = append(open, listenAs(t, s, "ann"))
	}
	if res := openStream(t, streamRequest(t, s, "/live", "ann")); res.StatusCode != 429 {
		t.Errorf("one more: %d", res.StatusCode)
	}
	listenAs(t, s, "boris")
	r.hub.Deliver(live.Hint{Part: live.PartEnded, Session: 11}.Encode())
	for _, l := range open {
		l.next()
	}
	listenAs(t, s, "ann")
}

// Each who came by a link has a session of his own; whoever has none has no
// stream either, and so strangers share no count.
func TestGuestsDoNotShutOneAnotherOutOfStreams(t *testing.T) {
	r := newRig(t, nil)
	r.everyone()
	r.desk.seat("guest2", seat{portal: okno.Actor{Session: 16, Guest: map[okno.TicketID]okno.PersonID{8: 2}}})
	s := r.serve(t)
	for range streamsOfSession {
		listenAs(t, s, "guest")
	}
	for who, status := range map[string]int{"guest": http.StatusTooManyRequests, "nobody": http.StatusUnauthorized} {
		if res := openStream(t, streamRequest(t, s, "/live", who)); res.StatusCode != status {
			t.Errorf("%s: %d", who, res.StatusCode)
		}
	}
	listenAs(t, s, "guest2")
}

// slowWriter is a connection in memory, for a movable clock.
type slowWriter struct {
	mu     sync.Mutex
	header http.Header
	text   strings.Builder
}

func (w *slowWriter) Header() http.Header { return w.header }
func (w *slowWriter) WriteHeader(int)     {}
func (w *slowWriter) Flush()              {}
func (w *slowWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}
func (w *slowWriter) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

func TestQuietStreamIsKeptOpenAndItsSessionLookedAt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.everyone()
		ctx, leave := context.WithCancel(t.Context())
		w := &slowWriter{header: http.Header{}}
		over := make(chan struct{})
		go func() {
			defer close(over)
			r.ServeHTTP(w, with(httptest.NewRequest("GET", "/live", nil), as("ann")...).WithContext(ctx))
		}()
		<-time.After(2*pingEvery + time.Second)
		if got := strings.Count(w.String(), ": ping\n"); got != 2 {
			t.Errorf("%d pings in %s", got, 2*pingEvery)
		}
		r.desk.seat("ann", seat{})
		<-time.After(checkEvery * pingEvery)
		select {
		case <-over:
		default:
			t.Error("the session is over and its stream is not")
		}
		leave()
		<-over
	})
}
