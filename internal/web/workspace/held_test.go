package workspace_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/jobs"
)

// due gives the ticket's held answers whose time has come.
func (r *rig) due(n okno.Number) {
	r.t.Helper()
	for _, h := range r.ann.reach(n).Held {
		payload, err := json.Marshal(desk.GiveJob{Held: h.ID})
		must(r.t, err)
		must(r.t, r.GiveAnswer(r.t.Context(), jobs.Job{Kind: desk.GiveJobKind, V: 1, Payload: payload}))
	}
}

// heldPath is where the first held answer of a ticket is decided on.
func (a agent) heldPath(n okno.Number) string {
	return page(n) + "/held/" + string(a.reach(n).Held[0].Ref)
}

func TestAnAnswerCanBeTakenBackWithoutScripts(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.undoWithin(10)
		n := r.open("Lamp")
		shown := r.ann.get(page(n))
		r.ann.attach(page(n)+"/messages", "lamp.txt", "a lamp", "_key", shown.value(t, `action="`+page(n)+"/messages", "_key"), "public", "Try another bulb.", "cc", "pat@customer.example",
			"outside", "pat@customer.example", "version", "2", "then", "waiting").leads(t, page(n))
		shown = r.ann.get(page(n))
		shown.has(t, 200, "Being sent in a few seconds", "Try another bulb.", "lamp.txt", "Then the status becomes", "/withdrawal")
		r.abe.get(page(n)).lacks(t, "/withdrawal")
		r.abe.post(r.abe.heldPath(n)+"/withdrawal").has(t, 403)
		r.ann.post(r.ann.heldPath(n)+"/withdrawal").leads(t, page(n))
		shown = r.ann.get(page(n))
		shown.has(t, 200, "An answer was taken back before it was sent", "Try another bulb.</textarea>", `value="pat@customer.example"`, `name="upload"`)
		shown.lacks(t, "Being sent in a few seconds")
		if got := r.ann.reach(n).Ticket.Kind; got != okno.StatusNew {
			t.Errorf("the ticket is %s", got)
		}
	})
}

func TestUndoThatComesTooLateIsToldSo(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.undoWithin(10)
		n := r.open("Lamp")
		r.ann.post(page(n)+"/messages", "_key", "one "+string(n), "public", "Try another bulb.", "version", "2").leads(t, page(n))
		undo := r.ann.heldPath(n) + "/withdrawal"
		r.clock = r.clock.Add(time.Minute)
		r.due(n)
		r.ann.post(undo).has(t, 409, "the answer has just been sent and cannot be taken back")
		by := r.ann.send("POST", undo, nil, "HX-Request", "true", "HX-Request-Type", "partial")
		by.has(t, 204)
	})
}

func TestAnAnswerIsPlannedMovedAndSent(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("Lamp")
		shown := r.ann.get(page(n))
		shown.has(t, 200, "Send later")
		at := r.ann.reach(n).Mornings[0]
		if at.Weekday() != time.Monday || at.Hour() != 9 {
			t.Errorf("after Friday the next working day begins %s", at)
		}
		send := func(key string, more ...string) answer {
			return r.ann.post(page(n)+"/messages", append([]string{"_key", key + string(n), "public", "Try it.", "version", "9"}, more...)...)
		}
		send("a", "plan", "own", "at", "soon").has(t, 422, "Give a day and a time.", "Try it.</textarea>")
		send("b", "plan", "own", "at", "2026-11-19T09:00").has(t, 422, "This time is over.")
		send("c", "plan", at.Format(time.RFC3339), "afterwards", "done", "then", "waiting").leads(t, page(n))
		h := r.ann.reach(n).Held[0]
		if !h.Due.Equal(at) || h.Then != okno.StatusDone {
			t.Errorf("planned: %+v", h)
		}
		r.abe.get(page(n)).has(t, 200, "Will be sent", "Send now", "Back to the draft")
		r.abe.post(r.abe.heldPath(n)+"/time", "plan", "own", "at", "2026-11-25T10:30").leads(t, page(n))
		if h = r.ann.reach(n).Held[0]; !h.Due.Equal(time.Date(2026, 11, 25, 10, 30, 0, 0, time.UTC)) {
			t.Errorf("moved to %s", h.Due)
		}
		r.abe.post(r.abe.heldPath(n)+"/sending").leads(t, page(n))
		p := r.ann.reach(n)
		if len(p.Messages) != 2 || p.Messages[1].Author != r.ann.Person || p.Ticket.Kind != okno.StatusDone {
			t.Errorf("sent: %+v", p.Messages)
		}
	})
}

func TestOneIsToldOfAnAnswerThatAnotherIsSending(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.undoWithin(10)
		n := r.open("Lamp")
		seen := r.abe.get(page(n)).value(t, page(n)+"/messages", "version")
		r.ann.post(page(n)+"/messages", "_key", "one "+string(n), "public", "Try another bulb.", "version", seen).leads(t, page(n))
		r.abe.post(page(n)+"/messages", "_key", "two "+string(n), "public", "Try two.", "version", seen).has(t, 409, "Ann Agent", "Try another bulb.", "Try two.</textarea>")
		if !strings.Contains(r.abe.send("GET", page(n), url.Values{}).body, "Being sent") {
			t.Error("the page does not say that an answer is being sent")
		}
	})
}
