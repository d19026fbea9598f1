package portal_test

import (
	"regexp"
	"testing"

	"github.com/oknodesk/okno"
)

var changing = regexp.MustCompile(`href="(/tickets/\d+/messages/[^"]+)"`)

func TestCustomerChangesAndDeletesHisMessage(t *testing.T) {
	each(t, func(h *house) {
		n := h.file("carl@customer.example", "Noise")
		h.answer(n, "Which noise?", "")
		b := h.guest(n)
		path := "/tickets/" + string(n)
		links := changing.FindAllStringSubmatch(b.get(path).body, -1)
		if len(links) != 1 {
			t.Fatalf("%d messages can be changed, want his own one: %v", len(links), links)
		}
		message := links[0][1]
		b.show(b.get(message), 200, "Edit message", "It does not work.", "has already left stays as it was", "Delete message")
		if a := b.post(message, "text", "It hums.", "version", "1"); a.code != 303 {
			t.Fatalf("changing: %d", a.code)
		}
		b.show(b.get(path), 200, "It hums.", "Edited")

		stale := b.post(message, "text", "It whistles.", "version", "1")
		b.show(stale, 409, "The message was changed meanwhile", "It hums.", "It whistles.")
		if !stale.has(`name="version" value="2"`) {
			t.Error("what was refused cannot be sent again")
		}
		b.show(b.post(message, "text", " ", "version", "2"), 422, "Message text")
		b.show(b.post(message, "text", "It whistles."), 409)

		if a := b.post(message + "/deletion"); a.code != 303 {
			t.Fatalf("deleting: %d", a.code)
		}
		gone := b.get(path)
		b.show(gone, 200, "Message deleted", "Which noise?")
		if gone.has("It hums.") || changing.MatchString(gone.body) {
			t.Error("the deleted message is still there")
		}
		b.show(b.get(message), 409, "This message was deleted")

		answer := h.ticket(n).Messages[1].Ref
		b.show(b.get(path+"/messages/"+string(answer)), 403)
		b.show(b.post(path+"/messages/"+string(answer)+"/deletion"), 403)
		stranger := h.guest(h.file("dora@customer.example", "Smoke"))
		b.show(stranger.post(message, "text", "Mine.", "version", "3"), 404)
	})
}

func TestAMessageIsChangedForAQuarterOfAnHour(t *testing.T) {
	each(t, func(h *house) {
		n := h.file("carl@customer.example", "Noise")
		b := h.guest(n)
		message := changing.FindStringSubmatch(b.get("/tickets/" + string(n)).body)[1]
		h.later(okno.EditWithin + 1000)
		if changing.MatchString(b.get("/tickets/" + string(n)).body) {
			t.Error("the page offers what would be refused")
		}
		b.show(b.get(message), 409, "first 15 minutes")
		b.show(b.post(message, "text", "It hums.", "version", "1"), 409, "first 15 minutes", "It hums.")
	})
}

func TestWithoutScriptsAButtonSaysThatTheNewWasRead(t *testing.T) {
	each(t, func(h *house) {
		n := h.file("carl@customer.example", "Noise")
		b := h.guest(n)
		path := "/tickets/" + string(n)
		b.lead(b.post(path+"/seen", "read", "yes"), path)
		if b.get(path).has("New since your last visit") {
			t.Error("something is new that was seen")
		}
		h.answer(n, "Which noise?", "")
		page := b.get(path)
		b.show(page, 200, "New since your last visit", "Mark as read", "Which noise?")
		b.show(b.get("/tickets"), 200, "1 new message")
		if part := b.part(path + "?part=unread"); part.body != "1" {
			t.Errorf("the tab's title counts %s", part.body)
		}
		b.lead(b.post(path+"/seen", "read", "yes"), path)
		if b.get(path).has("New since your last visit") || b.get("/tickets").has("1 new message") {
			t.Error("it is still new")
		}
		if part := b.part("/tickets?part=unread"); part.body != "0" {
			t.Errorf("the tab's title counts %s", part.body)
		}
	})
}
