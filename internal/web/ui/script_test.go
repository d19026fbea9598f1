package ui_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/chromedp"

	"github.com/oknodesk/okno/internal/web/assets/axe"
)

// far is the other end of the scripts: it keeps what they send and says what
// it is told to.
type far struct {
	mu      sync.Mutex
	heard   []string          // "METHOD /path", then the form
	part    string            // what /part answers
	replies map[string]string // toasts by path
	refused string            // the path that answers 503
	hints   chan string
	news    chan struct{} // something was heard
}

func newFar() *far {
	return &far{hints: make(chan string, 8), replies: map[string]string{}, news: make(chan struct{}, 100)}
}

func (f *far) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/live" {
		f.stream(w, r)
		return
	}
	said := r.Method + " " + r.URL.RequestURI()
	if r.URL.Path == "/uploads" {
		f.upload(w, r)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.heard = append(f.heard, said+" "+string(body))
	f.news <- struct{}{}
	if toast := f.replies[r.URL.Path]; toast != "" {
		w.Header().Set("HX-Trigger", toast)
	}
	if r.URL.Path == "/part" {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, f.part)
		return
	}
	if r.URL.Path == f.refused {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (f *far) upload(w http.ResponseWriter, r *http.Request) {
	file, head, err := r.FormFile("file")
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	defer file.Close()
	if strings.HasPrefix(head.Filename, "huge") {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		_, _ = io.WriteString(w, `{"title":"Too large","detail":"Files may have 25 MB at most."}`)
		return
	}
	w.WriteHeader(http.StatusCreated)
	_, _ = fmt.Fprintf(w, `{"ref":"ref-%s","name":%q,"size":%d,"image":false}`, head.Filename, head.Filename, head.Size)
}

func (f *far) stream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	control := http.NewResponseController(w)
	if control.Flush() != nil {
		return
	}
	for {
		select {
		case <-r.Context().Done():
			return
		case hint := <-f.hints:
			if _, err := fmt.Fprintf(w, "event: hint\ndata: %s\n\n", hint); err != nil || control.Flush() != nil {
				return
			}
		}
	}
}

// requests are those heard so far that begin with what is asked for.
func (f *far) requests(beginning string) (list []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.heard {
		if strings.HasPrefix(r, beginning) {
			list = append(list, r)
		}
	}
	return list
}

// await waits until so many requests were heard that begin with what is asked
// for.
func (f *far) await(t *testing.T, beginning string, n int) []string {
	t.Helper()
	late := time.After(time.Minute)
	for {
		if list := f.requests(beginning); len(list) >= n {
			return list
		}
		select {
		case <-f.news:
		case <-late:
			t.Fatalf("%s: not heard %d times", beginning, n)
		}
	}
}

// until waits for a script in the page to be true.
func (b *browser) until(t *testing.T, script string) {
	t.Helper()
	_, err := chromedp.Run(b, chromedp.Evaluate[bool](`new Promise((yes,no)=>{const end=Date.now()+60000;(function look(){
		if(`+script+`)yes(true);else if(Date.now()>end)no(new Error("not in time"));else setTimeout(look,20)})()})`, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, b.complaints())
	}
}

// press sends a key where the focus is.
func (b *browser) press(t *testing.T, key, code string) {
	t.Helper()
	eval[bool](t, b, fmt.Sprintf(`document.activeElement.dispatchEvent(new KeyboardEvent("keydown",{key:%q,code:%q,bubbles:true,cancelable:true}))||true`, key, code))
}

