package oknotest_test

import (
	"context"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/app"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/oknotest"
)

// node is one of several programs that serve one installation.
type node struct {
	url  *url.URL
	stop func() error
}

// startNode runs a program on the database with a data directory of its own.
func startNode(t *testing.T, database, key string, args ...string) *node {
	t.Helper()
	h := openHouse(t, database, key, args...)
	at, err := url.Parse("http://" + h.Addr())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	n := &node{url: at, stop: sync.OnceValue(func() error {
		cancel()
		err := <-ended
		h.Close()
		return err
	})}
	t.Cleanup(func() {
		if err := n.stop(); err != nil {
			t.Error(err)
		}
	})
	return n
}

// openHouse is a program that is ready to run.
func openHouse(t *testing.T, database, key string, args ...string) *app.House {
	t.Helper()
	fs := flag.NewFlagSet("okno", flag.ContinueOnError)
	flags := app.AddFlags(fs)
	if err := fs.Parse(append([]string{"--data", t.TempDir(), "--db", database, "--key-file", key, "--lang", "en", "--listen", "127.0.0.1:0"}, args...)); err != nil {
		t.Fatal(err)
	}
	c, err := flags.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	h, err := app.Open(t.Context(), c, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	return h
}

// balancer sends requests in turn to those programs that say they are ready.
type balancer struct {
	mu    sync.Mutex
	nodes []*node
	ready []*node
	turn  int
}

func (b *balancer) put(nodes ...*node) {
	b.mu.Lock()
	b.nodes = nodes
	b.mu.Unlock()
	b.look()
}

// look asks everyone whether he is ready.
func (b *balancer) look() {
	b.mu.Lock()
	nodes := b.nodes
	b.mu.Unlock()
	var ready []*node
	for _, n := range nodes {
		a, err := http.Get(n.url.String() + "/readyz")
		if err != nil {
			continue
		}
		a.Body.Close()
		if a.StatusCode == http.StatusOK {
			ready = append(ready, n)
		}
	}
	b.mu.Lock()
	b.ready = ready
	b.mu.Unlock()
}

func (b *balancer) next() *node {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.turn++
	if len(b.ready) == 0 {
		return b.nodes[0]
	}
	return b.ready[b.turn%len(b.ready)]
}

func TestProgramsAreRestartedInTurnWithoutAFailedRequest(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{DB: dbtest.Postgres(t)}) // sets the desk up
	token, err := r.Desk.SignIn(t.Context(), oknotest.Ada, oknotest.Password, "", "test")
	if err != nil {
		t.Fatal(err)
	}
	begin := func() *node { return startNode(t, r.Config.DB, r.Config.KeyFile, "--drain", "400ms") }
	b := &balancer{}
	first, second := begin(), begin()
	b.put(first, second)
	watch, stopWatching := context.WithCancel(t.Context())
	defer stopWatching()
	go func() {
		for watch.Err() == nil {
			b.look()
			select {
			case <-watch.Done():
			case <-time.After(50 * time.Millisecond):
			}
		}
	}()
	var failed atomic.Int64
	front := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(q *httputil.ProxyRequest) { q.SetURL(b.next().url) },
		ErrorHandler: func(w http.ResponseWriter, q *http.Request, err error) {
			failed.Add(1)
			t.Errorf("%s %s failed: %v", q.Method, q.URL.Path, err)
			w.WriteHeader(http.StatusBadGateway)
		},
	})
	defer front.Close()

	stop := make(chan struct{})
	var load sync.WaitGroup
	var answered atomic.Int64
	for _, c := range []struct{ method, path, form string }{{"GET", "/", ""}, {"GET", "/desk?view=open", ""}, {"POST", "/theme", "theme=dark"}} {
		load.Go(func() {
			client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
			for {
				select {
				case <-stop:
					return
				default:
				}
				q, err := http.NewRequest(c.method, front.URL+c.path, strings.NewReader(c.form))
				if err != nil {
					t.Error(err)
					return
				}
				q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				q.AddCookie(&http.Cookie{Name: "okno", Value: token})
				a, err := client.Do(q)
				if err != nil {
					t.Error(err)
					return
				}
				_, err = io.Copy(io.Discard, a.Body)
				a.Body.Close()
				if err != nil || a.StatusCode >= 400 {
					t.Errorf("%s %s: %d, %v", c.method, c.path, a.StatusCode, err)
				}
				answered.Add(1)
			}
		})
	}
	stream, err := http.NewRequest("GET", first.url.String()+"/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	stream.AddCookie(&http.Cookie{Name: "okno", Value: token})
	open, err := http.DefaultClient.Do(stream)
	if err != nil || open.StatusCode != http.StatusOK {
		t.Fatal(err)
	}
	streamEnded := make(chan error, 1)
	go func() { _, err := io.Copy(io.Discard, open.Body); streamEnded <- err }()

	for i, old := range []*node{first, second} {
		before := answered.Load()
		if err := old.stop(); err != nil {
			t.Error(err)
		}
		fresh := begin()
		if i == 0 {
			first = fresh
			if err := <-streamEnded; err != nil { // ended in good order: the browser connects anew
				t.Errorf("the open page's stream: %v", err)
			}
			b.put(first, second)
		} else {
			b.put(first, fresh)
		}
		if answered.Load() == before {
			t.Error("nothing was answered meanwhile")
		}
	}
	close(stop)
	load.Wait()
	if failed.Load() > 0 || answered.Load() < 20 {
		t.Errorf("%d requests of %d failed", failed.Load(), answered.Load())
	}
}

