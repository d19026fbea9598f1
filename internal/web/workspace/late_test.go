package workspace_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
)

// late holds answers back, made, until they are let go.
type late struct {
	asked, letGo chan struct{}
}

// holdBack has what matches answered when the test says so.
func (r *rig) holdBack(matches func(*http.Request) bool) late {
	l := late{make(chan struct{}, 16), make(chan struct{})}
	server := r.server
	r.server = http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if !matches(q) {
			server.ServeHTTP(w, q)
			return
		}
		made := httptest.NewRecorder()
		server.ServeHTTP(made, q)
		l.asked <- struct{}{}
		<-l.letGo
		maps.Copy(w.Header(), made.Header())
		w.WriteHeader(made.Code)
		w.Write(made.Body.Bytes()) // whoever has left needs none
	})
	return l
}

func TestAPartThatComesLateIsNotShownInTheNextTicket(t *testing.T) {
	r := newRig(t, dbtest.Open(t, dbtest.SQLite(t)))
	first, second := r.open("The first one"), r.open("The second one")
	l := r.holdBack(func(q *http.Request) bool {
		return q.URL.Path == page(first) && q.URL.Query().Get("part") == "thread"
	})
	b := r.browse("ann@desk.example")
	b.visit(page(first))
	b.is("the page listens", `document.documentElement.classList.contains("scripts")`)
	b.does(`document.addEventListener("htmx:finally:request", (e) => { if (e.detail.ctx.request.action.includes("part=thread")) window.came = true })`)
	carl := r.carl(first)
	_, err := r.AddMessage(t.Context(), carl.Actor, first, desk.Words{Key: aKey, Text: "For the first alone.", Channel: "web"})
	must(t, err)
	<-l.asked
	b.does(`document.getElementById("row-` + string(second) + `").click()`)
	b.is("the other is open", `document.querySelector("h1").textContent === "The second one"`)
	close(l.letGo)
	b.is("the part has come", `window.came === true`)
	b.is("it is not shown", `document.querySelector("h1").textContent === "The second one" && !`+shown+`.includes("For the first alone.")`)
}

func TestOfTwoTicketsOpenedAtOnceTheLaterIsShown(t *testing.T) {
	r := newRig(t, dbtest.Open(t, dbtest.SQLite(t)))
	first, second := r.open("The first one"), r.open("The second one")
	l := r.holdBack(func(q *http.Request) bool {
		return q.URL.Path == page(first) && q.URL.Query().Get("part") == ""
	})
	b := r.browse("ann@desk.example")
	b.visit("/desk")
	b.does(`document.addEventListener("htmx:finally:request", (e) => { if (e.detail.ctx.request.action.includes("` + string(first) + `")) window.came = true })`)
	b.does(`document.getElementById("row-` + string(first) + `").click()`)
	<-l.asked
	b.does(`document.getElementById("row-` + string(second) + `").click()`)
	b.is("the later is open", `document.querySelector("h1").textContent === "The second one"`)
	close(l.letGo)
	b.is("the earlier has come", `window.came === true`)
	b.is("the later is still open", `document.querySelector("h1").textContent === "The second one" && location.pathname.endsWith("`+string(second)+`")`)
}

func TestWhatIsWrittenWhileItsPageIsOnTheWayIsShown(t *testing.T) {
	r := newRig(t, dbtest.Open(t, dbtest.SQLite(t)))
	n := r.open("The only one")
	l := r.holdBack(func(q *http.Request) bool {
		return q.URL.Path == page(n) && q.URL.Query().Get("part") == ""
	})
	b := r.browse("ann@desk.example")
	b.visit("/desk")
	b.does(`document.addEventListener("htmx:after:request", (e) => { if (e.detail.ctx.request.action.includes("part=list")) window.told = true })`)
	b.does(`document.getElementById("row-` + string(n) + `").click()`)
	<-l.asked
	carl := r.carl(n)
	_, err := r.AddMessage(t.Context(), carl.Actor, n, desk.Words{Key: aKey, Text: "One thing more.", Channel: "web"})
	must(t, err)
	b.is("the page before it was told", `window.told === true`)
	close(l.letGo)
	b.is("the message stands in the page", `document.querySelector("h1").textContent === "The only one" && `+shown+`.includes("One thing more.")`)
}
