package web

import (
	"strconv"
	"strings"
	"testing"
)

func fourGates(r *Router) {
	r.Anyone("GET /open", sayWho)
	r.Customers("GET /tickets", sayWho)
	r.Agents("GET /desk", sayWho)
	r.Admins("GET /admin", sayWho)
	r.Anyone("GET /password", sayWho, EvenUnchanged())
}

func TestWhoPassesWhichGate(t *testing.T) {
	r := newRig(t, nil, fourGates)
	r.everyone()
	const signIn = "/login?back="
	for _, c := range []struct{ token, path, want string }{
		{"", "/open", "person 0 at the portal"},
		{"", "/tickets", signIn + "%2Ftickets"},
		{"", "/desk", signIn + "%2Fdesk"},
		{"", "/admin", signIn + "%2Fadmin"},
		{"unheard-of", "/tickets", signIn + "%2Ftickets"},
		{"guest", "/open", "person 0 at the portal"},
		{"guest", "/tickets", "person 0 at the portal"},
		{"guest", "/desk", signIn + "%2Fdesk"},
		{"ann", "/tickets", "person 1 at the portal"},
		{"ann", "/desk", "404"},
		{"ann", "/admin", "404"},
		{"boris", "/tickets", "person 2 at the portal"},
		{"boris", "/desk", "person 2 at the workspace"},
		{"boris", "/admin", "404"},
		{"vera", "/desk", "person 3 at the workspace"},
		{"vera", "/admin", "person 3 at the admin"},
		{"newcomer", "/open", "/password"},
		{"newcomer", "/tickets", "/password"},
		{"newcomer", "/desk", "/password"},
		{"newcomer", "/live", "403"},
		{"newcomer", "/password", "person 4 at the portal"},
	} {
		w := r.get(c.path, as(c.token)...)
		got := strings.TrimSpace(w.Body.String())
		switch w.Code {
		case 303:
			got = w.Header().Get("Location")
		case 403, 404:
			got = strconv.Itoa(w.Code)
		}
		if got != c.want {
			t.Errorf("%q at %s: %d %q, want %q", c.token, c.path, w.Code, got, c.want)
		}
	}
}

func TestRoutesAreListedWithTheirGates(t *testing.T) {
	r := newRig(t, nil, fourGates)
	gates := map[string]Gate{}
	for _, rt := range r.Routes() {
		gates[rt.Pattern] = rt.Gate
	}
	for pattern, want := range map[string]Gate{
		"GET /open": GateAnyone, "GET /tickets": GateCustomers, "GET /desk": GateAgents, "GET /admin": GateAdmins,
		"GET /files/{ref}": GateCustomers, "GET /live": GateCustomers,
	} {
		if gates[pattern] != want {
			t.Errorf("%s: gate %q, want %q", pattern, gates[pattern], want)
		}
	}
}

func TestRouteWithoutMethodIsRefused(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a route for every method was taken")
		}
	}()
	newRig(t, nil, func(r *Router) { r.Anyone("/open", sayWho) })
}