// pick chooses files in a field.
func (b *browser) pick(t *testing.T, selector string, names ...string) {
	t.Helper()
	folder := t.TempDir()
	var paths []string
	for _, name := range names {
		paths = append(paths, filepath.Join(folder, name))
		if err := os.WriteFile(paths[len(paths)-1], []byte("a few words"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	document := call(t, b, dom.GetDocument, dom.GetDocumentParams{})
	field := call(t, b, dom.QuerySelector, dom.QuerySelectorParams{NodeID: document.Root.NodeID, Selector: selector})
	call(t, b, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: paths, NodeID: field.NodeID})
}

// scripted opens one page of the gallery with its scripts at work.
func scripted(t *testing.T, path string) (*browser, *far) {
	t.Helper()
	f := newFar()
	server := gallery(t, pages(), f)
	b := open(t)
	b.look(t, 1440, 900, "light")
	b.visit(t, server.URL+path)
	b.until(t, `document.documentElement.classList.contains("scripts")`)
	t.Cleanup(func() {
		for line := range strings.Lines(b.complaints()) {
			if !strings.Contains(line, " 413 ") && !strings.Contains(line, " 503 ") {
				t.Error("the browser says", line)
			}
		}
	})
	return b, f
}

func TestFilesGoUpAtOnce(t *testing.T) {
	b, _ := scripted(t, "/ticket")
	b.pick(t, "#f-file", "one.txt", "huge.txt")
	b.until(t, `document.querySelector("input[name=upload][value='ref-one.txt']")`)
	b.until(t, `document.querySelector(".file-failed")?.textContent.includes("Files may have 25 MB at most.")`)
	if n := eval[int](t, b, `document.querySelector("#f-file").files.length`); n != 0 {
		t.Errorf("the form would send %d files a second time", n)
	}
	eval[bool](t, b, `[...document.querySelectorAll(".file-x")].at(-2).click()||true`)
	b.until(t, `!document.querySelector("input[value='ref-one.txt']")`)
	b.picture(t, "upload")
}

func TestTextSurvivesAReload(t *testing.T) {
	b, _ := scripted(t, "/ticket")
	eval[bool](t, b, `(area=>{area.value="Лампа треснула снова";area.dispatchEvent(new Event("input",{bubbles:true}))})(document.querySelector("#f-text"))||true`)
	b.until(t, `document.querySelector("[data-draft-state]")?.textContent==="Черновик сохранён"`)
	if err := chromedp.Do(b, chromedp.Reload()); err != nil {
		t.Fatal(err)
	}
	b.until(t, `document.querySelector("#f-text").value==="Лампа треснула снова"`)
}

func TestWhatArrivedIsNoDraftAnyMore(t *testing.T) {
	b, _ := scripted(t, "/ticket")
	keep := func(text string) {
		eval[bool](t, b, fmt.Sprintf(`localStorage.setItem("okno-draft:ticket-100231",JSON.stringify({text:%q,at:Date.now(),sent:true}))||true`, text))
		if err := chromedp.Do(b, chromedp.Reload()); err != nil {
			t.Fatal(err)
		}
		b.until(t, `document.documentElement.classList.contains("scripts")`)
	}
	keep("Спасибо, снимки приложила.")
	b.until(t, `document.querySelector("#f-text").value===""&&!localStorage.getItem("okno-draft:ticket-100231")`)
	keep("This never reached anyone.")
	b.until(t, `document.querySelector("#f-text").value==="This never reached anyone."`)
}

func TestFormIsSentOnce(t *testing.T) {
	b, f := scripted(t, "/ticket")
	// The browser itself drops a second submission in the same moment, so what
	// the scripts let through is counted too.
	passed := eval[int](t, b, `(form=>{let n=0;document.addEventListener("submit",()=>n++);form.querySelector("textarea").value="Twice";form.requestSubmit();form.requestSubmit();form.requestSubmit();return n})(document.querySelector("#write"))`)
	if passed != 1 {
		t.Errorf("%d submissions were let through", passed)
	}
	b.until(t, `document.querySelector("#write button:not([type=button])").disabled`)
	if got := f.await(t, "POST /ticket/messages", 1); len(got) != 1 || !strings.Contains(got[0], "Twice") {
		t.Errorf("sent %q", got)
	}
}

func TestHintBringsThePartAnew(t *testing.T) {
	b, f := scripted(t, "/workspace")
	f.mu.Lock()
	f.part = `<section class="thread" id="thread" tabindex="0" aria-label="Переписка" hx-get="/part" hx-trigger="live-100231 from:body, live-all from:body" hx-swap="outerMorph"><p id="fresh">Новое</p></section>`
	f.mu.Unlock()
	f.hints <- `{"ticket":"100231","part":"thread"}`
	b.until(t, `document.querySelector("#fresh")`)
	f.hints <- `{"ticket":"100999","part":"thread"}`
	f.hints <- `{"part":"all"}`
	b.until(t, `performance.getEntriesByName(location.origin+"/part").length===2`)
	if n := len(f.requests("GET /part")); n != 2 {
		t.Errorf("fetched %d times: for its own ticket and for all", n)
	}
}

func TestKeysMoveAndOpenAlsoOnARussianKeyboard(t *testing.T) {
	b, _ := scripted(t, "/workspace")
	b.press(t, "j", "KeyJ")
	b.until(t, `document.activeElement===document.querySelectorAll("a.row")[1]`)
	b.press(t, "о", "KeyJ")
	b.until(t, `document.activeElement===document.querySelectorAll("a.row")[2]`)
	b.press(t, "n", "KeyN")
	b.until(t, `document.querySelector(".composer-note").open&&!document.querySelector(".composer-answer").open`)
	b.until(t, `document.activeElement.matches(".editor")`)
	b.press(t, "Escape", "Escape")
	b.press(t, "s", "KeyS")
	b.until(t, `document.activeElement.matches("#choose-status .menu-item")`)
	eval[bool](t, b, `document.querySelector("#choose-status").hidePopover()||true`)
	b.press(t, ",", "Slash")
	b.until(t, `true`)
	eval[bool](t, b, `document.body.dispatchEvent(new KeyboardEvent("keydown",{key:",",code:"Slash",shiftKey:true,bubbles:true}))`)
	b.until(t, `document.querySelector("#shortcuts").open`)
	eval[bool](t, b, `document.querySelector("#shortcuts").close()||(document.body.dataset.shortcuts="off")&&document.activeElement.blur()||true`)
	b.press(t, "?", "Slash")
	if eval[bool](t, b, `document.querySelector("#shortcuts").open`) {
		t.Error("a key works that was switched off")
	}
}

func TestToastCanBeTakenBack(t *testing.T) {
	b, f := scripted(t, "/workspace")
	f.replies["/undo"] = `{"toast":{"text":"Taken back"}}`
	eval[bool](t, b, `document.body.dispatchEvent(new CustomEvent("toast",{bubbles:true,detail:{text:"Sent",undo:"/undo"}}))`)
	b.until(t, `document.querySelector("#toasts .toast-act")?.textContent==="Отменить"`)
	b.picture(t, "toast")
	eval[bool](t, b, `document.querySelector(".toast-act").click()||true`)
	b.until(t, `document.querySelector("#toasts").textContent.includes("Taken back")`)
	f.await(t, "POST /undo", 1)
}

func TestWhatBringsItsReasonIsNotSaidTwice(t *testing.T) {
	b, f := scripted(t, "/workspace")
	f.mu.Lock()
	f.refused, f.replies["/late"] = "/late", `{"toast":{"text":"Only read","kind":"error"}}`
	f.part = `<section class="thread" id="thread"><button id="late" hx-post="/late">Later</button></section>`
	f.mu.Unlock()
	f.hints <- `{"ticket":"100231","part":"thread"}`
	b.until(t, `document.querySelector("#late")`)
	eval[bool](t, b, `document.querySelector("#late").click()||true`)
	b.until(t, `document.querySelector("#toasts").textContent.includes("Only read")`)
	if said := eval[string](t, b, `[...document.querySelectorAll("#toasts .toast-line")].map(l=>l.firstChild.textContent).join("|")`); said != "Only read" {
		t.Errorf("said: %s", said)
	}
}

func TestPresenceIsTold(t *testing.T) {
	b, f := scripted(t, "/workspace")
	f.await(t, "POST /presence", 1)
	eval[bool](t, b, `document.querySelector("#f-answer").dispatchEvent(new Event("input",{bubbles:true}))`)
	if got := f.await(t, "POST /presence", 2); len(got) != 2 || !strings.HasSuffix(got[0], "writing=0") || !strings.HasSuffix(got[1], "writing=1") {
		t.Errorf("told %q", got)
	}
}

func TestEditorSendsTextAndHTML(t *testing.T) {
	b, f := scripted(t, "/workspace")
	eval[bool](t, b, `document.querySelector("#f-answer").focus()||true`)
	b.until(t, `document.activeElement.matches(".composer-answer .editor")`)
	eval[bool](t, b, `document.execCommand("selectAll")&&document.execCommand("delete")||true`)
	if err := chromedp.Do(b, chromedp.KeyEvent("Hello ")); err != nil {
		t.Fatal(err)
	}
	eval[bool](t, b, `document.querySelector(".tool[aria-label='Полужирный']").click()||true`)
	if err := chromedp.Do(b, chromedp.KeyEvent("Maria")); err != nil {
		t.Fatal(err)
	}
	b.until(t, `document.querySelector("#f-answer").value==="Hello Maria"`)
	script, err := axe.Source()
	if err != nil {
		t.Fatal(err)
	}
	if found := b.violations(t, script); found != "" {
		t.Error(found)
	}
	b.picture(t, "editor")
	if got := f.await(t, "PUT /draft?kind=answer", 1); !strings.HasSuffix(got[len(got)-1], "text=Hello+Maria") {
		t.Errorf("drafts %q", got)
	}
	got := eval[[]string](t, b, `(data=>[data.get("answer"),data.get("html")])(new FormData(document.querySelector("#answer")))`)
	if got[0] != "Hello Maria" || !strings.Contains(got[1], "<b>Maria</b>") {
		t.Errorf("the form holds %q", got)
	}
}

func TestPasteIsMadeHarmless(t *testing.T) {
	b, _ := scripted(t, "/workspace")
	eval[bool](t, b, `document.querySelector("#f-answer").focus()||true`)
	b.until(t, `document.activeElement.matches(".composer-answer .editor")`)
	eval[bool](t, b, `(()=>{const d=new DataTransfer();d.setData("text/html","<!--StartFragment--><p style='color:red' onclick=\"x()\">Kept <a href='javascript:x()'>link</a><script>x()</`+`script><img src='https://example.org/spy.png'><a href='https://example.org/'>good</a></p><!--EndFragment-->");
		document.activeElement.dispatchEvent(new ClipboardEvent("paste",{clipboardData:d,bubbles:true,cancelable:true}));return true})()`)
	b.until(t, `document.querySelector(".editor").textContent.includes("Kept")`)
	html := eval[string](t, b, `document.querySelector(".editor").innerHTML`)
	for _, bad := range []string{"style", "onclick", "javascript:", "<script", "spy.png"} {
		if strings.Contains(html, bad) {
			t.Errorf("%s was let in: %s", bad, html)
		}
	}
	if !strings.Contains(html, `href="https://example.org/"`) {
		t.Errorf("a good link was lost: %s", html)
	}
}
