package web

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestReadiness(t *testing.T) {
	var database, relay error
	r := newRig(t, func(c *Config) {
		c.Token = "watchman"
		c.Ready = []Check{
			{Name: "database", Run: func(context.Context) error { return database }},
			{Name: "mail out", Run: func(context.Context) error { return relay }, Aside: true},
		}
	})
	ask := func(headers ...string) (int, string) {
		w := r.get("/readyz", headers...)
		return w.Code, w.Body.String()
	}
	for _, c := range []struct {
		database, relay error
		headers         []string
		status          int
		body            string
	}{
		{nil, nil, nil, 200, "ready\n"},
		{nil, errors.New("no route"), nil, 200, "ready, but mail out\n"},
		{errors.New("no route to 10.0.0.3"), nil, nil, 503, "not ready: database\n"},
		{errors.New("no route to 10.0.0.3"), nil, []string{"Authorization", "Bearer watchmen"}, 503, "not ready: database\n"},
		{errors.New("no route to 10.0.0.3"), nil, []string{"Authorization", "Bearer watchman"}, 503, "not ready: database\ndatabase: no route to 10.0.0.3\n"},
		{errors.New("no route to 10.0.0.3"), nil, []string{"Accept", "application/json"}, 503,
			`{"ready":false,"draining":false,"checks":[{"name":"database","ok":false},{"name":"mail out","ok":true,"aside":true}]}` + "\n"},
	} {
		database, relay = c.database, c.relay
		if status, body := ask(c.headers...); status != c.status || body != c.body {
			t.Errorf("database %v, relay %v, %v: %d %s", c.database, c.relay, c.headers, status, body)
		}
	}
	if status, body := ask("Accept", "application/json", "Authorization", "Bearer watchman"); status != 503 || !strings.Contains(body, `"error":"no route to 10.0.0.3"`) || !strings.Contains(body, `"took":"`) {
		t.Errorf("with the token: %d %s", status, body)
	}
	if n := strings.Count(r.log.String(), "no route to 10.0.0.3"); n != 1 {
		t.Errorf("one trouble asked for five times is logged %d times", n)
	}
	database = nil
	ask()
	if !strings.Contains(r.log.String(), "as it should be again") {
		t.Error("that it is over is not logged")
	}
	if w := r.get("/healthz"); w.Code != 200 {
		t.Errorf("alive: %d", w.Code)
	}
}

func TestReasonsAreForThisMachineAndNotForItsProxy(t *testing.T) {
	r := newRig(t, func(c *Config) {
		c.Ready = []Check{{Name: "database", Run: func(context.Context) error { return errors.New("secret reason") }}}
	})
	on, stop := serving(t, r)
	defer stop()
	for _, c := range []struct {
		forwarded string
		told      bool
	}{{"", true}, {"192.0.2.7", false}} {
		q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+on+"/readyz", nil)
		if err != nil {
			t.Fatal(err)
		}
		if c.forwarded != "" {
			q.Header.Set("X-Forwarded-For", c.forwarded)
		}
		a, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(a.Body)
		a.Body.Close()
		if err != nil || strings.Contains(string(body), "secret reason") != c.told {
			t.Errorf("forwarded for %q: %s", c.forwarded, body)
		}
	}
}

func TestDrainingServerSaysSoAndAnswersOn(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Drain = time.Minute })
	r.draining.Store(true)
	on, stop := serving(t, r)
	defer stop()
	for path, want := range map[string]int{"/readyz": 503, "/healthz": 200, "/robots.txt": 200} {
		a, err := http.Get("http://" + on + path)
		if err != nil {
			t.Fatal(err)
		}
		a.Body.Close()
		if a.StatusCode != want || !a.Close {
			t.Errorf("%s while draining: %d, connection closed: %v", path, a.StatusCode, a.Close)
		}
	}
}

// serving answers on a port of its own until stop.
func serving(t *testing.T, r *rig) (address string, stop func()) {
	t.Helper()
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: r.Server, ReadHeaderTimeout: time.Minute}
	over := make(chan error, 1)
	go func() { over <- server.Serve(on) }()
	return on.Addr().String(), func() {
		_ = server.Close()
		<-over
	}
}
