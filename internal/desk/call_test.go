package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

// callOf asks, as Carl, for a call about a new ticket of his.
func (r *rig) callOf(t *testing.T) (okno.Number, okno.Actor) {
	t.Helper()
	n := r.open("carl@customer.example", fmt.Sprint("Call ", submissions))
	ticket, err := r.TicketOfNumber(t.Context(), n)
	must(t, err)
	carl := okno.Actor{Person: ticket.Requester, Door: okno.DoorPortal}
	must(t, r.AskCall(t.Context(), carl, n, desk.CallForm{Key: "call " + string(n), Phone: " +375 29 625 48 95 ", When: "after lunch", About: "the lamp"}))
	return n, carl
}

func (r *rig) callsOn(t *testing.T, by okno.Actor, n okno.Number) []okno.Call {
	t.Helper()
	p, err := r.Ticket(t.Context(), by, n, 0)
	must(t, err)
	return p.Calls
}

func TestR55ACallGoesItsWay(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		for _, way := range []struct{ to []okno.CallState }{
			{to: []okno.CallState{okno.CallAccepted, okno.CallHeld}},
			{to: []okno.CallState{okno.CallAccepted, okno.CallMissed}},
			{to: []okno.CallState{okno.CallHeld}},
			{to: []okno.CallState{okno.CallCancelled}},
		} {
			n, carl := r.callOf(t)
			c := r.callsOn(t, r.ann, n)[0]
			if c.State != okno.CallAsked || c.Phone != "+375 29 625 48 95" || c.When != "after lunch" || c.About != "the lamp" || !c.Asked.Equal(r.clock) {
				t.Fatalf("asked: %+v", c)
			}
			for _, to := range way.to {
				must(t, r.HandleCall(ctx, r.ann, n, c.Ref, to, "between us", 0))
			}
			last := way.to[len(way.to)-1]
			if c = r.callsOn(t, r.ann, n)[0]; c.State != last || c.Note != "between us" || c.Taker != r.ann.Person {
				t.Errorf("after %v: %+v", way.to, c)
			}
			if seen := r.callsOn(t, carl, n)[0]; seen.State != last || seen.Note != "" || seen.Phone == "" {
				t.Errorf("its customer sees %+v", seen)
			}
			if err := r.HandleCall(ctx, r.ann, n, c.Ref, okno.CallAccepted, "", 0); okno.ReasonOf(err) != okno.Conflict {
				t.Errorf("after %s it goes on: %v", last, err)
			}
			if err := r.CancelCall(ctx, carl, n, c.Ref); okno.ReasonOf(err) != okno.Conflict {
				t.Errorf("after %s it is cancelled: %v", last, err)
			}
			if f := r.facts(t, n, okno.CallChanged); len(f) != len(way.to) || f[0].Data.Call != c.ID || f[0].Audience != okno.ForAll {
				t.Errorf("the facts of %v: %+v", way.to, f)
			}
			must(t, r.AskCall(ctx, carl, n, desk.CallForm{Key: "again " + string(n), Phone: "101"})) // there is room for another
		}
	})
}

func TestR55OneCallIsOpenAtATime(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		n, carl := r.callOf(t)
		must(t, r.AskCall(ctx, carl, n, desk.CallForm{Key: "call " + string(n), Phone: "101"})) // the form sent twice
		if err := r.AskCall(ctx, carl, n, desk.CallForm{Key: "second " + string(n), Phone: "101"}); okno.ReasonOf(err) != okno.Conflict {
			t.Errorf("a second one: %v", err)
		}
		if calls := r.callsOn(t, r.ann, n); len(calls) != 1 {
			t.Fatalf("%d calls", len(calls))
		}
		must(t, r.CancelCall(ctx, carl, n, r.callsOn(t, r.ann, n)[0].Ref))
		must(t, r.CloseTicket(ctx, carl, n, "page"))
		if err := r.AskCall(ctx, carl, n, desk.CallForm{Key: "closed " + string(n), Phone: "101"}); okno.ReasonOf(err) != okno.Conflict {
			t.Errorf("about a closed ticket: %v", err)
		}
	})
}

func TestR55WhatIsWrongWithACallIsNamed(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n, carl := r.callOf(t)
		must(t, r.CancelCall(t.Context(), carl, n, r.callsOn(t, r.ann, n)[0].Ref))
		for field, form := range map[string]desk.CallForm{
			"phone": {Phone: " "}, "(phone)": {Phone: "call me"}, "when": {Phone: "101", When: strings.Repeat("x", 201)}, "about": {Phone: "101", About: strings.Repeat("x", 2001)},
		} {
			form.Key = "wrong " + field
			if err := r.AskCall(t.Context(), carl, n, form); okno.ReasonOf(err) != okno.Invalid || !strings.Contains(err.Error(), field) {
				t.Errorf("%s: %v", field, err)
			}
		}
	})
}

