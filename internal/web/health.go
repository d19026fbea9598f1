package web

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/oknodesk/okno"
)

// Check is one part of what the program needs.
type Check struct {
	Name string // shown at /readyz
	Run  func(ctx context.Context) error
	// Aside is a part without which pages are answered all the same: its trouble
	// is told of and turns nobody away.
	Aside bool
}

// checkTime is what all checks have together.
const checkTime = 3 * time.Second

// probe reports whether the path is asked by a load balancer or a monitor,
// which call us by an address and not by our name.
func probe(path string) bool { return path == "/healthz" || path == "/readyz" || path == "/metrics" }

// healthz says that the program runs.
func healthz(q *Request) error { return q.plain(http.StatusOK, "ok\n") }

// readiness is what /readyz says.
type readiness struct {
	Ready    bool     `json:"ready"`
	Draining bool     `json:"draining"` // the program ends: send requests elsewhere
	Checks   []result `json:"checks"`
}

// result is what came of a check. Why it failed is for those who run the program.
type result struct {
	Name  string `json:"name"`
	OK    bool   `json:"ok"`
	Aside bool   `json:"aside,omitempty"`
	Took  string `json:"took,omitempty"`
	Error string `json:"error,omitempty"`
}

// Readiness says whether the program can do its work, as /readyz does to those
// who may know why not.
func (s *Server) Readiness(ctx context.Context) (ready bool, said string) {
	r := s.readiness(ctx)
	return r.Ready, r.String()
}

func (s *Server) readiness(ctx context.Context) readiness {
	r := readiness{Draining: s.draining.Load(), Checks: s.checked(ctx)}
	r.Ready = !r.Draining && !slices.ContainsFunc(r.Checks, func(c result) bool { return !c.OK && !c.Aside })
	return r
}

// String has a line on the whole, and one for each check that says why it failed.
func (r readiness) String() string {
	lines := []string{"ready"}
	var failed, aside []string
	for _, c := range r.Checks {
		switch {
		case !c.OK && c.Aside:
			aside = append(aside, c.Name)
		case !c.OK:
			failed = append(failed, c.Name)
		}
		if c.Error != "" {
			lines = append(lines, c.Name+": "+c.Error)
		}
	}
	switch {
	case len(failed) > 0:
		lines[0] = "not ready: " + strings.Join(failed, ", ")
	case r.Draining:
		lines[0] = "not ready: draining"
	case len(aside) > 0:
		lines[0] = "ready, but " + strings.Join(aside, ", ")
	}
	return strings.Join(lines, "\n") + "\n"
}

// readyz says whether the program can do its work, and which checks failed. Why
// they did is said to this machine and to whoever has the token; to others it
// stands in the log only.
func readyz(q *Request) error {
	r, status := q.server.readiness(q.Context()), http.StatusOK
	if !r.Ready {
		status = http.StatusServiceUnavailable
	}
	if !q.confided() {
		for i := range r.Checks {
			r.Checks[i].Took, r.Checks[i].Error = "", ""
		}
	}
	if !strings.Contains(q.HTTP.Header.Get("Accept"), "application/json") {
		return q.plain(status, r.String())
	}
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	q.Writer.Header().Set("Content-Type", "application/json")
	return q.send(status, string(text)+"\n")
}

// checked runs all checks side by side.
func (s *Server) checked(ctx context.Context) []result {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	all := make([]result, len(s.ready))
	var running sync.WaitGroup
	for i, c := range s.ready {
		running.Go(func() {
			begun := time.Now()
			err := c.Run(ctx)
			all[i] = result{Name: c.Name, OK: err == nil, Aside: c.Aside, Took: time.Since(begun).Round(time.Microsecond).String()}
			if err != nil {
				all[i].Error = err.Error()
			}
			s.told(c.Name, all[i].Error)
		})
	}
	running.Wait()
	return all
}

// told logs what a check says when it says something new, however often a load
// balancer asks.
func (s *Server) told(check, trouble string) {
	before, known := s.troubles.Swap(check, trouble)
	switch {
	case trouble != "" && before != trouble:
		s.log.Warn("not as it should be", "check", check, "error", trouble)
	case trouble == "" && known && before != "":
		s.log.Info("as it should be again", "check", check)
	}
}

// confided tells whether the request comes from this machine itself, not
// through a proxy on it, or bears the token of those who run the program.
func (q *Request) confided() bool {
	h := q.HTTP.Header
	if p := peer(q.HTTP); p.IsLoopback() && h.Get("X-Forwarded-For") == "" && h.Get("Forwarded") == "" {
		return true
	}
	return q.bearsToken()
}

func (q *Request) bearsToken() bool {
	token, ok := strings.CutPrefix(q.HTTP.Header.Get("Authorization"), "Bearer ")
	want := q.server.token
	return ok && want != "" && subtle.ConstantTimeCompare([]byte(token), []byte(want)) == 1
}

// metrics answers whoever bears the token; to others it is not there. (A
// listener of its own needs none.)
func metrics(q *Request) error {
	if q.server.metrics == nil || !q.bearsToken() {
		return okno.ErrNotFound
	}
	q.server.metrics.ServeHTTP(q.Writer, q.HTTP)
	return nil
}

// robots keeps crawlers to the home page: the rest is somebody's.
func robots(q *Request) error {
	return q.plain(http.StatusOK, "User-agent: *\nAllow: /$\nAllow: /help\nDisallow: /\n")
}

func (q *Request) plain(status int, text string) error {
	q.Writer.Header().Set("Content-Type", "text/plain; charset=utf-8")
	return q.send(status, text)
}

func (q *Request) send(status int, text string) error {
	q.Writer.Header().Set("Cache-Control", "no-cache")
	q.Writer.WriteHeader(status)
	_, _ = io.WriteString(q.Writer, text)
	return nil
}
