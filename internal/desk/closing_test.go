package desk_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

// doneOn makes a ticket of Carl's done, Ann's work, on Friday the 20th: it is
// announced to close at the end of Thursday the 26th.
func (r *rig) doneOn(t *testing.T) okno.Number {
	t.Helper()
	n := r.open("carl@customer.example", fmt.Sprint("Lamp ", submissions))
	must(t, r.Take(t.Context(), r.ann, n, 0))
	must(t, r.SetStatus(t.Context(), r.ann, n, okno.StatusDone, okno.Hold{}, 0))
	return n
}

// announce keeps the letter that says when the ticket closes, in a state.
func (r *rig) announce(t *testing.T, n okno.Number, state okno.LetterState) {
	t.Helper()
	ticket, err := r.TicketOfNumber(t.Context(), n)
	must(t, err)
	origin := fmt.Sprint("announcement ", n, ticket.Version, r.clock)
	must(t, r.QueueLetters(t.Context(), []desk.Outgoing{{Letter: okno.Letter{
		Kind: okno.LetterDone, Origin: origin, Ticket: ticket.ID, Person: ticket.Requester, From: "support@desk.example", To: "carl@customer.example",
		MessageID: origin + "@desk.example", Bytes: []byte("Subject: Done\r\n\r\n"), Announces: ticket.Closing.At,
	}}}))
	letters, _, err := r.Letters(t.Context(), r.admin, "", "")
	must(t, err)
	l := letters[0]
	if l.State = state; state == okno.LetterSent {
		l.Sent = r.clock
	}
	must(t, r.SaveDelivery(t.Context(), l))
}

// later moves the clock and has the duty done.
func (r *rig) later(t *testing.T, at time.Time) int {
	t.Helper()
	r.clock = at
	n, err := r.CloseAnnounced(t.Context())
	must(t, err)
	return n
}

// facts are a ticket's events of a kind.
func (r *rig) facts(t *testing.T, n okno.Number, kind okno.EventKind) (found []okno.Event) {
	t.Helper()
	p, err := r.Ticket(t.Context(), r.ann, n, 0)
	must(t, err)
	for _, e := range p.Events {
		if e.Kind == kind {
			found = append(found, e)
		}
	}
	return found
}

func (r *rig) kind(t *testing.T, n okno.Number) okno.StatusKind {
	t.Helper()
	ticket, err := r.TicketOfNumber(t.Context(), n)
	must(t, err)
	return ticket.Kind
}

func november(day, hour, minute int) time.Time {
	return time.Date(2026, 11, day, hour, minute, 0, 0, time.UTC)
}

func TestR25SilenceClosesOnlyWhatWasAnnounced(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.doneOn(t)
		ticket, err := r.TicketOfNumber(t.Context(), n)
		must(t, err)
		if !ticket.Closing.At.Equal(november(26, 18, 0)) || !ticket.Closing.Reminds.Equal(november(24, 18, 0)) {
			t.Fatalf("announced: %+v", ticket.Closing)
		}
		r.announce(t, n, okno.LetterSent)
		r.later(t, november(24, 17, 59))
		if f := r.facts(t, n, okno.ClosingReminded); len(f) != 0 {
			t.Errorf("reminded too early: %+v", f)
		}
		for range 3 {
			r.later(t, november(24, 18, 0))
		}
		if f := r.facts(t, n, okno.ClosingReminded); len(f) != 1 || f[0].Audience != okno.ForAll {
			t.Errorf("reminded half way: %+v", f)
		}
		if closed := r.later(t, november(26, 17, 59)); closed != 0 || r.kind(t, n) != okno.StatusDone {
			t.Fatalf("closed before its time: %s", r.kind(t, n))
		}
		if closed := r.later(t, november(26, 18, 0)); closed != 1 || r.kind(t, n) != okno.StatusClosed {
			t.Fatalf("not closed at its time: %s", r.kind(t, n))
		}
		moves := r.facts(t, n, okno.StatusChanged)
		if last := moves[len(moves)-1]; last.Data.Reason != "deadline" || last.Via != okno.DoorSystem || last.Audience != okno.ForAll {
			t.Errorf("the fact: %+v", last)
		}
		if closed := r.later(t, november(27, 18, 0)); closed != 0 {
			t.Error("closed twice")
		}
	})
}

