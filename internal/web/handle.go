package web

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/trace"
)

// ServeHTTP is the way of every request: its headers, its host, its origin,
// its route.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.headers(w)
	if s.draining.Load() {
		w.Header().Set("Connection", "close")
	}
	_, pattern := s.router.mux.Handler(r)
	switch {
	case !s.front.ours(r) && !probe(r.URL.Path):
		s.turnAway(w, r, errHost)
	case s.cross.Check(r) != nil:
		s.turnAway(w, r, errCrossSite)
	case pattern == "":
		s.turnAway(w, r, okno.ErrNotFound)
	default:
		s.router.mux.ServeHTTP(w, r)
	}
}

var (
	errHost      = okno.Refuse(okno.Invalid, "error.host")
	errCrossSite = okno.Refuse(okno.Forbidden, "error.crosssite")
)

// turnAway refuses a request that found no route.
func (s *Server) turnAway(w http.ResponseWriter, r *http.Request, refusal error) {
	s.handle(&Route{Pattern: "(no route)", Gate: GateAnyone, body: maxForm, unchanged: true,
		handler: func(*Request) error { return refusal }})(w, r)
}

// handle is the way of a request from its route on.
func (s *Server) handle(rt *Route) http.HandlerFunc {
	answered := func(w http.ResponseWriter, r *http.Request) {
		q := s.begin(&answer{ResponseWriter: w}, r, rt)
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				q.refuse(fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
			}
		}()
		if err := q.serve(); err != nil {
			q.refuse(err)
		}
	}
	if !rt.stream {
		answered = s.compress(http.HandlerFunc(answered))
	}
	return func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		if !rt.stream {
			s.underWay.Add(1)
			defer s.underWay.Add(-1)
		}
		s.bound(w, r, rt)
		said := &status{ResponseWriter: w, code: http.StatusOK}
		s.traced(rt, said, r, answered)
		took := time.Since(begun)
		if s.observe != nil && !rt.stream {
			s.observe(rt.Pattern, said.code, took)
		}
		s.log.Debug("request", "route", rt.Pattern, "took", took)
	}
}

// traced answers a request as a span of its own. Its name is the route's
// pattern: the path may hold a token.
func (s *Server) traced(rt *Route, said *status, r *http.Request, answered http.HandlerFunc) {
	if s.trace == nil || rt.stream {
		answered(said, r)
		return
	}
	method, path, _ := strings.Cut(rt.Pattern, " ")
	ctx, span := s.trace.Begin(r.Context(), rt.Pattern, trace.Answers, trace.Attr{Key: "http.request.method", Text: method}, trace.Attr{Key: "http.route", Text: path})
	answered(said, r.WithContext(ctx))
	span.End(said.code >= http.StatusInternalServerError, trace.Attr{Key: "http.response.status_code", Number: int64(said.code)})
}

// bound sets the limits of size and time.
func (s *Server) bound(w http.ResponseWriter, r *http.Request, rt *Route) {
	r.Body = http.MaxBytesReader(w, r.Body, rt.body)
	control := http.NewResponseController(w)
	whole := answerTime
	if !safeMethod(r.Method) {
		whole += time.Duration(rt.body/slowestSpeed) * time.Second
		s.deadline(rt, control.SetReadDeadline(time.Now().Add(whole)))
	}
	until := time.Now().Add(whole + answerTime)
	if rt.stream {
		until = time.Time{} // the handler knows; the one before on this connection does not
	}
	s.deadline(rt, control.SetWriteDeadline(until))
}

// deadline logs a time limit that could not be set. A recorder in memory has
// none and needs none.
func (s *Server) deadline(rt *Route, err error) {
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		s.log.Warn("no time limit on a connection", "route", rt.Pattern, "error", err)
	}
}

// serve is the order of things on a route.
func (q *Request) serve() error {
	if l := q.Route.limit; l != nil {
		wait, err := q.held(*l)
		if err != nil {
			return err
		}
		if wait > 0 {
			if err := q.settle(); err != nil { // its page bears the names too
				return err
			}
			return okno.Refuse(okno.TooMany, "error.toomany", "Seconds", seconds(wait))
		}
	}
	if err := q.identify(); err != nil {
		return err
	}
	if q.mustChange() {
		if q.wantsProblem() {
			return okno.Refuse(okno.Forbidden, "error.password.first")
		}
		return q.Redirect(passwordPage)
	}
	if err := q.admit(); err != nil {
		return err
	}
	return q.Route.handler(q)
}

// held is how long the request's address has to wait. What anyone may send is
// counted over all programs that serve the installation; what has passed here is
// asked there, so that a flood costs the database nothing.
func (q *Request) held(l limit) (wait time.Duration, err error) {
	wait = q.server.throttle.wait(l, q.RemoteAddr(), q.Now)
	if wait > 0 || q.Route.Gate != GateAnyone || safeMethod(q.HTTP.Method) {
		return wait, nil
	}
	return q.server.source.Try(q.Context(), "route "+l.bucket, household(q.RemoteAddr()).String(), l.n, l.per/time.Duration(l.n))
}

// seconds rounds up: whoever waits that long is let in.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// answer remembers whether anything has been said yet; afterwards a refusal
// comes too late.
type answer struct {
	http.ResponseWriter
	begun bool
}

func (a *answer) WriteHeader(status int) {
	a.begun = true
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(p []byte) (int, error) {
	a.begun = true
	return a.ResponseWriter.Write(p)
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// status remembers how a request was answered.
type status struct {
	http.ResponseWriter
	code int
}

func (s *status) WriteHeader(code int) {
	s.code = code
	s.ResponseWriter.WriteHeader(code)
}

// Unwrap is for http.ResponseController.
func (s *status) Unwrap() http.ResponseWriter { return s.ResponseWriter }
