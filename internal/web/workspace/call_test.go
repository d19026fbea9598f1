package workspace_test

import (
	"strings"
	"testing"

	"github.com/oknodesk/okno"
)

func TestR2PhoneTicketStandsInTheSameListWithItsChannel(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.open("From the web")
		form := r.ann.get("/desk/new")
		form.has(t, 200, "Caller’s name", string(r.first.Ref), "What the caller says")
		form.lacks(t, string(r.second.Ref)) // where she may open none
		call := []string{"_key", form.value(t, `action="/desk/new"`, "_key"), "name", "Paul Phone", "phone", "+375 29 111-22-33",
			"department", string(r.first.Ref), "subject", "Called about the roof", "text", "Water comes in.", "mine", "yes"}
		opened := r.ann.post("/desk/new", call...)
		if opened.code != 303 {
			t.Fatalf("answered %d: %s", opened.code, opened.body)
		}
		path, _, _ := strings.Cut(opened.to, "?")
		n := okno.Number(strings.TrimPrefix(path, "/desk/tickets/"))
		got := r.ann.reach(n)
		if got.Ticket.Channel != okno.ChannelPhone || got.Ticket.Assignee != r.ann.Person || got.Messages[0].Side != okno.SideCustomer {
			t.Errorf("channel %s, assignee %d, said by the %s", got.Ticket.Channel, got.Ticket.Assignee, got.Messages[0].Side)
		}
		r.ann.post("/desk/new", call...).leads(t, path)
		list := r.abe.get("/desk")
		list.has(t, 200, "From the web", "Called about the roof", "Paul Phone", `title="Phone"`, `title="Web form"`)
		if strings.Count(list.body, ">Called about the roof<") != 1 {
			t.Error("sent twice, the form made two tickets")
		}
		r.ann.get(path).has(t, 200, "The requester has no e-mail address", "No e-mail address", "opened by phone")
	})
}

func TestPhoneFormKeepsWhatWasTyped(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		again := r.ann.post("/desk/new", "_key", aKey, "phone", "12345", "email", "nonsense", "department", string(r.first.Ref), "text", "It rings.")
		again.has(t, 422, `value="12345"`, `value="nonsense"`, "It rings.</textarea>", `href="#f-name"`, `href="#f-subject"`, "not an e-mail address")
		again.lacks(t, `name="mine" value="yes" checked`)
	})
}
