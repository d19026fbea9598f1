package desk_test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/jobs"
)

// due works off the duty to give every held answer of a ticket.
func (r *rig) due(n okno.Number) {
	r.t.Helper()
	for _, h := range r.page(r.ann, n).Held {
		must(r.t, r.giveHeld(h.ID))
	}
}

func (r *rig) giveHeld(h okno.HeldID) error {
	payload, err := json.Marshal(desk.GiveJob{Held: h})
	must(r.t, err)
	return r.GiveAnswer(r.ctx(), jobs.Job{Kind: desk.GiveJobKind, V: 1, Payload: payload})
}

// duties counts the duties of a kind.
func (r *rig) duties(kind string) (n int) {
	r.t.Helper()
	must(r.t, r.db.Read(r.ctx(), func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT COUNT(*) FROM job WHERE kind = ?`, kind).Scan(&n)
	}))
	return n
}

func (r *rig) holdAnswer(n okno.Number, w desk.Words) desk.Written {
	r.t.Helper()
	w.Key, w.Channel, w.Hold = "held "+w.Text+string(n), okno.ChannelWeb, true
	done, err := r.AddMessage(r.ctx(), r.ann, n, w)
	must(r.t, err)
	if !done.Held {
		r.t.Fatal("the answer was given at once")
	}
	return done
}

func TestAHeldAnswerIsThereForAgentsAloneUntilItIsGiven(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("carl@customer.example", "Lamp")
		carl := okno.Actor{Person: r.page(r.ann, n).Ticket.Requester, Door: okno.DoorPortal}
		f, _, err := r.KeepUpload(t.Context(), r.ann, "lamp.txt", strings.NewReader("a lamp"), 100)
		must(t, err)
		told := r.duties("told")
		done := r.holdAnswer(n, desk.Words{Text: "Try another bulb.", Then: okno.StatusWaiting, Uploads: []okno.Ref{f.Ref}, Participants: []string{"pat@customer.example"}})
		again, err := r.AddMessage(t.Context(), r.ann, n, desk.Words{Key: "held Try another bulb." + string(n), Text: "Try another bulb.", Channel: okno.ChannelWeb, Hold: true})
		must(t, err)
		if again.Ref != done.Ref || !again.Again {
			t.Errorf("sent twice it is %+v, first %+v", again, done)
		}
		p := r.page(r.bobIn(n), n)
		if len(p.Held) != 1 || p.Held[0].Text != "Try another bulb." || len(p.Held[0].Files) != 1 || p.Person(p.Held[0].Author).Name != "Ann" {
			t.Fatalf("agents see %+v", p.Held)
		}
		c := r.page(carl, n)
		if len(c.Messages) != 1 || len(c.Held) != 0 || c.Ticket.Kind != okno.StatusNew || c.Ticket.LastWord != "It does not work." || len(c.Ticket.Participants) != 0 {
			t.Errorf("the customer sees %+v", c.Ticket)
		}
		for _, e := range c.Events {
			if e.Kind != okno.TicketOpened {
				t.Errorf("the customer's history has %s", e.Kind)
			}
		}
		if now := r.duties("told"); now != told+1 { // the fact that it is held
			t.Errorf("%d duties follow from it", now-told)
		}
		r.due(n) // too early
		if len(r.page(carl, n).Messages) != 1 {
			t.Fatal("it was given before its time")
		}
		r.clock = r.clock.Add(okno.DefaultUndo * time.Second)
		r.due(n)
		c = r.page(carl, n)
		if len(c.Messages) != 2 || c.Messages[1].Ref != done.Ref || c.Messages[1].Author != r.ann.Person || len(c.Messages[1].Files) != 1 || !c.Messages[1].At.Equal(r.clock) {
			t.Fatalf("given, it is %+v", c.Messages)
		}
		if c.Ticket.Kind != okno.StatusWaiting || len(c.Ticket.Participants) != 1 || c.Ticket.LastWord != "Try another bulb." || len(r.page(r.ann, n).Held) != 0 {
			t.Errorf("the ticket is %+v", c.Ticket)
		}
	})
}

// bobIn is Bob as an agent of the first department too.
func (r *rig) bobIn(okno.Number) okno.Actor {
	a := r.bob
	a.Grants = r.ann.Grants
	return a
}

func TestAnUndoneAnswerIsADraftAgainAndNobodyIsTold(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("carl@customer.example", "Lamp")
		f, _, err := r.KeepUpload(t.Context(), r.ann, "lamp.txt", strings.NewReader("a lamp"), 100)
		must(t, err)
		done := r.holdAnswer(n, desk.Words{Text: "Try it.", HTML: "<p>Try <b>it</b>.</p>", Then: okno.StatusDone, Uploads: []okno.Ref{f.Ref}, Participants: []string{"pat@customer.example"}})
		must(t, r.SaveDraft(t.Context(), r.ann, n, okno.Public, "And then"))
		refused(t, r.UndoAnswer(t.Context(), r.bobIn(n), n, done.Ref), okno.Forbidden, "")
		must(t, r.UndoAnswer(t.Context(), r.ann, n, done.Ref))
		r.clock = r.clock.Add(time.Hour)
		r.due(n)
		p := r.page(r.ann, n)
		if len(p.Messages) != 1 || len(p.Held) != 0 || p.Ticket.Kind != okno.StatusNew || len(p.Ticket.Participants) != 0 {
			t.Errorf("something is left of it: %+v", p.Ticket)
		}
		d := p.Drafts[okno.Public]
		if d.Text != "Try it.\n\nAnd then" || len(d.CC) != 1 || len(d.Files) != 1 {
			t.Fatalf("the draft is %+v", d)
		}
		if last := p.Events[len(p.Events)-1]; last.Kind != okno.AnswerUndone || last.Actor != r.ann.Person {
			t.Errorf("history ends with %+v", last)
		}
		refused(t, r.UndoAnswer(t.Context(), r.ann, n, done.Ref), okno.NotFound, "")
		must(t, r.Tidy(t.Context()))
		w, err := r.AddMessage(t.Context(), r.ann, n, desk.Words{Key: "again " + string(n), Text: d.Text, Uploads: d.Files, Channel: okno.ChannelWeb})
		must(t, err)
		if m, err := r.Message(t.Context(), r.ann, w.Ref); err != nil || len(m.Files) != 1 {
			t.Errorf("sent again it has %+v, %v", m.Files, err)
		}
		if d := r.page(r.ann, n).Drafts[okno.Public]; d.Text != "" || len(d.Files) != 0 {
			t.Errorf("a draft is left: %+v", d)
		}
	})
}

func TestFilesOfAnAnswerThatAColleagueTakesBackAreWhereItsAuthorIsAtWork(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("carl@customer.example", "Lamp")
		hold := func(text string) desk.Written {
			f, _, err := r.KeepUpload(t.Context(), r.ann, "lamp.txt", strings.NewReader("a lamp"), 100)
			must(t, err)
			return r.holdAnswer(n, desk.Words{Text: text, Uploads: []okno.Ref{f.Ref}, At: r.now().Add(48 * time.Hour)})
		}
		first, second := hold("Try it."), hold("Try that.")
		before := r.ann
		r.ann = r.enter("ann@desk.example", password)
		must(t, r.SignOut(t.Context(), before))
		must(t, r.UndoAnswer(t.Context(), r.admin, n, first.Ref))
		d := r.page(r.ann, n).Drafts[okno.Public]
		if _, err := r.AddMessage(t.Context(), r.ann, n, desk.Words{Key: "again", Text: d.Text, Uploads: d.Files, Channel: okno.ChannelWeb}); err != nil || len(d.Files) != 1 {
			t.Errorf("sent again from where she is: %v, with %v", err, d.Files)
		}
		must(t, r.SignOut(t.Context(), r.ann))
		must(t, r.UndoAnswer(t.Context(), r.admin, n, second.Ref))
		if d := r.page(r.ann, n).Drafts[okno.Public]; d.Text != "Try that." || len(d.Files) != 0 {
			t.Errorf("of one who is gone there is left %+v", d)
		}
	})
}

func TestOfUndoAndGivingAtOneMomentExactlyOneWins(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("carl@customer.example", "Lamp")
		var refs []okno.Ref
		for i := range 8 {
			refs = append(refs, r.holdAnswer(n, desk.Words{Text: strings.Repeat("again ", i+1)}).Ref)
		}
		held := r.page(r.ann, n).Held
		r.clock = r.clock.Add(time.Minute)
		undone := map[okno.Ref]error{}
		var mu sync.Mutex
		var all sync.WaitGroup
		for i, h := range held {
			all.Go(func() {
				if err := r.giveHeld(h.ID); err != nil && okno.ReasonOf(err) != okno.Conflict {
					t.Error(err)
				}
			})
			all.Go(func() {
				err := r.UndoAnswer(t.Context(), r.ann, n, refs[i])
				mu.Lock()
				defer mu.Unlock()
				undone[refs[i]] = err
			})
		}
		all.Wait()
		r.due(n) // a duty that met another's change comes again
		given := map[okno.Ref]bool{}
		for _, m := range r.page(r.ann, n).Messages[1:] {
			given[m.Ref] = true
		}
		for ref, err := range undone {
			if given[ref] != (err != nil) {
				t.Errorf("given: %v, undoing it said %v", given[ref], err)
			}
			if err != nil {
				refused(t, err, okno.Conflict, "error.")
			}
		}
	})
}

func TestAPlannedAnswerWaitsForADecisionIfTheCustomerWroteMeanwhile(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("carl@customer.example", "Lamp")
		carl := okno.Actor{Person: r.page(r.ann, n).Ticket.Requester, Door: okno.DoorPortal}
		at := r.clock.Add(24 * time.Hour)
		first := r.holdAnswer(n, desk.Words{Text: "Try it.", At: at})
		second := r.holdAnswer(n, desk.Words{Text: "Try that.", At: at})
		must(t, done(r.AddMessage(t.Context(), carl, n, desk.Words{Key: "c " + string(n), Text: "It works again.", Channel: okno.ChannelWeb})))
		r.clock = at
		r.due(n)
		p := r.page(r.ann, n)
		if len(p.Messages) != 2 || len(p.Held) != 2 || p.Held[0].Stopped != okno.StopCustomer || p.Held[1].Stopped != okno.StopCustomer {
			t.Fatalf("%d messages, held: %+v", len(p.Messages), p.Held)
		}
		if last := p.Events[len(p.Events)-1]; last.Kind != okno.AnswerStopped || last.Data.Person != r.ann.Person {
			t.Errorf("history ends with %+v", last)
		}
		must(t, r.GiveAnswerNow(t.Context(), r.bobIn(n), n, first.Ref))
		must(t, r.PlanAnswer(t.Context(), r.ann, n, second.Ref, at.Add(time.Hour)))
		r.due(n)
		if p = r.page(carl, n); len(p.Messages) != 3 || p.Messages[2].Author != r.ann.Person {
			t.Fatalf("given now: %+v", p.Messages)
		}
		r.clock = at.Add(time.Hour)
		r.due(n)
		if p = r.page(carl, n); len(p.Messages) != 4 || p.Messages[3].Ref != second.Ref {
			t.Errorf("given at its other time: %+v", p.Messages)
		}
		refused(t, r.UndoAnswer(t.Context(), r.ann, n, second.Ref), okno.Conflict, "error.held.given")
		_, err := r.AddMessage(t.Context(), r.ann, n, desk.Words{Key: "p " + string(n), Text: "x", Channel: okno.ChannelWeb, Hold: true, At: r.clock})
		refused(t, err, okno.Invalid, "error.plan.past")
	})
}

func TestAHeldAnswerThatWasSeenIsNoNewsOnceItIsGiven(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("carl@customer.example", "Lamp")
		before := r.page(r.bobIn(n), n).Ticket.Version
		r.holdAnswer(n, desk.Words{Text: "Try it."})
		write := func(version int64, key string) error {
			return done(r.AddNote(t.Context(), r.bobIn(n), n, desk.Words{Key: key + string(n), Text: "Mine.", Channel: okno.ChannelWeb, Version: version}))
		}
		refused(t, write(before, "1"), okno.Conflict, "error.changed")
		seen := r.page(r.bobIn(n), n).Ticket.Version
		r.clock = r.clock.Add(time.Minute)
		r.due(n)
		must(t, write(seen, "2"))
	})
}

func TestAnAnswerOfWhoMayNotAnswerAnyLongerWaits(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("carl@customer.example", "Lamp")
		r.holdAnswer(n, desk.Words{Text: "Try it.", Then: okno.StatusDone})
		r.holdAnswer(n, desk.Words{Text: "Try that.", Then: okno.StatusDone})
		held := r.page(r.admin, n).Held
		must(t, r.SetStatus(t.Context(), r.admin, n, okno.StatusDone, okno.Hold{}, 0))
		must(t, r.CloseTicket(t.Context(), r.admin, n, "page"))
		r.clock = r.clock.Add(time.Minute)
		must(t, r.giveHeld(held[0].ID))
		if p := r.page(r.admin, n); len(p.Messages) != 2 || p.Ticket.Kind != okno.StatusClosed {
			t.Errorf("what others set meanwhile does not stay: %s, %d messages", p.Ticket.Kind, len(p.Messages))
		}
		agents, err := r.Agents(t.Context(), r.admin)
		must(t, err)
		for _, a := range agents {
			if a.ID == r.ann.Person {
				must(t, r.SaveAgent(t.Context(), r.admin, a.Ref, desk.AgentForm{Name: a.Name, Role: a.Grants[0].Role.Ref, Departments: []okno.Ref{r.first.Ref}, Disabled: true, Version: a.Version}))
			}
		}
		must(t, r.giveHeld(held[1].ID))
		p := r.page(r.admin, n)
		if len(p.Messages) != 2 || len(p.Held) != 1 || p.Held[0].Stopped != okno.StopRights {
			t.Fatalf("%d messages, held: %+v", len(p.Messages), p.Held)
		}
		refused(t, r.GiveAnswerNow(t.Context(), r.admin, n, p.Held[0].Ref), okno.Conflict, "error.held.author")
		must(t, r.UndoAnswer(t.Context(), r.admin, n, p.Held[0].Ref))
	})
}