func TestR25WhatNoLetterSaidIsTheAssigneesToJudge(t *testing.T) {
	for name, prepare := range map[string]func(t *testing.T, r *rig, n okno.Number){
		"no letter at all":   func(*testing.T, *rig, okno.Number) {},
		"still in the queue": func(t *testing.T, r *rig, n okno.Number) { r.announce(t, n, okno.LetterQueued) },
		"refused for good":   func(t *testing.T, r *rig, n okno.Number) { r.announce(t, n, okno.LetterFailed) },
		"came back":          func(t *testing.T, r *rig, n okno.Number) { r.announce(t, n, okno.LetterBounced) },
		"sent on the last day": func(t *testing.T, r *rig, n okno.Number) {
			r.clock = november(26, 9, 0)
			r.announce(t, n, okno.LetterSent)
		},
		"seen on its page only": func(t *testing.T, r *rig, n okno.Number) { must(t, r.MarkSeen(t.Context(), r.ann, n, "")) },
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, r *rig) {
				n := r.doneOn(t)
				r.later(t, november(24, 18, 0))
				prepare(t, r, n)
				if closed := r.later(t, november(26, 18, 1)); closed != 0 || r.kind(t, n) != okno.StatusDone {
					t.Fatalf("it is %s", r.kind(t, n))
				}
				r.later(t, november(30, 18, 0))
				f := r.facts(t, n, okno.ClosingStopped)
				if len(f) != 1 || f[0].Data.Reason != "unannounced" || f[0].Audience != okno.ForAgents {
					t.Errorf("the assignee is told: %+v", f)
				}
			})
		})
	}
}

func TestR25AnyWordOrNoEndsTheAnnouncedClosing(t *testing.T) {
	for name, say := range map[string]func(t *testing.T, r *rig, n okno.Number, ticket okno.Ticket) error{
		"a message": func(t *testing.T, r *rig, n okno.Number, ticket okno.Ticket) error {
			by := okno.Actor{Person: ticket.Requester, Door: okno.DoorPortal}
			return done(r.AddMessage(t.Context(), by, n, desk.Words{Key: "a word on " + string(n), Text: "Wait.", Channel: okno.ChannelWeb}))
		},
		"no": func(t *testing.T, r *rig, n okno.Number, ticket okno.Ticket) error {
			return r.ConfirmDone(t.Context(), okno.Actor{Person: ticket.Requester, Door: okno.DoorPortal}, n, false)
		},
		"a letter that proves nothing": func(t *testing.T, r *rig, n okno.Number, ticket okno.Ticket) error {
			by, err := r.MailActor(t.Context(), ticket.Requester, okno.ThreadOnly, ticket.ID)
			must(t, err)
			return done(r.AddMessage(t.Context(), by, n, desk.Words{Key: "a letter on " + string(n), Text: "Wait.", Channel: okno.ChannelMail, Letter: &desk.LetterWords{}}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, r *rig) {
				n := r.doneOn(t)
				r.announce(t, n, okno.LetterSent)
				ticket, err := r.TicketOfNumber(t.Context(), n)
				must(t, err)
				must(t, say(t, r, n, ticket))
				r.later(t, november(24, 18, 1))
				if closed := r.later(t, november(30, 18, 0)); closed != 0 || r.kind(t, n) == okno.StatusClosed {
					t.Errorf("closed over a word: %s", r.kind(t, n))
				}
				if f := append(r.facts(t, n, okno.ClosingReminded), r.facts(t, n, okno.ClosingStopped)...); len(f) != 0 {
					t.Errorf("and told: %+v", f)
				}
			})
		})
	}
}

