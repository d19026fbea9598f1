package oknotest

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Visitor is one person at one window of a real browser. Every step waits for
// what it needs and fails the test when that does not come.
type Visitor struct {
	t    testing.TB
	rig  *Rig
	name string
	ctx  context.Context

	mu     sync.Mutex
	errors []string // of scripts and of the content security policy
}

// Browser is a browser with a profile of its own.
type Browser struct {
	ctx context.Context
	rig *Rig
	t   testing.TB
}

// Browser starts Chromium without its window's parts, which is all that pages
// need; or says aloud why there is none.
func (r *Rig) Browser(t testing.TB) *Browser {
	t.Helper()
	return r.browser(t, "chromium-headless-shell")
}

// WholeBrowser starts Chromium with what it has beside pages: notices and push.
func (r *Rig) WholeBrowser(t testing.TB) *Browser {
	t.Helper()
	return r.browser(t, "chromium")
}

func (r *Rig) browser(t testing.TB, name string) *Browser {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed (apt install %s)", name, name)
		}
		t.Skipf("%s is not installed (apt install %s)", name, name)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-sync", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-dev-shm-usage", true), chromedp.WindowSize(1440, 900),
		chromedp.Flag("accept-lang", r.lang), chromedp.Flag("lang", r.lang),
	)
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(alloc, chromedp.WithErrorf(func(string, ...any) {}))
	t.Cleanup(func() {
		stop()
		stopAlloc()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("%s did not start: %v", name, err)
	}
	return &Browser{ctx: ctx, rig: r, t: t}
}

// Person is a new window that shares nothing with the others: another person
// at another machine.
func (b *Browser) Person(name string) *Visitor {
	b.t.Helper()
	ctx, stop := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	b.t.Cleanup(stop)
	return b.visitor(name, ctx)
}

// Tab is another tab of the same person's browser.
func (v *Visitor) Tab() *Visitor {
	v.t.Helper()
	ctx, stop := chromedp.NewContext(v.ctx)
	v.t.Cleanup(stop)
	return (&Browser{ctx: v.ctx, rig: v.rig, t: v.t}).visitor(v.name+"'s tab", ctx)
}

// Front brings the visitor's tab before the others of its browser: only then
// it renews what it shows.
func (v *Visitor) Front() *Visitor {
	v.t.Helper()
	if _, err := chromedp.Call(v.ctx, cdppage.BringToFront, cdp.Empty{}); err != nil {
		v.t.Fatal(err)
	}
	return v
}

func (b *Browser) visitor(name string, ctx context.Context) *Visitor {
	v := &Visitor{t: b.t, rig: b.rig, name: name, ctx: ctx}
	err := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			// The browser's own fading from page to page may be cut short.
			if said := thrown(e.ExceptionDetails); !strings.Contains(said, "Transition was ") {
				v.fault("script: " + said)
			}
		case *runtime.EventConsoleAPICalled:
			if e.Type == runtime.ConsoleAPICalledTypeError && len(e.Args) > 0 {
				v.fault("console: " + string(e.Args[0].Value))
			}
		case *log.EventEntryAdded:
			if e.Entry.Source == log.EntrySourceSecurity {
				v.fault("policy: " + e.Entry.Text)
			}
		}
	})
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		b.t.Fatal(err)
	}
	return v
}

// thrown is what a script failed of, and where.
func thrown(e *runtime.ExceptionDetails) string {
	text := e.Text
	if e.Exception != nil {
		text += " " + e.Exception.Description + string(e.Exception.Value)
	}
	return text + " " + e.URL
}

func (v *Visitor) fault(text string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.errors = append(v.errors, text)
}

// NoFaults fails the test when a script failed or the policy was broken.
func (v *Visitor) NoFaults() {
	v.t.Helper()
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, e := range v.errors {
		v.t.Errorf("%s's browser: %s", v.name, e)
	}
}

func (v *Visitor) run(what string, step chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, step); err != nil {
		v.t.Fatalf("%s: %s: %v\n%s", v.name, what, err, v.here())
	}
}

