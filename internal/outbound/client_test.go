package outbound

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// serve runs handler on addr, which stands for a host of the world or of the inside.
func serve(t *testing.T, addr string, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	listener, err := net.Listen("tcp", net.JoinHostPort(addr, "0"))
	if err != nil {
		t.Fatal(err)
	}
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: handler}}
	server.Start()
	t.Cleanup(server.Close)
	return server
}

func newClient(t *testing.T, maxBytes int64) *http.Client {
	t.Helper()
	client := newDialer(t, []string{"127.0.0.2"}, map[string][][]string{"picture.example": {{"127.0.0.2"}}}).Client(5*time.Second, maxBytes)
	t.Cleanup(client.CloseIdleConnections)
	return client
}

func TestDirectFollowsNoRedirect(t *testing.T) {
	world := serve(t, "127.0.0.2", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/start" {
			t.Error("a redirect was followed")
		}
		http.Redirect(w, r, "/next", http.StatusTemporaryRedirect)
	})
	client := newDialer(t, []string{"127.0.0.2"}, nil).Direct(5*time.Second, 100)
	t.Cleanup(client.CloseIdleConnections)
	answer, err := client.Post(world.URL+"/start", "text/plain", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusTemporaryRedirect {
		t.Errorf("answered %d", answer.StatusCode)
	}
}

func TestRedirectsAreCheckedAtEachStep(t *testing.T) {
	inside := serve(t, "127.0.0.1", func(http.ResponseWriter, *http.Request) { t.Error("the inside was reached") })
	var location string
	world := serve(t, "127.0.0.2", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/start" {
			http.Redirect(w, r, "/next", http.StatusFound)
			return
		}
		if r.URL.Path == "/next" {
			w.Header().Set("Location", location)
			w.WriteHeader(http.StatusTemporaryRedirect)
			return
		}
		io.WriteString(w, "arrived")
	})
	client := newClient(t, 1000)
	for to, want := range map[string]error{
		inside.URL:                ErrForbidden{},
		"http://[::1]:1/":         ErrForbidden{},
		"http://169.254.169.254/": ErrForbidden{},
		"file:///etc/passwd":      ErrScheme,
		"gopher://127.0.0.2:25/":  ErrScheme,
		"/next":                   ErrRedirects,
		world.URL + "/end":        nil,
	} {
		location = to
		response, err := client.Get(world.URL + "/start")
		if response != nil {
			response.Body.Close()
		}
		forbidden := errors.As(err, new(ErrForbidden))
		if _, wanted := want.(ErrForbidden); wanted != forbidden || !wanted && !errors.Is(err, want) {
			t.Errorf("redirected to %s: %v, want %v", to, err, want)
		}
	}
}

func TestBodyIsBoundedAfterDecompression(t *testing.T) {
	var bomb bytes.Buffer
	packed := gzip.NewWriter(&bomb)
	packed.Write(make([]byte, 1<<20))
	packed.Close()
	world := serve(t, "127.0.0.2", func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/announced":
			w.Write(make([]byte, 1001))
		case "/chunked":
			for range 1001 {
				w.Write([]byte{'x'})
				w.(http.Flusher).Flush()
			}
		case "/gzip":
			w.Header().Set("Content-Encoding", "gzip")
			io.Copy(w, bytes.NewReader(bomb.Bytes()))
		case "/fits":
			w.Write(make([]byte, 1000))
		}
	})
	client := newClient(t, 1000)
	for path, want := range map[string]error{"/announced": ErrTooLarge, "/chunked": ErrTooLarge, "/gzip": ErrTooLarge, "/fits": nil} {
		response, err := client.Get(world.URL + path)
		var got []byte
		if err == nil {
			got, err = io.ReadAll(response.Body)
			response.Body.Close()
		}
		if !errors.Is(err, want) || len(got) > 1000 || want == nil && len(got) != 1000 {
			t.Errorf("%s: %d bytes, %v; want %v", path, len(got), err, want)
		}
	}
}

func TestExchangeEndsInTime(t *testing.T) {
	hold := make(chan struct{})
	world := serve(t, "127.0.0.2", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "first words")
		w.(http.Flusher).Flush()
		<-hold
	})
	defer close(hold)
	client := newClient(t, 1000)
	client.Timeout = 50 * time.Millisecond
	response, err := client.Get(world.URL)
	if err == nil {
		_, err = io.ReadAll(response.Body)
		response.Body.Close()
	}
	var timeout net.Error
	if !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("a stalled body ends with %v", err)
	}
}

// The whole package is tested in an environment that names a proxy where nobody
// listens. (net/http reads the environment once in a process.)
func TestMain(m *testing.M) {
	os.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	os.Exit(m.Run())
}

func TestNoProxyFromTheEnvironment(t *testing.T) {
	world := serve(t, "127.0.0.2", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Host) })
	url := strings.Replace(world.URL, "127.0.0.2", "picture.example", 1)
	response, err := newClient(t, 1000).Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if got, err := io.ReadAll(response.Body); err != nil || !strings.HasPrefix(string(got), "picture.example:") {
		t.Errorf("got %q, %v", got, err)
	}
}