func TestAnAgentsFurtherWordBeginsTheWaitAnew(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.doneOn(t)
		r.announce(t, n, okno.LetterSent)
		r.clock = november(24, 9, 0)
		must(t, done(r.AddMessage(t.Context(), r.ann, n, desk.Words{Key: "more on " + string(n), Text: "One thing more.", Channel: okno.ChannelWeb})))
		ticket, err := r.TicketOfNumber(t.Context(), n)
		must(t, err)
		if want := november(30, 18, 0); !ticket.Closing.At.Equal(want) {
			t.Errorf("closes %s, want %s", ticket.Closing.At, want)
		}
	})
}

func TestAReminderThatIsLateLeavesAWorkingDay(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.doneOn(t)
		r.announce(t, n, okno.LetterSent)
		if closed := r.later(t, november(28, 12, 0)); closed != 0 || len(r.facts(t, n, okno.ClosingReminded)) != 1 {
			t.Fatalf("closed without having been reminded: %s", r.kind(t, n))
		}
		r.announce(t, n, okno.LetterSent) // the reminder
		if closed := r.later(t, november(30, 17, 59)); closed != 0 {
			t.Error("closed too early")
		}
		if closed := r.later(t, november(30, 18, 0)); closed != 1 {
			t.Errorf("not closed after the reminder: %s", r.kind(t, n))
		}
	})
}

func TestSeveralProcessesCloseATicketOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		var all []okno.Number
		for range 3 {
			n := r.doneOn(t)
			r.announce(t, n, okno.LetterSent)
			all = append(all, n)
		}
		r.clock = november(24, 18, 0)
		together(t, r)
		r.clock = november(26, 18, 0)
		if closed := together(t, r); closed != len(all) {
			t.Errorf("%d closings of %d tickets", closed, len(all))
		}
		for _, n := range all {
			if f := r.facts(t, n, okno.ClosingReminded); len(f) != 1 {
				t.Errorf("%s: reminded %d times", n, len(f))
			}
			closings := 0
			for _, e := range r.facts(t, n, okno.StatusChanged) {
				if e.Data.To == string(okno.StatusClosed) {
					closings++
				}
			}
			if closings != 1 {
				t.Errorf("%s: closed %d times", n, closings)
			}
		}
	})
}

// together has the duty done by several at once.
func together(t *testing.T, r *rig) (closed int) {
	t.Helper()
	var wait sync.WaitGroup
	counts, errs := make([]int, 4), make([]error, 4)
	for i := range counts {
		wait.Go(func() { counts[i], errs[i] = r.CloseAnnounced(t.Context()) })
	}
	wait.Wait()
	for i := range counts {
		must(t, errs[i])
		closed += counts[i]
	}
	return closed
}

func TestACalendarIsADepartmentsOwnOrTheInstallations(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		own, err := r.Calendar(ctx, r.admin, r.first.Ref)
		must(t, err)
		if own.Version != 0 || own.CloseAfter != 4 {
			t.Fatalf("before anyone changed it: %+v", own)
		}
		own.CloseAfter, own.Holidays = 1, []okno.Day{"2026-11-23"}
		must(t, r.SaveCalendar(ctx, r.admin, r.first.Ref, own))
		if err := r.SaveCalendar(ctx, r.admin, r.first.Ref, own); okno.ReasonOf(err) != okno.Conflict {
			t.Errorf("over what was not seen: %v", err)
		}
		whole, err := r.Calendar(ctx, r.admin, "")
		must(t, err)
		whole.CloseAfter = 0
		must(t, r.SaveCalendar(ctx, r.admin, "", whole))
		closing := func() okno.Closing {
			ticket, err := r.TicketOfNumber(ctx, r.doneOn(t))
			must(t, err)
			return ticket.Closing
		}
		if got := closing(); !got.At.Equal(november(24, 18, 0)) || !got.Reminds.IsZero() {
			t.Errorf("by its own: %+v", got)
		}
		must(t, r.DropCalendar(ctx, r.admin, r.first.Ref))
		if got := closing(); !got.At.IsZero() {
			t.Errorf("by the installation's, which closes nothing: %+v", got)
		}
		whole.CloseAfter = 61
		if err := r.SaveCalendar(ctx, r.admin, "", whole); okno.ReasonOf(err) != okno.Invalid {
			t.Errorf("61 days: %v", err)
		}
	})
}
