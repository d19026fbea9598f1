package workspace_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/web/assets"
)

// tab is a page in a Chromium of the test's own, and what it complained of.
type tab struct {
	t   *testing.T
	ctx context.Context
	url string

	mu        sync.Mutex
	complaint []string
}

// browse opens a browser in which an agent is signed in.
func (r *rig) browse(login string) *tab {
	r.t.Helper()
	mux := http.NewServeMux()
	mux.Handle("GET "+assets.Prefix, assets.Handler())
	mux.Handle("/", r.server)
	server := httptest.NewServer(mux)
	ctx, cancel := chromedp.NewContext(context.Background(), chromedp.WithAllocatorOptions(
		chromedp.ExecPath("/usr/bin/chromium-headless-shell"), chromedp.NoSandbox, chromedp.UserDataDir(r.t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true)))
	ctx, cancelTime := context.WithTimeout(ctx, 3*time.Minute)
	r.t.Cleanup(func() {
		cancelTime()
		cancel()
		r.hub.Shutdown() // streams would keep the server open
		server.Close()
	})
	b := &tab{t: r.t, ctx: ctx, url: server.URL}
	must(r.t, chromedp.Listen(ctx, b.hear))
	_, err := chromedp.Call(ctx, log.Enable, cdp.Empty{})
	must(r.t, err)
	b.visit("/login")
	b.is("signed in", `fetch("/login", {method: "POST", body: new URLSearchParams({login: "`+login+`", password: "`+password+`"})}).then(r => r.url.endsWith("/desk"))`)
	return b
}

func (b *tab) hear(event any) {
	if e, ok := event.(*log.EventEntryAdded); ok && e.Entry.Level == log.EntryLevelError {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.complaint = append(b.complaint, e.Entry.Text+" "+e.Entry.URL)
	}
}

func (b *tab) visit(path string) {
	b.t.Helper()
	must(b.t, chromedp.Do(b.ctx, chromedp.Navigate(b.url+path)))
}

// does runs a script in the page.
func (b *tab) does(script string) {
	b.t.Helper()
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("{"+script+"}; true", chromedp.EvalAwaitPromise)); err != nil {
		b.t.Fatalf("%s: %v", script, err)
	}
}

