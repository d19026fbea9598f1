package workspace_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

const aKey, anotherKey = "0123456789abcdef", "fedcba9876543210"

func TestAgentTakesAssignsTransfersAndMovesATicket(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("Whose is it")
		shown := r.ann.get(page(n))
		shown.has(t, 200, "<h1", "Whose is it", "Take it", "carl@customer.example", `href="tel:+375296254895"`)
		r.ann.post(page(n)+"/assignee", "assignee", "me", "version", shown.value(t, `id="head"`, "version")).leads(t, page(n))
		if got := r.ann.reach(n).Ticket; got.Assignee != r.ann.Person || got.Kind != okno.StatusOpen {
			t.Fatalf("taken: %d %s", got.Assignee, got.Kind)
		}
		abe := ""
		for _, p := range r.ann.reach(n).Agents {
			if p.Name == "Abe Agent" {
				abe = string(p.Ref)
			}
		}
		r.ann.get(page(n)).has(t, 200, `value="`+abe+`"`, "Assignee: Ann Agent")
		r.ann.post(page(n)+"/assignee", "assignee", abe, "version", "99").leads(t, page(n))
		r.ann.post(page(n)+"/assignee", "assignee", "nosuch", "version", "99").has(t, 422, "one of those offered")
		r.ann.post(page(n)+"/status", "status", "hold", "plan", "own", "at", "2026-11-25T14:30", "wakes", "yes", "version", "99").leads(t, page(n))
		if got := r.ann.reach(n).Ticket; got.Kind != okno.StatusHold || !got.Hold.WakeOnAnswer || got.Hold.Until.Format(time.DateTime) != "2026-11-25 14:30:00" || got.Assignee != r.abe.Person {
			t.Errorf("on hold: %+v", got.Hold)
		}
		r.ann.post(page(n)+"/status", "status", "hold", "plan", "own", "at", "2026-11-01T09:00", "version", "99").has(t, 422, "still to come")
		r.ann.post(page(n)+"/status", "status", "hold", "plan", "own", "at", "soon", "version", "99").has(t, 422, "Give a day and a time.")
		morning := r.ann.reach(n).Mornings[0]
		r.ann.get(page(n)).has(t, 200, `value="`+morning.UTC().Format(time.RFC3339)+`"`)
		r.ann.post(page(n)+"/status", "status", "open", "version", "99").leads(t, page(n))
		r.ann.post(page(n)+"/status", "status", "hold", "plan", morning.UTC().Format(time.RFC3339), "version", "99").leads(t, page(n))
		if got := r.ann.reach(n).Ticket; got.Kind != okno.StatusHold || got.Hold.WakeOnAnswer || !got.Hold.Until.Equal(morning) {
			t.Errorf("on hold until the next morning: %+v", got.Hold)
		}
		r.ann.post(page(n)+"/status", "status", "new", "version", "99").has(t, 409, "cannot be changed")
		r.ann.post(page(n)+"/subject", "subject", "A better name", "version", "99").leads(t, page(n))
		r.ann.get(page(n)).has(t, 200, "A better name")
		r.ann.post(page(n)+"/department", "department", string(r.second.Ref), "version", "99").leads(t, "/desk")
		r.ann.get(page(n)).has(t, 404)
		r.bob.get(page(n)).has(t, 200, "Department: Second")
	})
}

func TestAnswerIsAMessageAndMayMoveTheStatus(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("Please answer")
		box := r.ann.get(page(n))
		box.has(t, 200, "To: Carl Customer &lt;carl@customer.example&gt;", "Send and wait", "Send and done")
		r.ann.post(page(n)+"/messages?view=mine", "_key", aKey, "public", "Try again, please.", "then", "waiting", "version", box.value(t, `id="thread"`, "version")).leads(t, page(n))
		got := r.ann.reach(n)
		if got.Ticket.Kind != okno.StatusWaiting || len(got.Messages) != 2 || got.Messages[1].Text != "Try again, please." || got.Messages[1].Kind != okno.Public {
			t.Errorf("%s, %d messages", got.Ticket.Kind, len(got.Messages))
		}
		r.ann.post(page(n)+"/messages", "_key", aKey, "public", "Try again, please.", "version", "99").leads(t, page(n))
		if again := r.ann.reach(n); len(again.Messages) != 2 {
			t.Error("sent twice, it stands twice")
		}
		r.ann.get(page(n)).has(t, 200, "Try again, please.", "Waiting for customer")
		r.ann.post(page(n)+"/messages", "_key", anotherKey, "public", "  ", "version", "99").has(t, 422, "Please fill this in.")
	})
}