// here says where the visitor is and what he sees, for a failed step.
func (v *Visitor) here() string {
	ctx, cancel := context.WithTimeout(v.ctx, 5*time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText.slice(0, 3000)`))
	if err != nil {
		return err.Error()
	}
	if dir := os.Getenv("OKNO_TEST_FAILURES"); dir != "" {
		v.Shot(filepath.Join(dir, strings.ReplaceAll(v.t.Name(), "/", "-")+".png"))
	}
	return text
}

// Open goes to a page: a path of ours, or a whole address from a letter.
func (v *Visitor) Open(address string) *Visitor {
	v.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = v.rig.URL + address
	}
	v.run("open "+address, chromedp.Navigate(address))
	return v
}

// Do runs a script on the page.
func (v *Visitor) Do(script string) {
	v.t.Helper()
	Ask[any](v, "(() => { "+script+"; return null })()")
}

// Ask is what an expression is on the page.
func Ask[T any](v *Visitor, expression string) T {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		v.t.Fatalf("%s: %s: %v\n%s", v.name, expression, err, v.here())
	}
	return value
}

// until waits for an expression to come true. It is asked from outside: the
// policy lets the page make no functions. A page that is just being left
// cannot be asked.
func (v *Visitor) until(what, expression string) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	again := time.NewTicker(40 * time.Millisecond)
	defer again.Stop()
	for {
		if holds, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+expression+")")); err == nil && holds {
			return
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			v.t.Fatalf("%s did not %s\n%s", v.name, what, v.here())
		}
	}
}

// Until waits for an expression to come true on the page.
func (v *Visitor) Until(what, expression string) *Visitor {
	v.t.Helper()
	v.until(what, expression)
	return v
}

// quoted is a Go string as a JavaScript one.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string is always JSON
	}
	return string(b)
}

// Sees waits until the page shows a text.
func (v *Visitor) Sees(text string) *Visitor {
	v.t.Helper()
	v.until("see "+text, seen(text))
	return v
}

// Misses waits until the page does not show a text (any longer).
func (v *Visitor) Misses(text string) *Visitor {
	v.t.Helper()
	v.until("no longer see "+text, "!("+seen(text)+")")
	return v
}

// Shows waits until something on the page matches a CSS selector.
func (v *Visitor) Shows(selector string) *Visitor {
	v.t.Helper()
	v.until("find "+selector, `[...document.querySelectorAll(`+quoted(selector)+`)].some(e => e.checkVisibility())`)
	return v
}

// seen is whether a text stands on the page, frames of messages included.
func seen(text string) string {
	return `((t) => { const has = (d) => d.body && d.body.innerText.replace(/\u00a0/g, " ").includes(t);
		return has(document) || [...document.querySelectorAll("iframe")].some(f => f.contentDocument && has(f.contentDocument)) })(` + quoted(text) + `)`
}

// Framed waits until every message on the page stands as high as it is.
func (v *Visitor) Framed() *Visitor {
	v.t.Helper()
	v.until("see every message whole", `[...document.querySelectorAll("iframe[data-message]")].every(f => { f.loading = "eager"
		const d = f.contentDocument; return !f.checkVisibility() || d?.readyState === "complete" && d.URL !== "about:blank" && Math.abs(d.documentElement.getBoundingClientRect().height - parseFloat(getComputedStyle(f).height)) < 2 })`)
	return v
}

// At waits until the path with its query contains a text, or is "/" alone; what
// follows a # counts only where the text has one.
func (v *Visitor) At(part string) *Visitor {
	v.t.Helper()
	// A page has its address before it is there and its scripts have run.
	v.until("be at "+part, `document.readyState === "complete" && !document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling") && ((part) => part === "/" ? location.pathname === part :
		(location.pathname + location.search + (part.includes("#") ? location.hash : "")).includes(part))(`+quoted(part)+`)`)
	return v
}

// Draws waits until there are such pictures and all are drawn.
func (v *Visitor) Draws(selector string) *Visitor {
	v.t.Helper()
	v.until("draw "+selector, `(all => all.length > 0 && all.every(i => { i.scrollIntoView({block: "nearest"}); return i.complete && i.naturalWidth > 0 }))([...document.querySelectorAll(`+quoted(selector)+`)])`)
	return v
}

// Titled waits until the tab's title begins with a text.
func (v *Visitor) Titled(start string) *Visitor {
	v.t.Helper()
	v.until("have the title "+start, "document.title.startsWith("+quoted(start)+")")
	return v
}

// Shot takes a picture of the window.
func (v *Visitor) Shot(path string) {
	v.t.Helper()
	png, err := chromedp.Run(v.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		v.t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		v.t.Fatal(err)
	}
	if err := os.WriteFile(path, png, 0o644); err != nil {
		v.t.Fatal(err)
	}
}

// SignIn signs in through the sign-in page.
func (v *Visitor) SignIn(login string) *Visitor {
	v.t.Helper()
	v.Open("/login")
	v.until("find the sign-in form", `document.querySelector("input[type=password]")`)
	v.Do(`const f = document.querySelector("input[type=password]").form;
		[...f.elements].find(e => e.type === "text" || e.type === "email").value = ` + quoted(login) + `;
		f.querySelector("input[type=password]").value = ` + quoted(v.rig.password) + `; f.requestSubmit()`)
	v.until("be signed in", `!location.pathname.startsWith("/login")`)
	return v
}
