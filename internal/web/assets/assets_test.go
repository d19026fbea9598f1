package assets

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

func get(t *testing.T, path string, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r io.Reader) []byte {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEveryFormIsTheSameFile(t *testing.T) {
	for _, name := range []string{"app.css", "portal.js", "workspace.js", "composer.js", "live.js", "icons.svg", "mark.svg", "LICENSES.txt"} {
		plain := get(t, Path(name))
		want := body(t, plain.Body)
		if len(want) == 0 || plain.Header.Get("Content-Encoding") != "" {
			t.Fatalf("%s: %d bytes as %q", name, len(want), plain.Header.Get("Content-Encoding"))
		}
		br := get(t, Path(name), "Accept-Encoding", "gzip, deflate, br")
		if got := body(t, brotli.NewReader(br.Body)); br.Header.Get("Content-Encoding") != "br" || !bytes.Equal(got, want) {
			t.Errorf("%s: the brotli form is another file", name)
		}
		gz := get(t, Path(name), "Accept-Encoding", "gzip, br;q=0")
		unzipped, err := gzip.NewReader(gz.Body)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := body(t, unzipped); gz.Header.Get("Content-Encoding") != "gzip" || !bytes.Equal(got, want) {
			t.Errorf("%s: the gzip form is another file", name)
		}
		if br.Header.Get("ETag") == plain.Header.Get("ETag") || !strings.Contains(br.Header.Get("Vary"), "Accept-Encoding") {
			t.Errorf("%s: caches would mix the forms up", name)
		}
	}
}

func TestFilesAreKeptForEverAndNotGuessedAt(t *testing.T) {
	r := get(t, Path("app.css"))
	for name, want := range map[string]string{
		"Content-Type": "text/css; charset=utf-8", "Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	again := get(t, Path("app.css"), "If-None-Match", r.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("asked again: %d", again.StatusCode)
	}
	icon := get(t, "/favicon.ico")
	if icon.StatusCode != http.StatusOK || icon.Header.Get("Cache-Control") != "public, max-age=86400" {
		t.Errorf("favicon: %d, %q", icon.StatusCode, icon.Header.Get("Cache-Control"))
	}
	for _, path := range []string{"/static/app.css", "/static/app.0000000000.css", "/static/", "/static/../assets.go", "/static/app.css.br"} {
		if r := get(t, path); r.StatusCode != http.StatusNotFound || r.Header.Get("Cache-Control") != "" {
			t.Errorf("%s: %d, %q", path, r.StatusCode, r.Header.Get("Cache-Control"))
		}
	}
}

func TestAddressChangesWithTheContent(t *testing.T) {
	if !regexp.MustCompile(`^/static/app\.[0-9a-f]{10}\.css$`).MatchString(Path("app.css")) {
		t.Errorf("app.css stands at %s", Path("app.css"))
	}
	defer func() {
		if recover() == nil {
			t.Error("a page may name a file that is not built")
		}
	}()
	Path("none.css")
}

// What a first visit moves is bounded, in brotli bytes.
func TestWeight(t *testing.T) {
	for name, most := range map[string]int{"app.css": 20_000, "portal.js": 18_000, "workspace.js": 25_000, "composer.js": 32_000, "icons.svg": 8_000} {
		if got := len(byPath[Path(name)].brotli); got > most {
			t.Errorf("%s: %d bytes, want at most %d", name, got, most)
		}
	}
}
