package desk_test

import (
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

func TestTicketRunsItsCourse(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		n := r.open("carl@customer.example", "Lamp broken")
		if n != "100001" {
			t.Errorf("the first number is %s, want 100001", n)
		}
		list, err := r.View(ctx, r.ann, okno.ViewUnassigned, "")
		must(t, err)
		if len(list.Rows) != 1 || list.Rows[0].Number != n || list.Rows[0].Ticket.Kind != okno.StatusNew || list.Rows[0].Unread != 1 {
			t.Fatalf("unassigned: %+v", list.Rows)
		}
		must(t, r.Take(ctx, r.ann, n, 0))
		w, err := r.AddMessage(ctx, r.ann, n, desk.Words{Key: "a1", Text: "Did you try another bulb?", Channel: okno.ChannelWeb, Then: okno.StatusWaiting})
		must(t, err)
		if w.Again || w.Message == 0 {
			t.Errorf("written: %+v", w)
		}
		w, err = r.AddMessage(ctx, r.ann, n, desk.Words{Key: "a1", Text: "Did you try another bulb?", Channel: okno.ChannelWeb})
		must(t, err)
		if !w.Again {
			t.Error("the same submission made a second message")
		}
		_, err = r.AddNote(ctx, r.ann, n, desk.Words{Key: "n1", Text: "Third this week.", Channel: okno.ChannelWeb})
		must(t, err)
		p, err := r.Ticket(ctx, r.ann, n, 0)
		must(t, err)
		if len(p.Messages) != 3 || p.Ticket.Kind != okno.StatusWaiting || p.Ticket.Assignee != r.ann.Person || p.Messages[1].Text != "Did you try another bulb?" {
			t.Fatalf("page: %+v", p)
		}
		customer, err := r.MailActor(ctx, p.Ticket.Requester, okno.Proven, p.Ticket.ID)
		must(t, err)
		_, err = r.AddMessage(ctx, customer, n, desk.Words{Key: "c1", Text: "Yes, the same.", Channel: okno.ChannelMail, Letter: &desk.LetterWords{}})
		must(t, err)
		seen, err := r.Ticket(ctx, customer, n, 0)
		must(t, err)
		if seen.Ticket.Kind != okno.StatusOpen || len(seen.Messages) != 3 {
			t.Errorf("the customer sees %d messages of a ticket that is %s", len(seen.Messages), seen.Ticket.Kind)
		}
		for _, e := range seen.Events {
			if e.Kind == okno.NoteAdded {
				t.Error("the customer learns that a note exists")
			}
		}
		must(t, r.SetStatus(ctx, r.ann, n, okno.StatusDone, okno.Hold{}, 0))
		must(t, r.ConfirmDone(ctx, customer, n, true))
		counts, err := r.Counts(ctx, r.ann)
		must(t, err)
		if counts[okno.ViewClosed] != 1 || counts[okno.ViewOpen] != 0 {
			t.Errorf("counts: %v", counts)
		}
		must(t, r.FoldCounters(ctx))
		again, err := r.Counts(ctx, r.ann)
		must(t, err)
		if again[okno.ViewClosed] != 1 || len(again) != len(counts) {
			t.Errorf("folding changed the counts: %v, before %v", again, counts)
		}
		r.clock = r.clock.Add(okno.ReopenWithin + time.Second)
		late, err := r.AddMessage(ctx, customer, n, desk.Words{Key: "c2", Text: "Broken again.", Channel: okno.ChannelMail, Letter: &desk.LetterWords{}})
		must(t, err)
		if late.Number == n {
			t.Error("a message long after closing joined the closed ticket")
		}
	})
}

func TestTransferLeavesTheOldDepartmentBlind(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		n := r.open("carl@customer.example", "Invoice")
		if _, err := r.Ticket(ctx, r.bob, n, 0); okno.ReasonOf(err) != okno.NotFound {
			t.Fatalf("an agent of another department: %v", err)
		}
		must(t, r.Take(ctx, r.ann, n, 0))
		must(t, r.Transfer(ctx, r.ann, n, r.second.Ref, 0))
		if _, err := r.Ticket(ctx, r.ann, n, 0); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("after the transfer the old department still sees it: %v", err)
		}
		p, err := r.Ticket(ctx, r.bob, n, 0)
		must(t, err)
		if p.Ticket.Assignee != 0 {
			t.Error("an assignee who does not work in the department stayed")
		}
		mine, err := r.View(ctx, r.ann, okno.ViewMine, "")
		must(t, err)
		if len(mine.Rows) != 0 {
			t.Error("the old assignee still lists it")
		}
	})
}

func TestStaleAnswerSaysWhatChanged(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		n := r.open("carl@customer.example", "Two at once")
		p, err := r.Ticket(ctx, r.ann, n, 0)
		must(t, err)
		must(t, r.Take(ctx, r.admin, n, p.Ticket.Version))
		_, err = r.AddMessage(ctx, r.ann, n, desk.Words{Key: "s1", Text: "Mine", Channel: okno.ChannelWeb, Version: p.Ticket.Version})
		if okno.ReasonOf(err) != okno.Conflict {
			t.Fatalf("an answer over another's change: %v", err)
		}
		refusal := err.(*okno.Error)
		if len(refusal.Changed) == 0 || refusal.Changed[0].Actor != r.admin.Person {
			t.Errorf("it does not say what changed: %+v", refusal.Changed)
		}
	})
}
