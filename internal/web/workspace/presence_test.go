package workspace_test

import (
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/live"
	"github.com/oknodesk/okno/internal/web/workspace"
)

func TestR4WhoElseHasTheTicketOpenIsShown(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("Looked at by two")
		wake := make(chan struct{}, 1)
		heard := r.hub.Subscribe(live.Subscriber{Admits: func(h live.Hint) bool { return h.Part == live.PartPresence }, Wake: func() { wake <- struct{}{} }})
		defer heard.Close()
		hinted := func() {
			t.Helper()
			select {
			case <-wake:
				h := heard.Take()[0]
				if h.Number != string(n) || !h.AgentsOnly || h.Department != int64(r.first.ID) {
					t.Errorf("hint: %+v", h)
				}
			case <-time.After(time.Minute):
				t.Fatal("no open page is told")
			}
		}
		r.abe.post(page(n)+"/presence", "writing", "0").has(t, 204)
		hinted()
		r.ann.part(page(n)+"?part=presence").has(t, 200, "Abe Agent is viewing this ticket")
		r.abe.part(page(n)+"?part=presence").lacks(t, "Abe Agent")
		r.abe.post(page(n)+"/presence", "writing", "1").has(t, 204)
		hinted()
		r.ann.get(page(n)).has(t, 200, "Abe Agent is writing an answer")
		r.abe.send("DELETE", page(n)+"/presence", nil).has(t, 204)
		hinted()
		r.ann.get(page(n)).lacks(t, "Abe Agent is")
		r.abe.post(page(n)+"/presence", "writing", "0").has(t, 204)
		hinted()
		r.clock = r.clock.Add(time.Minute)
		must(t, r.workspace.Sweep(t.Context()))
		hinted()
		r.ann.get(page(n)).lacks(t, "Abe Agent is")
		r.abe.post(page(n)+"/presence", "left", "1").has(t, 204)
		r.bob.post(page(n)+"/presence", "writing", "1").has(t, 404)
	})
}

func TestR4PresenceReachesTheOtherProcesses(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("Looked at from afar")
		there := live.NewPresence()
		other := workspace.New(r.Desk, there, r.db.Announce)
		told := make(chan bool, 1)
		t.Cleanup(r.db.Listen(workspace.PresenceTopic, func(payload string) {
			other.Hear(payload)
			told <- true
		}))
		r.abe.post(page(n)+"/presence", "writing", "1").has(t, 204)
		select {
		case <-told:
		case <-time.After(time.Minute):
			t.Fatal("the other process is not told")
		}
		if got := there.On(int64(r.abe.reach(n).Ticket.ID), r.clock); len(got) != 1 || got[0].Name != "Abe Agent" || !got[0].Writing {
			t.Errorf("there: %+v", got)
		}
	})
}