func TestR55OpenCallsAreMarkedAndHaveTheirView(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		first, _ := r.callOf(t)
		r.clock = r.clock.Add(time.Hour)
		second, _ := r.callOf(t)
		r.open("carl@customer.example", "No call")
		numbers := func(by okno.Actor, view okno.ViewKind) (all []okno.Number, marked int) {
			l, err := r.View(ctx, by, view, "")
			must(t, err)
			for _, row := range l.Rows {
				all = append(all, row.Number)
				if row.Call.State == okno.CallAsked {
					marked++
				}
			}
			return all, marked
		}
		if all, marked := numbers(r.ann, okno.ViewCalls); len(all) != 2 || all[0] != first || all[1] != second || marked != 2 {
			t.Errorf("calls, the longest waiting first: %v, %d marked", all, marked)
		}
		if all, marked := numbers(r.ann, okno.ViewOpen); len(all) != 3 || marked != 2 {
			t.Errorf("among all open: %v, %d marked", all, marked)
		}
		if all, _ := numbers(r.bob, okno.ViewCalls); len(all) != 0 {
			t.Errorf("another department's agent sees %v", all)
		}
		counts := func(by okno.Actor) int64 {
			n, err := r.Counts(ctx, by)
			must(t, err)
			return n[okno.ViewCalls]
		}
		if counts(r.ann) != 2 || counts(r.bob) != 0 {
			t.Errorf("counted %d and %d", counts(r.ann), counts(r.bob))
		}
		must(t, r.HandleCall(ctx, r.ann, first, r.callsOn(t, r.ann, first)[0].Ref, okno.CallHeld, "", 0))
		must(t, r.SetStatus(ctx, r.ann, second, okno.StatusClosed, okno.Hold{}, 0))
		if all, _ := numbers(r.ann, okno.ViewCalls); len(all) != 0 || counts(r.ann) != 0 {
			t.Errorf("nobody waits any longer, yet %v", all)
		}
	})
}

func TestR55TheViewOfCallsGoesOnPageByPage(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		const many = 53
		for range many {
			r.callOf(t)
		}
		seen, from := map[okno.Number]bool{}, ""
		for pages := 0; pages < 3; pages++ {
			l, err := r.View(t.Context(), r.ann, okno.ViewCalls, from)
			must(t, err)
			for _, row := range l.Rows {
				seen[row.Number] = true
			}
			if from = l.Next; from == "" {
				break
			}
		}
		if len(seen) != many {
			t.Errorf("%d of %d calls", len(seen), many)
		}
	})
}

func TestR55ParticipantsSeeOnlyHowACallStands(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s := r.scene()
		s.call()
		if c := r.callsOn(t, s.askers["participant"], s.n)[0]; c.State != okno.CallAsked || c.Phone != "" || c.When != "" || c.About != "" {
			t.Errorf("a participant sees %+v", c)
		}
		if c := r.callsOn(t, s.askers["guest"], s.n)[0]; c.Phone == "" {
			t.Errorf("the requester's guest sees %+v", c)
		}
	})
}

func TestAStaleNoteOnACallIsRefused(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n, _ := r.callOf(t)
		c := r.callsOn(t, r.ann, n)[0]
		must(t, r.HandleCall(t.Context(), r.ann, n, c.Ref, "", "first", c.Version))
		if err := r.HandleCall(t.Context(), r.admin, n, c.Ref, "", "second", c.Version); okno.ReasonOf(err) != okno.Conflict {
			t.Errorf("over a note that was not seen: %v", err)
		}
		if f := r.facts(t, n, okno.CallNoted); len(f) != 1 || f[0].Audience != okno.ForAgents {
			t.Errorf("the fact: %+v", f)
		}
	})
}

func TestR25ACallIsAWord(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n, carl := r.callOf(t) // waits while the ticket is made done
		must(t, r.SetStatus(t.Context(), r.ann, n, okno.StatusDone, okno.Hold{}, 0))
		r.announce(t, n, okno.LetterSent)
		r.later(t, november(24, 18, 0))
		if closed := r.later(t, november(26, 18, 0)); closed != 0 || r.kind(t, n) != okno.StatusDone {
			t.Errorf("closed while he waits to be phoned: %s", r.kind(t, n))
		}
		if f := r.facts(t, n, okno.ClosingStopped); len(f) != 1 || f[0].Data.Reason != "call" {
			t.Errorf("the assignee is told: %+v", f)
		}
		must(t, r.CancelCall(t.Context(), carl, n, r.callsOn(t, r.ann, n)[0].Ref))

		n = r.doneOn(t)
		r.announce(t, n, okno.LetterSent)
		must(t, r.AskCall(t.Context(), carl, n, desk.CallForm{Key: "done " + string(n), Phone: "101"}))
		ticket, err := r.TicketOfNumber(t.Context(), n)
		must(t, err)
		if !ticket.Closing.At.IsZero() {
			t.Errorf("who asks to be phoned is taken to be silent: %+v", ticket.Closing)
		}
	})
}