func TestMetricsTellOfTheHouse(t *testing.T) {
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("0123456789abcdef\nnot this\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := oknotest.Start(t, oknotest.Options{Args: []string{"--metrics-listen", "127.0.0.1:0", "--status-token-file", token}})
	if _, err := filed(t.Context(), r, 1); err != nil {
		t.Fatal(err)
	}
	r.Settle()
	if err := r.Desk.FoldCounters(t.Context()); err != nil {
		t.Fatal(err)
	}
	read := func(url, bearer string) (int, string) {
		q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if bearer != "" {
			q.Header.Set("Authorization", "Bearer "+bearer)
		}
		a, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		body, err := io.ReadAll(a.Body)
		if err != nil {
			t.Fatal(err)
		}
		return a.StatusCode, string(body)
	}
	for bearer, want := range map[string]int{"": 404, "0123456789abcdee": 404, "0123456789abcdef": 200} {
		if status, _ := read(r.URL+"/metrics", bearer); status != want {
			t.Errorf("with the token %q: %d", bearer, status)
		}
	}
	read(r.URL+"/tickets/100001?secret=1", "")
	status, text := read("http://"+r.MetricsAddr().String()+"/metrics", "")
	for _, want := range []string{
		`okno_http_request_seconds_count{route="GET /tickets/{number}",status="`, `okno_tickets{kind="new"} 1`, `okno_new_ticket_age_seconds `,
		`okno_job_seconds_count{kind="`, `okno_jobs_waiting{kind="every:tidy"} 1`, `okno_jobs_dead{kind="`, `okno_jobs_late_seconds{kind="`,
		"okno_db_commits_total ", "okno_db_changes_total ", "okno_live_pages 0", "okno_disk_free_bytes ", "okno_search_waiting ", "okno_search_lag_seconds ", "okno_build_info{",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%d: lacks %s", status, want)
		}
	}
	if strings.Contains(text, "secret") || strings.Contains(text, "100001") {
		t.Error("a path stands in the metrics")
	}
}

func TestLimitsAreCountedOverAllPrograms(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{DB: dbtest.Postgres(t)})
	nodes := []*node{startNode(t, r.Config.DB, r.Config.KeyFile), startNode(t, r.Config.DB, r.Config.KeyFile)}
	try := func(n *node, path string, form url.Values) int {
		a, err := http.PostForm(n.url.String()+path, form)
		if err != nil {
			t.Fatal(err)
		}
		a.Body.Close()
		return a.StatusCode
	}
	refused := 0
	for i := range 12 { // five guesses at one login, wherever they are tried
		if try(nodes[i%2], "/login", url.Values{"login": {oknotest.Ada}, "password": {"wrong guess"}}) == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused < 12-5-2 {
		t.Errorf("of 12 guesses at two programs %d were refused", refused)
	}
	refused = 0
	for i := range 16 { // ten letters a minute to one address
		if try(nodes[i%2], "/reset", url.Values{"login": {"nobody@customer.example"}}) == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused < 16-10-2 {
		t.Errorf("of 16 letters asked of two programs %d were refused", refused)
	}
}
