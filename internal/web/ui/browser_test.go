package ui_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"

	"github.com/oknodesk/okno/internal/web/assets"
)

// policy is the one that every page is served under.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// gallery serves pages by path under the policy, and leaves the rest to more.
func gallery(t *testing.T, pages map[string]templ.Component, more http.Handler) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("GET "+assets.Prefix, assets.Handler())
	mux.HandleFunc("GET /manifest.webmanifest", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/manifest+json")
		_, _ = w.Write([]byte(`{"name":"Okno"}`))
	})
	for path, page := range pages {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", policy)
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			if err := page.Render(r.Context(), w); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		})
	}
	mux.Handle("/", more)
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// browser is one tab of a Chromium of the test's own, and what it complained
// of.
type browser struct {
	context.Context
	mu        sync.Mutex
	complaint []string
}

func open(t *testing.T) *browser {
	t.Helper()
	ctx, cancel := chromedp.NewContext(t.Context(), chromedp.WithAllocatorOptions(
		chromedp.ExecPath("/usr/bin/chromium-headless-shell"), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true)))
	ctx, cancelTime := context.WithTimeout(ctx, 10*time.Minute)
	t.Cleanup(func() {
		cancelTime()
		cancel()
	})
	b := &browser{Context: ctx}
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatal(err)
	}
	call(t, b, log.Enable, cdp.Empty{})
	// A window nobody looks at would hear of no focus.
	call(t, b, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	return b
}

func (b *browser) hear(event any) {
	if e, ok := event.(*log.EventEntryAdded); ok && e.Entry.Level == log.EntryLevelError {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.complaint = append(b.complaint, e.Entry.Text+" "+e.Entry.URL)
	}
}

func call[P, R any](t *testing.T, b *browser, command cdp.Command[P, R], params P) R {
	t.Helper()
	r, err := chromedp.Call(b, command, params)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// eval is the value of a script in the page, which may be a promise's.
func eval[T any](t *testing.T, b *browser, script string) T {
	t.Helper()
	v, err := chromedp.Run(b, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%.80s: %v", script, err)
	}
	return v
}

func (b *browser) visit(t *testing.T, url string) {
	t.Helper()
	if err := chromedp.Do(b, chromedp.Navigate(url)); err != nil {
		t.Fatalf("%s: %v", url, err)
	}
}

// complaints are the browser's errors since the last time, of the policy's
// breaches not least.
func (b *browser) complaints() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	said := strings.Join(b.complaint, "\n")
	b.complaint = nil
	return said
}

// looks are how people see pages.
var looks = []struct {
	name          string
	width, height int64
	scheme        string
}{
	{"light", 1440, 900, "light"},
	{"dark", 1440, 900, "dark"},
	{"medium", 1100, 800, "light"},
	{"phone", 390, 844, "dark"},
	{"narrow", 320, 640, "light"},
}

// violations is what axe-core finds on the page as it stands.
func (b *browser) violations(t *testing.T, axe string) string {
	t.Helper()
	eval[int](t, b, axe+"\n;0")
	found := eval[string](t, b, `axe.run(document,{runOnly:["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa","best-practice"],iframes:false})
			.then(r=>JSON.stringify(r.violations.map(v=>({id:v.id,nodes:v.nodes.map(n=>n.target.join(" ")+" | "+n.html.slice(0,140)+" | "+(n.any[0]?.message||n.failureSummary||""))}))))`)
	var list []struct {
		ID    string
		Nodes []string
	}
	if err := json.Unmarshal([]byte(found), &list); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	for _, v := range list {
		said.WriteString(v.ID + "\n    " + strings.Join(v.Nodes, "\n    ") + "\n")
	}
	return said.String()
}

// picture keeps a screenshot where OKNO_PICTURES says, for eyes.
func (b *browser) picture(t *testing.T, name string) {
	t.Helper()
	folder := os.Getenv("OKNO_PICTURES")
	if folder == "" {
		return
	}
	png, err := chromedp.Run(b, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// look puts the browser in the place of the reader.
func (b *browser) look(t *testing.T, width, height int64, scheme string) {
	t.Helper()
	if err := chromedp.Do(b, chromedp.EmulateViewport(width, height)); err != nil {
		t.Fatal(err)
	}
	call(t, b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
}