func TestR4AnswerOverAnothersKeepsTheTextAndShowsTheChange(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("Two at once")
		seen := r.ann.get(page(n)).value(t, `id="thread"`, "version")
		r.abe.post(page(n)+"/messages", "_key", aKey, "public", "I was faster.", "version", seen).leads(t, page(n))
		refused := r.ann.post(page(n)+"/messages", "_key", anotherKey, "public", "My careful answer.", "version", seen)
		refused.has(t, http.StatusConflict, "My careful answer.</textarea>", "I was faster.", "Abe Agent", "Send anyway", "This has changed in the meantime")
		if !strings.Contains(refused.body, `<blockquote class="changed-words">I was faster.</blockquote>`) {
			t.Error("what changed is not shown")
		}
		fresh := refused.value(t, `id="thread"`, "version")
		if fresh == seen || refused.value(t, `id="public-`, "_key") != anotherKey {
			t.Error("the form cannot be sent again")
		}
		r.ann.post(page(n)+"/messages", "_key", anotherKey, "public", "My careful answer.", "version", fresh).leads(t, page(n))
	})
}

func TestR4CommandOverAnothersChangeSaysWhatChanged(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("Both take it")
		seen := r.ann.get(page(n)).value(t, `id="head"`, "version")
		r.abe.post(page(n)+"/assignee", "assignee", "me", "version", seen).leads(t, page(n))
		r.ann.post(page(n)+"/assignee", "assignee", "me", "version", seen).has(t, 409, "Assignee: Abe Agent", "This has changed in the meantime")
		if got := r.ann.reach(n).Ticket.Assignee; got != r.abe.Person {
			t.Errorf("assignee: %d", got)
		}
	})
}

func TestR15CustomerNeverSeesNotes(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("Secret matters")
		r.ann.post(page(n)+"/notes", "_key", aKey, "note", "He is a xyzzy customer.", "then", "done", "version", "1").leads(t, page(n))
		r.ann.get(page(n)).has(t, 200, "He is a xyzzy customer.", "word-note")
		if got := r.ann.reach(n).Ticket.Kind; got != okno.StatusNew {
			t.Errorf("the note moved the ticket to %s", got)
		}
		note := r.ann.reach(n).Messages[1]
		carl := r.carl(n)
		carl.get("/messages/"+string(note.Ref)).has(t, 404)
		r.ann.get("/messages/"+string(note.Ref)).has(t, 200, "xyzzy")
		if seen := fmt.Sprintf("%+v", carl.reach(n)); !strings.Contains(seen, "It does not work.") || strings.Contains(seen, "xyzzy") || strings.Contains(seen, "note") {
			t.Errorf("the customer sees %s", seen)
		}
		for _, path := range []string{page(n), page(n) + "?part=thread", "/desk"} {
			if got := carl.part(path); got.code == 200 || strings.Contains(got.body, "xyzzy") {
				t.Errorf("the customer at %s: %d", path, got.code)
			}
		}
	})
}

// carl is the customer, come by an access link.
func (r *rig) carl(n okno.Number) agent {
	r.t.Helper()
	t, err := r.TicketOfNumber(r.t.Context(), n)
	must(r.t, err)
	link := r.AccessLink(t.Requester, t.ID, time.Hour)
	r.letter(t, 0, link)
	trade, err := r.TradeLink(r.t.Context(), link.Token, "", "test")
	must(r.t, err)
	return agent{r, r.actor(trade.Token, okno.DoorPortal), trade.Token}
}

func TestDraftComesBack(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("Half an answer")
		put := func(who agent, kind, text string) answer {
			return who.send("PUT", page(n)+"/draft?kind="+kind, map[string][]string{"text": {text}})
		}
		put(r.ann, "public", "Dear Carl, I").has(t, 204)
		put(r.ann, "note", "Ask Abe").has(t, 204)
		put(r.ann, "letter", "x").has(t, 422)
		put(r.bob, "public", "x").has(t, 404)
		r.ann.get(page(n)).has(t, 200, "Dear Carl, I</textarea>", "Ask Abe</textarea>")
		r.abe.get(page(n)).lacks(t, "Dear Carl, I", "Ask Abe")
		r.ann.post(page(n)+"/messages", "_key", aKey, "public", "Dear Carl, I see.", "version", "1").leads(t, page(n))
		r.ann.get(page(n)).lacks(t, "Dear Carl, I</textarea>")
	})
}

func TestNewAddressInCCIsAskedAboutOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("For several")
		asked := r.ann.post(page(n)+"/messages", "_key", aKey, "public", "See below.", "cc", "eve@elsewhere.example", "version", "1")
		asked.has(t, 422, "Nobody in this ticket has this address yet", `name="outside" value="eve@elsewhere.example"`, "See below.</textarea>", `value="eve@elsewhere.example"`)
		if got := r.ann.reach(n); len(got.Messages) != 1 {
			t.Fatal("it was sent unasked")
		}
		r.ann.post(page(n)+"/messages", "_key", aKey, "public", "See below.", "cc", "eve@elsewhere.example", "outside", "eve@elsewhere.example", "version", "1").leads(t, page(n))
		r.ann.get(page(n)).has(t, 200, "CC: eve@elsewhere.example")
		r.ann.post(page(n)+"/messages", "_key", anotherKey, "public", "More.", "cc", "eve@elsewhere.example", "version", "1").leads(t, page(n))
		r.ann.post(page(n)+"/messages", "_key", "a third key of a form", "public", "x", "cc", "nonsense", "outside", "nonsense", "version", "1").has(t, 422, "not an e-mail address")
		r.ann.post(page(n)+"/messages", "_key", "a fourth key of a form", "public", "x", "cc", `pat@elsewhere.example;"lamp, eve"@elsewhere.example "eve lamp"@elsewhere.example,"pat lamp`, "version", "1").
			has(t, 422, `value="pat@elsewhere.example"`, `value="&#34;lamp, eve&#34;@elsewhere.example"`, `value="&#34;eve lamp&#34;@elsewhere.example"`, `value="&#34;pat"`, `value="lamp"`)
	})
}

