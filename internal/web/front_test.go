package web

import (
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func TestEveryAnswerBearsTheHeaders(t *testing.T) {
	r := newRig(t, func(c *Config) { c.BaseURL = "https://desk.example.com" }, fourGates)
	for _, path := range []string{"/open", "/nowhere", "/healthz"} {
		h := r.get(path, "Host", "desk.example.com").Header()
		for name, want := range map[string]string{
			"Content-Security-Policy":    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"X-Content-Type-Options":     "nosniff",
			"Referrer-Policy":            "no-referrer",
			"Cross-Origin-Opener-Policy": "same-origin",
			"Strict-Transport-Security":  "max-age=31536000",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}

func TestAnotherHostIsMisdirected(t *testing.T) {
	r := newRig(t, func(c *Config) { c.BaseURL = "https://desk.example.com" }, fourGates)
	for _, c := range []struct {
		host, path string
		want       int
	}{
		{"desk.example.com", "/open", 200},
		{"DESK.example.com.", "/open", 200},
		{"desk.example.com:443", "/open", 200},
		{"desk.example.com:8443", "/open", 421},
		{"evil.example", "/open", 421},
		{"evil.example", "/nowhere", 421},
		{"10.0.0.7:8080", "/healthz", 200},
		{"10.0.0.7:8080", "/readyz", 200},
	} {
		if w := r.get(c.path, "Host", c.host); w.Code != c.want {
			t.Errorf("%s at %s: %d, want %d", c.path, c.host, w.Code, c.want)
		}
	}
}

func TestWithoutBaseURLAnyHostIsAnswered(t *testing.T) {
	r := newRig(t, nil, fourGates)
	if w := r.get("/open", "Host", "192.168.1.5:8080"); w.Code != 200 {
		t.Errorf("answer %d", w.Code)
	}
}

func TestBaseURLIsAHostAlone(t *testing.T) {
	for base, ok := range map[string]bool{
		"https://desk.example.com": true, "http://localhost:8080": true, "https://desk.example.com/": true, "": true,
		"desk.example.com": false, "ftp://desk.example.com": false, "https://desk.example.com/okno": false,
		"https://": false, "https://a:b@desk.example.com": false, "https://desk.example.com/?x": false,
	} {
		if _, err := newFront(base, nil); (err == nil) != ok {
			t.Errorf("%q: %v", base, err)
		}
	}
}

func TestPostFromAnotherSiteIsRefused(t *testing.T) {
	done := 0
	r := newRig(t, func(c *Config) { c.BaseURL = "https://desk.example.com" }, func(r *Router) {
		r.Anyone("POST /act", func(q *Request) error { done++; return q.Done() })
	})
	host := []string{"Host", "desk.example.com"}
	for _, c := range []struct {
		name    string
		headers []string
		want    int
	}{
		{"our page", []string{"Sec-Fetch-Site", "same-origin"}, 204},
		{"another site", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"a neighbouring host", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"an old browser, our page", []string{"Origin", "https://desk.example.com"}, 204},
		{"an old browser, another site", []string{"Origin", "https://evil.example"}, 403},
		{"a program", nil, 204},
	} {
		before := done
		w := r.post("/act", "", append(host, c.headers...)...)
		if w.Code != c.want || (done > before) != (c.want == 204) {
			t.Errorf("%s: %d (done: %v), want %d", c.name, w.Code, done > before, c.want)
		}
	}
}

func TestAddressBehindProxies(t *testing.T) {
	f := front{proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}}
	for _, c := range []struct{ remote, forwarded, want string }{
		{"203.0.113.9:1", "", "203.0.113.9"},
		{"203.0.113.9:1", "198.51.100.1", "203.0.113.9"},
		{"10.0.0.1:1", "198.51.100.1", "198.51.100.1"},
		{"10.0.0.1:1", "1.1.1.1, 198.51.100.1", "198.51.100.1"},
		{"10.0.0.1:1", "198.51.100.1, 10.0.0.2", "198.51.100.1"},
		{"10.0.0.1:1", "", "10.0.0.1"},
		{"10.0.0.1:1", "rubbish", "10.0.0.1"},
		{"[::ffff:10.0.0.1]:1", "2001:db8::1", "2001:db8::1"},
		{"[fd00::1]:1", "::ffff:198.51.100.1", "198.51.100.1"},
	} {
		req := httptest.NewRequest("GET", "/", nil)
		req.RemoteAddr = c.remote
		if c.forwarded != "" {
			req.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := f.client(req).String(); got != c.want {
			t.Errorf("%s for %q: %s, want %s", c.remote, c.forwarded, got, c.want)
		}
	}
}

func TestLinksComeFromTheBaseURL(t *testing.T) {
	link := func(q *Request) error { return q.Render(say(q.Link("/tickets/100001"))) }
	r := newRig(t, func(c *Config) { c.BaseURL = "https://desk.example.com/" }, func(r *Router) { r.Anyone("GET /link", link) })
	if got := r.get("/link", "Host", "desk.example.com:443").Body.String(); got != "https://desk.example.com/tickets/100001" {
		t.Errorf("link %q", got)
	}
	r = newRig(t, nil, func(r *Router) { r.Anyone("GET /link", link) })
	if got := r.get("/link", "Host", "evil.example").Body.String(); strings.Contains(got, "evil") {
		t.Errorf("link %q follows the Host header", got)
	}
}

func TestSessionCookieIsBoundToTheHost(t *testing.T) {
	signIn := func(r *Router) {
		r.Anyone("POST /in", func(q *Request) error { q.SetSession("s3cret"); return q.Redirect("/tickets") })
		r.Anyone("POST /out", func(q *Request) error { q.DropSession(); return q.Redirect("/") })
	}
	for _, c := range []struct{ base, want string }{
		{"https://desk.example.com", "__Host-okno=s3cret; Path=/; Max-Age=2592000; HttpOnly; Secure; SameSite=Lax"},
		{"http://desk.example.com", "okno=s3cret; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax"},
	} {
		r := newRig(t, func(x *Config) { x.BaseURL = c.base }, signIn)
		if got := r.post("/in", "", "Host", "desk.example.com").Header().Get("Set-Cookie"); got != c.want {
			t.Errorf("%s: %q, want %q", c.base, got, c.want)
		}
		if got := r.post("/out", "", "Host", "desk.example.com").Header().Get("Set-Cookie"); !strings.Contains(got, "Max-Age=0") {
			t.Errorf("%s: signing out leaves %q", c.base, got)
		}
	}
}

func TestOnHTTPSACookieWithoutThePrefixIsNobody(t *testing.T) {
	r := newRig(t, func(c *Config) { c.BaseURL = "https://desk.example.com" }, fourGates)
	r.everyone()
	for cookie, want := range map[string]string{"okno=ann": "person 0", "__Host-okno=ann": "person 1"} {
		if got := r.get("/open", "Host", "desk.example.com", "Cookie", cookie).Body.String(); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", cookie, got, want)
		}
	}
}