// is waits until the script is true in the page.
func (b *tab) is(what, script string) {
	b.t.Helper()
	wait := `(async () => { for (let i = 0; i < 200; i++) { if (await (` + script + `)) return true; await new Promise(r => setTimeout(r, 50)) } return false })()`
	ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](wait, chromedp.EvalAwaitPromise))
	if err != nil || !ok {
		now, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText.slice(0, 1500)`))
		b.t.Fatalf("%s: not so: %v\n%s", what, err, now)
	}
}

const (
	shown    = `document.getElementById("thread").textContent`
	answered = `document.querySelector("textarea[name=public]")`
)

func TestR3WhatTheCustomerWritesAppearsWithoutReloadAndNothingTypedIsLost(t *testing.T) {
	r := newRig(t, dbtest.Open(t, dbtest.SQLite(t)))
	n := r.open("Live at both sides")
	b := r.browse("ann@desk.example")
	b.visit(page(n))
	b.does(answered + `.value = "Half an answer"; ` + answered + `.dispatchEvent(new Event("input", {bubbles: true}))`)
	b.is("the draft is saved", `document.querySelector("[data-draft-state]").textContent === "Draft saved"`)
	carl := r.carl(n)
	_, err := r.AddMessage(t.Context(), carl.Actor, n, desk.Words{Key: aKey, Text: "One thing more.", Channel: okno.ChannelWeb})
	must(t, err)
	b.is("the message appears", shown+`.includes("One thing more.")`)
	b.is("what was typed stands", answered+`.value === "Half an answer"`)
	b.is("the news is announced", `document.getElementById("latest").textContent.includes("Carl Customer")`)

	b.does(answered + `.form.requestSubmit(` + answered + `.form.querySelector("button[value=waiting]"))`)
	b.is("the answer stands in the thread", shown+`.includes("Half an answer")`)
	b.is("its box is empty", answered+`.value === ""`)
	b.is("the focus is where it says so", `document.activeElement.textContent === "Your answer is in the ticket."`)
	if got := carl.reach(n).Messages; len(got) != 3 || got[2].Text != "Half an answer" {
		t.Errorf("the customer sees %d messages", len(got))
	}
	if len(b.complaint) > 0 {
		t.Errorf("the browser complains: %s", strings.Join(b.complaint, "\n"))
	}
}

func TestADraftThatTheDeskRefusesIsSaidToBeInTheBrowser(t *testing.T) {
	r := newRig(t, dbtest.Open(t, dbtest.SQLite(t)))
	n := r.open("Written while the desk is only read")
	b := r.browse("ann@desk.example")
	b.visit(page(n))
	b.does(answered + `.dataset.draftSrc = "/desk/tickets/1/draft?kind=public"; ` + answered + `.value = "Half an answer"; ` + answered + `.dispatchEvent(new Event("input", {bubbles: true}))`)
	b.is("it is said where the draft is", `document.querySelector("[data-draft-state]").textContent === "The draft is kept in this browser"`)
	b.is("it is there", `Object.values(localStorage).some(v => v.includes("Half an answer"))`)
}

func TestListStaysWhereItWasWhenATicketIsOpened(t *testing.T) {
	r := newRig(t, dbtest.Open(t, dbtest.SQLite(t)))
	first, second := r.open("The first one"), r.open("The second one")
	b := r.browse("ann@desk.example")
	b.visit("/desk")
	b.does(`document.getElementById("rows").same = true; document.getElementById("row-` + string(first) + `").click()`)
	b.is("the ticket is open", `document.querySelector("h1").textContent === "The first one" && location.pathname.endsWith("`+string(first)+`")`)
	b.is("the list is the same", `document.getElementById("rows").same === true`)
	b.is("its row is marked and read", `document.querySelector(".row[aria-current]").id === "row-`+string(first)+`" && !document.querySelector(".row[aria-current] .row-unread")`)
	b.does(`document.getElementById("row-` + string(second) + `").click()`)
	b.is("the other is open", `document.querySelector("h1").textContent === "The second one"`)
	b.does(`history.back()`)
	b.is("back leads back", `document.querySelector("h1").textContent === "The first one"`)
	b.does(`document.activeElement.blur(); document.dispatchEvent(new KeyboardEvent("keydown", {key: "n", bubbles: true}))`)
	b.is("n opens the note", `document.querySelector(".composer-note").open && !document.querySelector(".composer-answer").open`)
	b.does(`document.querySelector(".details-choice[data-shortcut=a]").click()`)
	b.is("the menu is open", `document.querySelectorAll(":popover-open").length === 1`)
	b.does(`document.querySelector(":popover-open [name=assignee]").click()`)
	b.is("it is taken", `document.getElementById("details").textContent.includes("Ann Agent") && !document.querySelector("#head [name=assignee]")`)
	b.is("the menu is closed", `!document.querySelector(":popover-open")`)
	other := r.open("The third one")
	b.is("a new ticket comes into the list by itself", `!!document.getElementById("row-`+string(other)+`")`)
}

func TestListGoesOnAsItIsScrolled(t *testing.T) {
	r := newRig(t, dbtest.Open(t, dbtest.SQLite(t)))
	first := r.open("The very first")
	for range 59 {
		r.clock = r.clock.Add(time.Second)
		r.open("One of many")
	}
	b := r.browse("ann@desk.example")
	b.visit("/desk")
	rows := func(what, n string) {
		t.Helper()
		b.is(what, `document.querySelectorAll("#rows .row").length === `+n)
	}
	rows("as many as a window holds", "25")
	toTheEnd := `const list = document.getElementById("rows"); list.same = true; list.scrollTop = list.scrollHeight`
	b.does(toTheEnd)
	rows("more at the end of the list", "50")
	r.clock = r.clock.Add(time.Second)
	late := r.open("Come meanwhile")
	b.is("a new ticket comes to the top of the longer list",
		`document.querySelector("#rows .row").id === "row-`+string(late)+`" && document.querySelectorAll("#rows .row").length === 50`)
	b.does(toTheEnd)
	rows("all that there are", "61")
	b.is("nothing more is offered", `!document.querySelector("#rows .more")`)
	b.does(`document.getElementById("row-` + string(first) + `").click()`)
	b.is("the last of them is open", `document.querySelector("h1").textContent === "The very first"`)
	b.is("the list is as long as it was", `document.getElementById("rows").same && document.querySelectorAll("#rows .row").length === 61`)
	if len(b.complaint) > 0 {
		t.Errorf("the browser complains: %s", strings.Join(b.complaint, "\n"))
	}
}

func TestRefusedAnswerComesBackInPlace(t *testing.T) {
	r := newRig(t, dbtest.Open(t, dbtest.SQLite(t)))
	n := r.open("Two at once")
	b := r.browse("ann@desk.example")
	b.visit(page(n))
	r.abe.post(page(n)+"/messages", "_key", aKey, "public", "I was faster.", "version", "99").leads(t, page(n))
	stale := `document.querySelectorAll("input[name=version]").forEach(i => i.value = "1"); ` // as if the page had not heard of it
	b.does(stale + answered + `.value = "My careful answer"; ` + answered + `.form.requestSubmit(` + answered + `.form.querySelector(".btn-primary"))`)
	b.is("the refusal shows the other's words", `document.querySelector(".ticket-refused")?.textContent.includes("I was faster.")`)
	b.is("the text is kept", answered+`.value === "My careful answer"`)
	b.is("the button says so", answered+`.form.querySelector(".btn-primary").textContent.includes("Send anyway")`)
	b.does(`document.querySelector(".composer-cc").open = true; document.querySelector("[name=cc]").value = "eve@elsewhere.example"; ` + answered + `.form.requestSubmit(` + answered + `.form.querySelector(".btn-primary"))`)
	b.is("a new address is asked about, and the form may be sent again", `!!document.querySelector("[name=outside]")`)
	b.does(answered + `.form.requestSubmit(` + answered + `.form.querySelector(".btn-primary"))`)
	b.is("sent anyway", shown+`.includes("My careful answer")`)
}

func TestAnswerCanBeSentFromASmallPhone(t *testing.T) {
	r := newRig(t, dbtest.Open(t, dbtest.SQLite(t)))
	n := r.open("A long answer on a phone")
	b := r.browse("ann@desk.example")
	must(t, chromedp.Do(b.ctx, chromedp.EmulateViewport(320, 640)))
	for _, lang := range []string{"en", "ru"} {
		must(t, r.SetLang(t.Context(), r.ann.Actor, lang))
		b.visit(page(n))
		b.does(answered + `.value = "Line\n".repeat(40); ` + answered + `.focus()`)
		b.is("all buttons are in sight in "+lang, `[...`+answered+`.form.querySelectorAll(".composer-send .btn")].filter(e => e.checkVisibility()).length >= 3 && [...`+answered+`.form.querySelectorAll(".composer-send .btn")].filter(e => e.checkVisibility()).every(e => {
			const at = e.getBoundingClientRect(), top = document.elementFromPoint((at.left + at.right) / 2, at.bottom - 2)
			return at.bottom <= innerHeight && at.right <= innerWidth && e.contains(top) && e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight })`)
	}
}

func TestSpaceStaysWhenTheEditorTakesThePlaceOfTheField(t *testing.T) {
	r := newRig(t, dbtest.Open(t, dbtest.SQLite(t)))
	n := r.open("Typed before the editor has come")
	b := r.browse("ann@desk.example")
	b.visit(page(n))
	b.does(answered + `.value = "Dear "; ` + answered + `.focus()`)
	b.is("the editor has come", `document.activeElement.matches(".editor")`)
	must(t, chromedp.Do(b.ctx, chromedp.KeyEvent("Carl")))
	b.is("the words stand apart", answered+`.value === "Dear Carl"`)
}

func TestFirstStepsStandOnANarrowWindowToo(t *testing.T) {
	r := newRig(t, dbtest.Open(t, dbtest.SQLite(t)))
	b := r.browse("ada@desk.example")
	for _, width := range []int64{320, 800, 1440} {
		must(t, chromedp.Do(b.ctx, chromedp.EmulateViewport(width, 640)))
		b.visit("/desk?view=open")
		b.is("each step can be reached", `[...document.querySelectorAll(".first a")].filter(e => { e.scrollIntoView(); return e.contains(document.elementFromPoint(e.getBoundingClientRect().x + 20, e.getBoundingClientRect().y + 20)) }).length === 3`)
	}
}

func TestWhatTheBrowserAloneHasOfADraftIsShownAgain(t *testing.T) {
	r := newRig(t, dbtest.Open(t, dbtest.SQLite(t)))
	n := r.open("Written on while the desk took nothing")
	b := r.browse("ann@desk.example")
	types := func(text, said string) {
		b.does(answered + `.value = "` + text + `"; ` + answered + `.dispatchEvent(new Event("input", {bubbles: true}))`)
		b.is("it is said where the draft is", `document.querySelector("[data-draft-state]").textContent === "`+said+`"`)
	}
	refuse := `window.fetch = async () => new Response("", {status: 503})`
	b.visit(page(n))
	types("Half", "Draft saved")
	b.does(refuse)
	types("Half an answer", "The draft is kept in this browser")
	b.visit(page(n) + "?view=mine")
	b.is("the later text is there, seen from another view", answered+`.value === "Half an answer"`)
	b.is("the desk takes it", `document.querySelector("[data-draft-state]").textContent === "Draft saved"`)

	b.does(refuse)
	types("A whole answer", "The draft is kept in this browser")
	must(t, r.SaveDraft(t.Context(), r.ann.Actor, n, okno.Public, "Written at another desk"))
	b.visit(page(n))
	b.is("what was written elsewhere since is not hidden", answered+`.value === "Written at another desk"`)
}

func TestADraftOutlivesTheSession(t *testing.T) {
	r := newRig(t, dbtest.Open(t, dbtest.SQLite(t)))
	n := r.open("Written after the session ended")
	b := r.browse("ann@desk.example")
	b.visit(page(n))
	_, err := chromedp.Call(b.ctx, network.ClearBrowserCookies, cdp.Empty{})
	must(t, err)
	b.does(answered + `.value = "Half an answer"; ` + answered + `.dispatchEvent(new Event("input", {bubbles: true}))`)
	b.is("it is said where the draft is", `document.querySelector("[data-draft-state]").textContent === "The draft is kept in this browser"`)
	b.is("it is there", `Object.values(localStorage).some(v => v.includes("Half an answer"))`)
}