func TestUnreadMarkGoesWhenTheTicketIsSeen(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("Look at me")
		r.clock = r.clock.Add(time.Minute)
		r.ann.get(page(n))
		r.ann.get("/desk").has(t, 200, "1 new message") // a GET, which a page fetched ahead is too, is no reading
		r.ann.post(page(n)+"/seen").has(t, 204)
		r.ann.get("/desk").lacks(t, "1 new message")
	})
}

func TestLettersOfAnAnswerShowHowFarTheyCame(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("Does it arrive")
		written, err := r.AddMessage(t.Context(), r.ann.Actor, n, desk.Words{Key: aKey, Text: "It does.", Channel: okno.ChannelWeb})
		must(t, err)
		ticket, err := r.TicketOfNumber(t.Context(), n)
		must(t, err)
		r.letter(ticket, written.Message)
		r.ann.get(page(n)).has(t, 200, "Waits to be sent to carl@customer.example")
	})
}

// letter queues a letter to Carl; m is the message it carries.
func (r *rig) letter(ticket okno.Ticket, m okno.MessageID, links ...desk.LinkToken) {
	r.t.Helper()
	must(r.t, r.QueueLetters(r.t.Context(), []desk.Outgoing{{Links: links, Letter: okno.Letter{
		Kind: okno.LetterAnswer, Origin: "1:notify:1", Ticket: ticket.ID, Message: m, Person: ticket.Requester, From: "support@desk.example",
		To: "carl@customer.example", Subject: ticket.Subject, MessageID: "a@desk.example", Bytes: []byte("x"),
	}}}))
}

func TestMarksSayWhatIsNotAsUsual(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("From whom is it")
		ticket, err := r.TicketOfNumber(t.Context(), n)
		must(t, err)
		stranger, err := r.Sender(t.Context(), "Mallory", "mallory@elsewhere.example", "en")
		must(t, err)
		say := func(key, text string, p okno.PersonID, claim okno.Claim, machine bool) {
			t.Helper()
			by, err := r.MailActor(t.Context(), p, claim, ticket.ID)
			must(t, err)
			_, err = r.AddMessage(t.Context(), by, n, desk.Words{Key: key, Text: text, Channel: okno.ChannelMail, Letter: &desk.LetterWords{Machine: machine, MessageID: key + "@x.example"}})
			must(t, err)
		}
		say("letter one", "Proven words", ticket.Requester, okno.Proven, false)
		shown := r.ann.get(page(n))
		shown.has(t, 200, "Proven words", "E-mail")
		shown.lacks(t, "The sender is not confirmed", "takes no part", "Sent by a machine")
		say("letter two", "Claimed words", ticket.Requester, okno.ThreadOnly, false)
		say("letter three", "Foreign words", stranger.ID, okno.Claimed, false)
		say("letter four", "I am on holiday", ticket.Requester, okno.Proven, true)
		r.ann.get(page(n)).has(t, 200, "Claimed words", "The sender is not confirmed", "Foreign words", "takes no part in the ticket", "I am on holiday", "Sent by a machine")
	})
}

func TestFilesOfARefusedAnswerAreKept(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("With a file")
		seen := r.ann.get(page(n)).value(t, `id="thread"`, "version")
		r.abe.post(page(n)+"/notes", "_key", aKey, "note", "Mine.", "version", seen).leads(t, page(n))
		refused := r.ann.attach(page(n)+"/messages", "plan.txt", "the plan", "_key", anotherKey, "public", "See the plan.", "version", seen)
		refused.has(t, 409, "plan.txt", "See the plan.</textarea>", "Mine.")
		file := refused.value(t, "plan.txt", "upload")
		r.ann.post(page(n)+"/messages", "_key", anotherKey, "public", "See the plan.", "upload", file, "version", refused.value(t, `id="thread"`, "version")).leads(t, page(n))
		if got := r.ann.reach(n); len(got.Messages[2].Files) != 1 || got.Messages[2].Files[0].Name != "plan.txt" {
			t.Errorf("files: %+v", got.Messages[2].Files)
		}
		r.ann.get(page(n)).has(t, 200, `href="/files/`+file+`"`)
	})
}
