package web

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/live"
)

// What an open page costs is a socket and one small goroutine.
func TestAnOpenPageHasOneGoroutine(t *testing.T) {
	const pages = 200
	r := newRig(t, nil)
	s := r.serve(t)
	before := runtime.NumGoroutine()
	for i := range pages {
		ann := customerAnn
		ann.portal.Session = okno.SessionID(1000 + i)
		r.desk.seat(fmt.Sprint("page", i), ann)
		c, begin := dial(t, s.Listener.Addr().String(), fmt.Sprint("page", i))
		defer c.Close()
		if begin != "HTTP/1.1 200 OK" {
			t.Fatalf("page %d: %s", i, begin)
		}
	}
	r.hub.Deliver(annsTicket.Encode())
	eventually(t, "goroutines of 200 pages", func() bool { return runtime.NumGoroutine()-before <= pages })
}

// Ten thousand pages are asked whether a change is theirs: asking makes nothing.
func TestPagesThatDoNotSeeAChangeCostNothing(t *testing.T) {
	hub := live.NewHub(time.Now)
	defer hub.Shutdown()
	sees := listenerOf([]okno.Actor{customerAnn.portal})
	deliver := func(pages int) float64 {
		for range pages {
			hub.Subscribe(live.Subscriber{Admits: sees.admits})
		}
		crowded := otherOne
		crowded.Participants = []int64{7, 8}
		payload := crowded.Encode()
		return testing.AllocsPerRun(5, func() { hub.Deliver(payload) })
	}
	if few, many := deliver(1), deliver(1000); many >= few+100 {
		t.Errorf("a delivery to one page makes %.0f things, to a thousand %.0f", few, many)
	}
}

// eventually waits for a fact, as long as any test may take.
func eventually(t *testing.T, what string, fact func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !fact(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within half a minute", what)
		}
	}
}

// Whoever opens one page after another leaves each before: the place must be
// free again at once, not with the next ping.
func TestALeftPageGivesItsPlaceBack(t *testing.T) {
	for name, h2 := range map[string]bool{"HTTP 1.1": false, "HTTP 2": true} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, nil)
			r.everyone()
			s := r.serveTLS(t, h2)
			for range 2 {
				var open []io.Closer
				for range streamsOfSession {
					open = append(open, openStreamBy(t, s, "GET", "ann").Body)
				}
				if res := openStreamBy(t, s, "GET", "ann"); res.StatusCode != 429 {
					t.Fatalf("one more than there may be: %d", res.StatusCode)
				}
				for _, page := range open {
					page.Close()
				}
				eventually(t, "no page is open", func() bool { return r.hub.Open() == 0 })
			}
		})
	}
}

func TestStreamOverTLS(t *testing.T) {
	for name, h2 := range map[string]bool{"HTTP 1.1": false, "HTTP 2": true} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, nil)
			r.everyone()
			s := r.serveTLS(t, h2)
			res := openStreamBy(t, s, "GET", "ann")
			if res.StatusCode != 200 || (res.ProtoMajor == 2) != h2 || res.Header.Get("Content-Security-Policy") == "" {
				t.Fatalf("%s %d %v", res.Proto, res.StatusCode, res.Header)
			}
			l := &listening{t, res.Body, bufio.NewReader(res.Body)}
			l.next()
			r.hub.Deliver(annsTicket.Encode())
			if got := l.next(); got != `event: hint data: {"ticket":"100001","part":"thread"}` {
				t.Errorf("told %q", got)
			}
			r.hub.Deliver(live.Hint{Part: live.PartEnded, Session: 11}.Encode())
			if got := l.next(); got != "end" {
				t.Errorf("told %q after the session's end", got)
			}
		})
	}
}

func TestStreamForAnOldProxy(t *testing.T) {
	r := newRig(t, nil)
	r.everyone()
	s := r.serve(t)
	c, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := fmt.Fprint(c, "GET /live HTTP/1.0\r\nHost: x\r\nConnection: close\r\nCookie: okno=ann\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 200 || res.ContentLength != -1 || len(res.TransferEncoding) > 0 || !res.Close || res.Header.Get("Date") == "" {
		t.Errorf("%d, %d bytes, %v, %v", res.StatusCode, res.ContentLength, res.TransferEncoding, res.Header)
	}
	l := &listening{t, res.Body, bufio.NewReader(res.Body)}
	l.next()
	r.hub.Deliver(annsTicket.Encode())
	if got := l.next(); got != `event: hint data: {"ticket":"100001","part":"thread"}` {
		t.Errorf("told %q", got)
	}
}

func TestWhoAsksOnlyForTheHeadersIsNotKept(t *testing.T) {
	r := newRig(t, nil)
	r.everyone()
	res := openStreamBy(t, r.serveTLS(t, false), "HEAD", "ann")
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" || r.hub.Open() != 0 {
		t.Errorf("%d %v, %d open", res.StatusCode, res.Header, r.hub.Open())
	}
}

func TestServerShutsDownWithAStreamOfHTTP2Open(t *testing.T) {
	before := goleak.IgnoreCurrent()
	r := newRig(t, nil)
	r.everyone()
	made := httptest.NewUnstartedServer(nil) // for its certificate
	made.EnableHTTP2 = true
	made.StartTLS()
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	over := make(chan error)
	go func() { over <- r.Serve(ctx, tls.NewListener(on, made.TLS)) }()
	made.URL = "https://" + on.Addr().String()
	l := openStreamBy(t, made, "GET", "ann")
	if l.StatusCode != 200 || l.ProtoMajor != 2 {
		t.Fatalf("%s %d", l.Proto, l.StatusCode)
	}
	stop()
	if err := <-over; err != nil {
		t.Error(err)
	}
	l.Body.Close()
	made.Client().CloseIdleConnections()
	made.Close()
	goleak.VerifyNone(t, before)
}

// serveTLS serves until the test is over.
func (r *rig) serveTLS(t *testing.T, h2 bool) *httptest.Server {
	t.Helper()
	before := goleak.IgnoreCurrent()
	s := httptest.NewUnstartedServer(r)
	s.EnableHTTP2 = h2
	s.StartTLS()
	t.Cleanup(func() {
		r.hub.Shutdown()
		s.Close()
		goleak.VerifyNone(t, before)
	})
	return s
}

func openStreamBy(t *testing.T, s *httptest.Server, method, token string) *http.Response {
	t.Helper()
	req := with(httptest.NewRequestWithContext(t.Context(), method, s.URL+"/live", nil), "Cookie", "__Host-okno="+token)
	req.RequestURI = ""
	res, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}
