package workspace_test

import (
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

func TestAgentChangesHisAnswerAndReadsEarlierVersions(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("Lamp")
		w, err := r.AddMessage(t.Context(), r.ann.Actor, n, desk.Words{Key: aKey, Text: "Take the red wire.", Channel: okno.ChannelWeb})
		must(t, err)
		message := page(n) + "/messages/" + string(w.Ref)
		r.ann.get(page(n)).has(t, 200, "Edit or delete")
		r.ann.get(message).has(t, 200, "Edit message", "Take the red wire.", "data-composer")
		r.ann.post(message, "text", "Take the blue wire.", "html", "<p>Take the <b>blue</b> wire.</p>", "version", "1").leads(t, page(n))
		shown := r.ann.get(page(n))
		shown.has(t, 200, "<b>blue</b>", "Edited", "Earlier versions")
		shown.lacks(t, "the red wire")
		r.ann.get(message+"/versions").has(t, 200, "Earlier versions", "Take the red wire.")

		r.abe.get(page(n)).lacks(t, "Edit or delete")
		r.abe.get(message).has(t, 403)
		r.abe.get(message+"/versions").has(t, 200, "Take the red wire.")
		r.bob.get(message+"/versions").has(t, 404)

		r.ann.post(message+"/deletion").leads(t, page(n))
		gone := r.ann.get(page(n))
		gone.has(t, 200, "Message deleted")
		gone.lacks(t, "blue")
		r.abe.get(message+"/versions").has(t, 200, "Take the red wire.", "Take the blue wire.")
	})
}

func TestAgentsSeeThatTheirAnswerWasSeen(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("Lamp")
		_, err := r.AddMessage(t.Context(), r.ann.Actor, n, desk.Words{Key: aKey, Text: "Try this.", Channel: okno.ChannelWeb})
		must(t, err)
		r.ann.get(page(n)).lacks(t, "Seen on the site")
		carl := okno.Actor{Person: r.ann.reach(n).Ticket.Requester, Door: okno.DoorPortal}
		r.clock = r.clock.Add(time.Minute)
		must(t, r.MarkSeen(t.Context(), carl, n, ""))
		r.ann.get(page(n)).has(t, 200, "Seen on the site by Carl")
	})
}
