package web

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"
)

// Check is one thing without which we are not ready to serve.
type Check struct {
	Name string // shown at /readyz
	Run  func(ctx context.Context) error
}

// checkTime is what all checks have together.
const checkTime = 3 * time.Second

// probe reports whether the path is asked by a load balancer, which calls us
// by an address and not by our name.
func probe(path string) bool { return path == "/healthz" || path == "/readyz" }

// healthz says that the program runs.
func healthz(q *Request) error { return q.plain(http.StatusOK, "ok\n") }

// readyz says whether the program can do its work, and which checks failed;
// why they did stands in the log only.
func readyz(q *Request) error {
	ctx, cancel := context.WithTimeout(q.Context(), checkTime)
	defer cancel()
	var failed []string
	for _, c := range q.server.ready {
		if err := c.Run(ctx); err != nil {
			q.server.log.Warn("not ready", "check", c.Name, "error", err)
			failed = append(failed, c.Name)
		}
	}
	if len(failed) > 0 {
		return q.plain(http.StatusServiceUnavailable, "not ready: "+strings.Join(failed, ", ")+"\n")
	}
	return q.plain(http.StatusOK, "ready\n")
}

// robots keeps crawlers to the home page: the rest is somebody's.
func robots(q *Request) error {
	return q.plain(http.StatusOK, "User-agent: *\nAllow: /$\nAllow: /help\nDisallow: /\n")
}

func (q *Request) plain(status int, text string) error {
	h := q.Writer.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	q.Writer.WriteHeader(status)
	_, _ = io.WriteString(q.Writer, text)
	return nil
}
