package web

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/netip"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/locale"
)

// Request is what a handler is given: who asks, in which language, at what
// time, and the means to answer.
type Request struct {
	HTTP   *http.Request
	Writer http.ResponseWriter

	Actor    okno.Actor  // at the door of the route
	Person   okno.Person // zero: nobody is signed in
	Locale   *locale.Locale
	Now      time.Time
	Desk     *desk.Desk
	Settings okno.Settings
	Route    *Route

	server *Server
	answer *answer
	token  string // of the session; empty: the browser showed none
	form   *Form  // nil until Form is called
	key    string
	toast  *Toast
	fault  error // why the page that is being made cannot be shown
}

// Context ends when the browser goes away.
func (q *Request) Context() context.Context { return q.HTTP.Context() }

// Together runs parts that only ask the desk, as Desk.Together does; meanwhile
// Context is that of the reading they share.
func (q *Request) Together(parts ...func() error) error {
	alone := q.HTTP
	defer func() { q.HTTP = alone }()
	runs := make([]func(context.Context) error, len(parts))
	for i, part := range parts {
		runs[i] = func(ctx context.Context) error {
			if ctx != q.Context() {
				q.HTTP = alone.WithContext(ctx)
			}
			return part()
		}
	}
	return q.Desk.Together(q.Context(), runs...)
}

// Path is the value of a wildcard of the route's pattern.
func (q *Request) Path(name string) string { return q.HTTP.PathValue(name) }

// Query is the first value of a parameter of the address.
func (q *Request) Query(name string) string { return q.HTTP.URL.Query().Get(name) }

// RemoteAddr is the address that the request came from, seen through the trusted
// proxies. It is invalid when the connection has none (a Unix socket).
func (q *Request) RemoteAddr() netip.Addr { return q.server.front.client(q.HTTP) }

// Browser is the browser's own name for itself, at most 200 bytes, for the
// list of sessions.
func (q *Request) Browser() string {
	agent := q.HTTP.UserAgent()
	if len(agent) > 200 {
		agent = agent[:200]
	}
	return agent
}

// Link is the whole address of a page of ours. It is made from the base URL,
// never from the Host header; without a base URL it is the path alone.
func (q *Request) Link(path string) string { return q.server.front.link(path) }

// Fragment reports whether only a part of a page is wanted. Restoring the
// history wants the whole page, whatever else its request says.
func (q *Request) Fragment() bool {
	h := q.HTTP.Header
	return h.Get("HX-Request-Type") == "partial" && h.Get("HX-History-Restore-Request") == ""
}

// Key is the submission key of the form that is shown or was sent: sent twice,
// a form leads to its first result. A form shown again after a refusal keeps
// its key.
func (q *Request) Key() string {
	if q.key == "" {
		if q.form != nil && validKey(q.form.Get(keyField)) {
			q.key = q.form.Get(keyField)
		} else {
			q.key = rand.Text()
		}
	}
	return q.key
}

// keyField is the name of the hidden field that carries the submission key.
const keyField = "_key"

func validKey(key string) bool { return len(key) >= 16 && len(key) <= 64 }

// unsafe reports whether the request asks for a change.
func (q *Request) unsafe() bool { return !safeMethod(q.HTTP.Method) }

func safeMethod(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}
