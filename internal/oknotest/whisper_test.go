package oknotest_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

// told are the hints that a live stream brings, as they come.
type told struct {
	Ticket string `json:"ticket"`
	Part   string `json:"part"`
}

// hear opens somebody's live stream.
func (e *estate) hear(who string) <-chan told {
	e.t.Helper()
	return stream(e.t, e.URL, e.cookies[who])
}

// stream opens the live stream of a session. It is open when stream returns.
func stream(t *testing.T, base, cookie string) <-chan told {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/live", nil)
	must(t, err)
	r.AddCookie(&http.Cookie{Name: "okno", Value: cookie})
	answer, err := http.DefaultTransport.RoundTrip(r)
	must(t, err)
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("a stream is answered %d", answer.StatusCode)
	}
	t.Cleanup(func() { answer.Body.Close() })
	lines := bufio.NewScanner(answer.Body)
	if !lines.Scan() { // "retry": from now on it is told everything
		t.Fatal(lines.Err())
	}
	hints := make(chan told, 1000)
	go func() {
		defer close(hints)
		for lines.Scan() {
			var h told
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok && json.Unmarshal([]byte(data), &h) == nil {
				hints <- h
			}
		}
	}()
	return hints
}

// until takes what a stream has brought when it speaks of a ticket.
func (e *estate) until(who string, hints <-chan told, n okno.Number) (before []told) {
	e.t.Helper()
	late := time.After(time.Minute)
	for {
		select {
		case h, open := <-hints:
			if !open {
				e.t.Fatalf("%s's stream has ended", who)
			}
			if h.Ticket == string(n) {
				return before
			}
			before = append(before, h)
		case <-late:
			e.t.Fatalf("%s is not told of ticket %s", who, n)
		}
	}
}

// write is a message of Ada's in a ticket, which its people are told of.
func (e *estate) write(n okno.Number, what string) {
	e.t.Helper()
	_, err := e.Desk.AddMessage(e.t.Context(), e.actor("Ada", okno.DoorWorkspace), n, desk.Words{Key: "a message of Ada's: " + what + string(n), Text: "Own.", Channel: okno.ChannelWeb})
	e.must(err)
}

// Nothing that happens in a ticket is so much as hinted at to those who cannot
// see it. Hints come in their order: what is not there when the next thing of
// one's own is told does not come any more.
func TestOutsidersStreamsKeepSilentAboutAnothersTicket(t *testing.T) {
	eachEstate(t, func(e *estate) {
		e.Clock.Advance(time.Minute) // a new stream begins with what has just happened
		streams := map[string]<-chan told{}
		for _, who := range []string{"Dora", "Ivo", "Boss 2", "Twin", "Bob"} {
			streams[who] = e.hear(who)
		}
		gil, boss, ann := e.hear("Gil"), e.hear("Boss"), e.hear("Ann")
		if status, _, _ := e.send("nobody", http.MethodGet, "/live"); status < 300 {
			t.Errorf("the stream answers nobody with %d", status)
		}
		if status, _, _ := e.send("Hal", http.MethodGet, "/live"); status < 300 {
			t.Errorf("the stream answers who must change his password with %d", status)
		}

		e.stir()
		for who, hints := range streams {
			e.write(e.own[who], "after the stir")
			for _, h := range e.until(who, hints, e.own[who]) {
				t.Errorf("%s is told of %+v", who, h)
			}
		}
		for who, hints := range map[string]<-chan told{"Gil": gil, "his company's administrator": boss, "Ann": ann} {
			e.until(who, hints, e.ticket)
		}
		e.notToCustomers()
	})
}

// stir does everything to the ticket that can be done.
func (e *estate) stir() {
	ctx := e.t.Context()
	gil, ann := e.actor("Gil", okno.DoorPortal), e.actor("Ann", okno.DoorWorkspace)
	words := func(key string) desk.Words {
		return desk.Words{Key: "stirring: " + key, Text: secretText, Channel: okno.ChannelWeb}
	}
	_, err := e.Desk.AddMessage(ctx, gil, e.ticket, words("Gil's"))
	e.must(err)
	_, err = e.Desk.AddMessage(ctx, ann, e.ticket, words("Ann's"))
	e.must(err)
	e.within(ann)
	e.must(e.Desk.EditSubject(ctx, ann, e.ticket, secretSubject+"!", 0))
	e.must(e.Desk.CancelCall(ctx, gil, e.ticket, e.call()))
	e.must(e.Desk.SetStatus(ctx, ann, e.ticket, okno.StatusDone, okno.Hold{}, 0))
	e.must(e.Desk.ConfirmDone(ctx, gil, e.ticket, false))
	e.must(e.Desk.CloseTicket(ctx, gil, e.ticket, "page"))
	e.must(e.Desk.Reopen(ctx, gil, e.ticket))
}

// within is what agents do among themselves.
func (e *estate) within(ann okno.Actor) {
	ctx := e.t.Context()
	_, err := e.Desk.AddNote(ctx, ann, e.ticket, desk.Words{Key: "a note of " + time.Now().String(), Text: secretNote, Channel: okno.ChannelWeb})
	e.must(err)
	e.must(e.Desk.SaveDraft(ctx, ann, e.ticket, okno.Note, secretNote))
	if status, page, _ := e.send("Ann", http.MethodPost, "/desk/tickets/"+string(e.ticket)+"/presence"); status != http.StatusNoContent {
		e.t.Errorf("Ann's presence: %d %s", status, brief(page))
	}
}

func (e *estate) call() okno.Ref {
	page, err := e.Desk.Ticket(e.t.Context(), e.actor("Ann", okno.DoorWorkspace), e.ticket, 0)
	e.must(err)
	return page.Calls[0].Ref
}

// notToCustomers: of notes, drafts and presence the requester and his company's
// administrator get no hint either.
func (e *estate) notToCustomers() {
	gil := e.actor("Gil", okno.DoorPortal)
	o, err := e.Desk.OpenTicket(e.t.Context(), gil, desk.Opening{Key: "another ticket of Gil's", Channel: okno.ChannelWeb, Subject: "Own", Text: "Own."})
	e.must(err)
	e.Settle()
	e.Clock.Advance(time.Minute)
	streams := map[string]<-chan told{"Gil": e.hear("Gil"), "Boss": e.hear("Boss")}
	ann := e.hear("Ann")
	e.within(e.actor("Ann", okno.DoorWorkspace))
	e.write(o.Number, "after the note")
	for who, hints := range streams {
		if heard := e.until(who, hints, o.Number); slices.ContainsFunc(heard, func(h told) bool { return h.Ticket == string(e.ticket) }) {
			e.t.Errorf("%s is told of what only agents may know: %+v", who, heard)
		}
	}
	e.until("Ann", ann, e.ticket)
}
