package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/oknodesk/okno"
)

// Handler answers a request or says why not; a refusal becomes a page, a
// fragment or a problem document in one place (refusal.go).
type Handler func(*Request) error

// Gate is who may use a route at all. What he may do there is the desk's to
// say.
type Gate string

const (
	GateAnyone    Gate = "anyone"
	GateCustomers Gate = "customers" // signed in, or come by an access link
	GateAgents    Gate = "agents"
	GateAdmins    Gate = "admins"
)

// Door is where an actor stands once he is through the gate.
func (g Gate) Door() okno.Door {
	switch g {
	case GateAgents:
		return okno.DoorWorkspace
	case GateAdmins:
		return okno.DoorAdmin
	}
	return okno.DoorPortal
}

// Route is one line of a surface's table.
type Route struct {
	Pattern string // as http.ServeMux reads it: "GET /tickets/{number}"
	Gate    Gate

	handler   Handler
	body      int64 // bytes of the request's body; 0: maxForm
	limit     *limit
	unchanged bool // also for those who must change their password first
	plain     bool // no session is looked up: the answer is the same for all
	problem   bool // refusals are problem documents, whatever is accepted
	stream    bool // never compressed, no time limit on the answer
}

// Method is the HTTP method of the pattern.
func (rt *Route) Method() string {
	method, _, _ := strings.Cut(rt.Pattern, " ")
	return method
}

// Option sets one property of a route.
type Option func(*Route)

// Limit lets one client address (IPv6: one /64) ask the routes of the same
// bucket at most n times in the given time; then 429 with Retry-After.
func Limit(bucket string, n int, per time.Duration) Option {
	return func(rt *Route) { rt.limit = &limit{bucket: bucket, n: n, per: per} }
}

// Files lets the route's form carry files, as many bytes as the installation
// allows.
func Files() Option { return func(rt *Route) { rt.body = filesAllowed } }

// EvenUnchanged leaves the route open to those who have not yet replaced
// their issued password (spec R40): the page where they do, and signing out.
func EvenUnchanged() Option { return func(rt *Route) { rt.unchanged = true } }

// Body lets the request's body have so many bytes.
func Body(n int64) Option { return func(rt *Route) { rt.body = n } }

// Plain says that the answer is the same for everyone: no session is read.
func Plain() Option { return func(rt *Route) { rt.plain = true } }

// Problems says that only programs ask: refusals are problem documents
// (RFC 9457).
func Problems() Option { return func(rt *Route) { rt.problem = true } }

// Streamed says that the answer is written bit by bit or is a file: it is not
// compressed.
func Streamed() Option { return func(rt *Route) { rt.stream = true } }

// Router takes the routes of the surfaces. There is no way to add one without
// naming its gate.
type Router struct {
	server *Server
	mux    *http.ServeMux
	routes []*Route
}

// Anyone adds a route that needs no sign-in. Whoever is signed in stands at
// the portal's door.
func (r *Router) Anyone(pattern string, h Handler, options ...Option) {
	r.add(GateAnyone, pattern, h, options)
}

// Customers adds a route for whoever is signed in or has come by an access
// link; agents are only customers here.
func (r *Router) Customers(pattern string, h Handler, options ...Option) {
	r.add(GateCustomers, pattern, h, options)
}

// Agents adds a route of the workspace. To others it does not exist.
func (r *Router) Agents(pattern string, h Handler, options ...Option) {
	r.add(GateAgents, pattern, h, options)
}

// Admins adds a route of the administration. To others it does not exist.
func (r *Router) Admins(pattern string, h Handler, options ...Option) {
	r.add(GateAdmins, pattern, h, options)
}

// Routes lists every route with its gate, in the order they were added.
func (r *Router) Routes() []Route {
	routes := make([]Route, len(r.routes))
	for i, rt := range r.routes {
		routes[i] = *rt
	}
	return routes
}

// add panics on a pattern without method: it would answer to every method.
func (r *Router) add(gate Gate, pattern string, h Handler, options []Option) {
	if method, path, ok := strings.Cut(pattern, " "); !ok || method == "" || !strings.HasPrefix(path, "/") {
		panic(fmt.Sprintf("web: the route %q needs a method and a path", pattern))
	}
	rt := &Route{Pattern: pattern, Gate: gate, handler: h}
	for _, o := range options {
		o(rt)
	}
	if rt.body == filesAllowed {
		rt.body = r.server.filesBody()
	} else if rt.body == 0 {
		rt.body = maxForm
	}
	r.routes = append(r.routes, rt)
	r.mux.Handle(pattern, r.server.handle(rt))
}
