package desk_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

// words says something in a ticket.
func (r *rig) words(by okno.Actor, n okno.Number, text string) desk.Written {
	r.t.Helper()
	submissions++
	w, err := r.AddMessage(r.ctx(), by, n, desk.Words{Key: text + string(n), Text: text, Channel: okno.ChannelWeb})
	must(r.t, err)
	return w
}

func said(p *desk.TicketPage) (all []string) {
	for _, m := range p.Messages {
		all = append(all, m.Text)
	}
	return all
}

// guest is who comes by an access link to a ticket.
func (r *rig) guest(p okno.PersonID, t okno.TicketID) (okno.Actor, string) {
	r.t.Helper()
	link := r.AccessLink(p, t, desk.AccessLasts)
	o := desk.Outgoing{Links: []desk.LinkToken{link}}
	o.Kind, o.Origin, o.To, o.MessageID = okno.LetterAccess, "link "+link.Token, "carl@customer.example", link.Token+"@desk.example"
	must(r.t, r.QueueLetters(r.ctx(), []desk.Outgoing{o}))
	trade, err := r.TradeLink(r.ctx(), link.Token, "", "test")
	must(r.t, err)
	a, _, err := r.ActorOf(r.ctx(), trade.Token, okno.DoorPortal)
	must(r.t, err)
	return a, trade.Token
}

func TestMergedTicketsStandAsOneAndEveryNumberLeadsThere(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		a, b := r.open("carl@customer.example", "Lamp"), r.open("carl@customer.example", "The lamp again")
		r.words(r.ann, b, "Which lamp?")
		r.words(r.ann, a, "The one in the hall?")
		_, err := r.AddNote(r.ctx(), r.ann, a, desk.Words{Key: "note", Text: "Between us.", Channel: okno.ChannelWeb})
		must(t, err)
		from, into := r.page(r.ann, a).Ticket, r.page(r.ann, b).Ticket
		carl := from.Requester
		guest, token := r.guest(carl, from.ID)
		if other, _ := r.guest(carl, into.ID); guest.Session == 0 || other.Session == guest.Session {
			t.Errorf("two who come by a link have the sessions %d and %d", guest.Session, other.Session)
		}
		must(t, r.SaveDraft(r.ctx(), r.ann, a, okno.Note, "half a thought"))
		must(t, r.AskCall(r.ctx(), guest, a, desk.CallForm{Key: "call", Phone: "+375 29 625 48 95"}))
		answer := r.words(r.ann, a, "Hold this.") // its ref is found later

		v, err := r.MergeView(r.ctx(), r.ann, a, b)
		must(t, err)
		if v.Confirms() || v.Refused != nil || v.Into.Number != b {
			t.Fatalf("the same requester's tickets are merged with questions: %+v", v)
		}
		from = r.page(r.ann, a).Ticket
		must(t, r.Merge(r.ctx(), r.ann, a, desk.Merging{Into: b, Version: from.Version, IntoVersion: into.Version}))

		for _, n := range []okno.Number{a, b} {
			p := r.page(r.ann, n)
			want := []string{"It does not work.", "It does not work.", "Which lamp?", "The one in the hall?", "Between us.", "Hold this."}
			if p.Ticket.Number != b || !slices.Equal(said(p), want) {
				t.Errorf("#%s shows #%s with %q", n, p.Ticket.Number, said(p))
			}
			if len(p.Merges) != 1 || p.Merges[0].Number != a || p.Messages[0].Home != from.ID || p.Messages[1].Home != 0 {
				t.Errorf("what came from #%s is not known: %+v", a, p.Merges)
			}
			if p.Drafts[okno.Note].Text != "half a thought" || p.OpenCall() == nil {
				t.Error("the draft or the call was left behind")
			}
			if !slices.ContainsFunc(p.Events, func(e okno.Event) bool { return e.Ticket == from.ID && e.Kind == okno.TicketMerged }) {
				t.Error("the history of the one that went into the other is gone")
			}
		}
		// He who came by a link to the one sees the other as its requester does.
		again, _, err := r.ActorOf(r.ctx(), token, okno.DoorPortal)
		must(t, err)
		for _, who := range []okno.Actor{again} {
			p := r.page(who, a)
			if p.Ticket.Number != b || slices.Contains(said(p), "Between us.") || len(p.Messages) != 5 {
				t.Errorf("the guest sees #%s with %q", p.Ticket.Number, said(p))
			}
			for _, e := range p.Events {
				if e.Ticket != p.Ticket.ID {
					t.Errorf("a customer is shown the other's history: %v", e.Kind)
				}
			}
		}
		if w := r.words(again, a, "And now?"); r.page(r.ann, b).Messages[6].Ref != w.Ref || w.Number != b {
			t.Error("what he writes under the old number is not in the other ticket")
		}
		_, err = r.Message(r.ctx(), again, answer.Ref)
		must(t, err)
		link := r.AccessLink(carl, from.ID, desk.AccessLasts) // an older letter's
		o := desk.Outgoing{Links: []desk.LinkToken{link}}
		o.Kind, o.Origin, o.MessageID = okno.LetterAccess, "older", "older@desk.example"
		must(t, r.QueueLetters(r.ctx(), []desk.Outgoing{o}))
		if trade, err := r.TradeLink(r.ctx(), link.Token, "", "test"); err != nil || trade.Number != b {
			t.Errorf("an older link leads to #%s, %v", trade.Number, err)
		}
		// An agent who has the one that is gone before him is told, whatever he does.
		err = r.SetStatus(r.ctx(), r.ann, a, okno.StatusClosed, okno.Hold{}, from.Version)
		refused(t, err, okno.Conflict, "error.merged")
		r.countersHold()
		must(t, r.IndexAll(r.ctx()))
		found, err := r.Search(r.ctx(), r.ann, desk.Asked{Text: "hall"})
		must(t, err)
		if len(found.Rows) != 1 || found.Rows[0].Number != b {
			t.Errorf("the words of the one are found in %d tickets", len(found.Rows))
		}
	})
}

func (r *rig) countersHold() {
	r.t.Helper()
	found, err := r.Examine(r.ctx(), false)
	must(r.t, err)
	if len(found.Counters) > 0 {
		r.t.Errorf("counters are wrong: %v", found.Counters)
	}
}

func TestNobodyReadsByAMergeWhatTheAgentDidNotConfirm(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		a, b := r.open("carl@customer.example", "Lamp"), r.open("dora@customer.example", "Chair")
		v, err := r.MergeView(r.ctx(), r.ann, a, b)
		must(t, err)
		if len(v.Joining) != 1 || len(v.Reading) != 1 || v.Joining[0].ID != v.From.Requester || v.Reading[0].ID != v.Into.Requester || !v.Confirms() {
			t.Fatalf("who would read more: %+v, %+v", v.Joining, v.Reading)
		}
		carl := okno.Actor{Person: v.From.Requester, Door: okno.DoorPortal}
		dora := okno.Actor{Person: v.Into.Requester, Door: okno.DoorPortal}
		refused(t, r.Merge(r.ctx(), r.ann, a, desk.Merging{Into: b}), okno.Invalid, "error.merge.confirm")
		if _, err := r.Ticket(r.ctx(), carl, b, 0); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("a refused merge showed a ticket: %v", err)
		}
		must(t, r.Merge(r.ctx(), r.ann, a, desk.Merging{Into: b, Shown: true}))
		for _, who := range []okno.Actor{carl, dora} {
			if p := r.page(who, a); len(p.Messages) != 2 || p.May(okno.CloseTicket) != (who.Person == dora.Person) {
				t.Errorf("person %d sees %q", who.Person, said(p))
			}
		}
		// Split off again, each has his own; who said something since stays.
		r.words(carl, b, "Thank you both.")
		must(t, r.SplitOff(r.ctx(), r.ann, b, a, 0))
		if p := r.page(dora, b); !p.Ticket.TakesPart(carl.Person) || len(p.Messages) != 2 {
			t.Errorf("Carl, who wrote there, is gone from #%s: %q", b, said(p))
		}
		if p := r.page(carl, a); p.Ticket.Number != a || len(p.Messages) != 1 || p.Ticket.Kind != okno.StatusNew {
			t.Errorf("#%s stands so: %s %q", a, p.Ticket.Kind, said(p))
		}
		if _, err := r.Ticket(r.ctx(), dora, a, 0); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("Dora still sees #%s: %v", a, err)
		}
		must(t, r.Merge(r.ctx(), r.ann, b, desk.Merging{Into: a, Shown: true}))
		must(t, r.SplitOff(r.ctx(), r.ann, a, b, 0))
		if p := r.page(r.ann, a); p.Ticket.TakesPart(dora.Person) {
			t.Error("Dora, who wrote nothing there, still takes part")
		}
		r.countersHold()
	})
}

func TestMergesOfMergedTicketsAreUndoneFromTheLast(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		const carl = "carl@customer.example"
		a, b, c := r.open(carl, "Lamp"), r.open(carl, "The lamp"), r.open(carl, "Once more")
		must(t, r.CloseTicket(r.ctx(), r.ann, c, "page"))
		must(t, r.SetStatus(r.ctx(), r.ann, b, okno.StatusWaiting, okno.Hold{}, 0))
		seen := r.page(r.ann, b).Ticket.Version
		must(t, r.Merge(r.ctx(), r.ann, a, desk.Merging{Into: b}))
		refused(t, r.Merge(r.ctx(), r.bobIn(b), b, desk.Merging{Into: c, Version: seen}), okno.Conflict, "error.changed")
		refused(t, r.Merge(r.ctx(), r.ann, b, desk.Merging{Into: a}), okno.Conflict, "error.merged")
		refused(t, r.Merge(r.ctx(), r.ann, b, desk.Merging{Into: b}), okno.Conflict, "error.merge.same")
		if p := r.page(r.ann, b); p.Ticket.Kind != okno.StatusOpen {
			t.Errorf("with what is unanswered in #%s, #%s is %s", a, b, p.Ticket.Kind)
		}
		must(t, r.Merge(r.ctx(), r.ann, b, desk.Merging{Into: c}))
		p := r.page(r.ann, a)
		if p.Ticket.Number != c || p.Ticket.Kind != okno.StatusOpen || len(p.Messages) != 3 || len(p.Merges) != 2 {
			t.Fatalf("#%s leads to #%s, %s, with %q", a, p.Ticket.Number, p.Ticket.Kind, said(p))
		}
		if err := r.SplitOff(r.ctx(), r.ann, c, a, 0); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("#%s was split off from where it did not go: %v", a, err)
		}
		r.words(r.ann, c, "All three.")
		must(t, r.SplitOff(r.ctx(), r.ann, c, b, 0))
		if p := r.page(r.ann, a); p.Ticket.Number != b || len(p.Messages) != 2 || p.Ticket.Kind != okno.StatusOpen {
			t.Errorf("#%s leads to #%s, %s, with %q", a, p.Ticket.Number, p.Ticket.Kind, said(p))
		}
		if p := r.page(r.ann, c); len(p.Messages) != 2 || len(p.Merges) != 0 {
			t.Errorf("#%s has %q", c, said(p))
		}
		must(t, r.SplitOff(r.ctx(), r.ann, b, a, 0))
		if p := r.page(r.ann, a); p.Ticket.Number != a || len(p.Messages) != 1 || p.Messages[0].Home != 0 {
			t.Errorf("#%s has %q", p.Ticket.Number, said(p))
		}
		r.countersHold()
	})
}

func TestAnotherCompanysTicketIsNeverMerged(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.firm("20")
		hals, strangers := r.open("boss@firm20.example", "Lamp"), r.open("carl@customer.example", "Lamp")
		own := r.page(r.ann, hals).Ticket
		if own.Company == 0 {
			t.Fatal("the boss's ticket is no company's")
		}
		refused(t, r.Merge(r.ctx(), r.ann, hals, desk.Merging{Into: strangers, Shown: true}), okno.Conflict, "error.merge.company")
		v, err := r.MergeView(r.ctx(), r.ann, strangers, hals)
		must(t, err)
		if v.Company.ID != own.Company || !v.Confirms() {
			t.Errorf("that the company's administrators read it is not said: %+v", v.Company)
		}
		must(t, r.Merge(r.ctx(), r.ann, strangers, desk.Merging{Into: hals, Shown: true}))
	})
}

func TestAnswersNotGivenYetWaitForADecisionAfterAMerge(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		a, b := r.open("carl@customer.example", "Lamp"), r.open("carl@customer.example", "Lamp again")
		_, err := r.AddMessage(r.ctx(), r.ann, a, desk.Words{Key: "held", Text: "Tomorrow.", Channel: okno.ChannelWeb, Hold: true, At: r.Now().Add(time.Hour)})
		must(t, err)
		must(t, r.Merge(r.ctx(), r.ann, a, desk.Merging{Into: b}))
		p := r.page(r.ann, b)
		if len(p.Held) != 1 || p.Held[0].Stopped != okno.StopMerged {
			t.Fatalf("the planned answer: %+v", p.Held)
		}
		must(t, r.GiveAnswerNow(r.ctx(), r.ann, b, p.Held[0].Ref))
		if p := r.page(r.ann, b); len(p.Messages) != 3 || len(p.Held) != 0 {
			t.Errorf("given, there are %q", said(p))
		}
	})
}

func TestErasedPeopleDoNotTakePartByAMerge(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		a, b := r.open("carl@customer.example", "Lamp"), r.open("dora@customer.example", "Lamp")
		must(t, r.Merge(r.ctx(), r.ann, a, desk.Merging{Into: b, Shown: true}))
		carl := r.person("carl@customer.example")
		must(t, r.ErasePerson(r.ctx(), r.admin, carl.Ref, carl.Address, carl.Version))
		if err := r.erase(r.ctx(), carl.ID); err == nil {
			t.Error("it was looked only once")
		}
		r.clock = r.clock.Add(desk.SecondLook)
		must(t, r.erase(r.ctx(), carl.ID))
		if p := r.page(r.ann, a); p.Messages[0].Text != "" || p.Messages[1].Text == "" {
			t.Errorf("after Carl was erased there are %q", said(p))
		}
		c := r.open("eve@customer.example", "Lamp")
		must(t, r.SplitOff(r.ctx(), r.ann, b, a, 0))
		v, err := r.MergeView(r.ctx(), r.ann, a, c)
		must(t, err)
		if len(v.Joining) != 0 || len(v.Reading) != 1 {
			t.Errorf("an erased person would read: %+v", v.Joining)
		}
	})
}

// TestWhomTwoMergedTicketsBringStaysUntilBothAreSplitOff: dora takes part in
// both and has written in neither.
func TestWhomTwoMergedTicketsBringStaysUntilBothAreSplitOff(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		const carl = "carl@customer.example"
		a, b, c := r.open(carl, "Lamp"), r.open(carl, "The lamp"), r.open(carl, "Once more")
		for _, n := range []okno.Number{a, b} {
			_, err := r.AddMessage(r.ctx(), r.ann, n, desk.Words{Key: "cc " + string(n), Text: "Which?", Channel: okno.ChannelWeb, Participants: []string{"dora@customer.example"}})
			must(t, err)
		}
		dora := r.person("dora@customer.example").ID
		for _, n := range []okno.Number{a, b} {
			must(t, r.Merge(r.ctx(), r.ann, n, desk.Merging{Into: c, Shown: true}))
		}
		for i, n := range []okno.Number{a, b} {
			must(t, r.SplitOff(r.ctx(), r.ann, c, n, 0))
			if rest := r.page(r.ann, c).Ticket; rest.TakesPart(dora) != (i == 0) {
				t.Errorf("with %d split off she takes part: %v", i+1, rest.TakesPart(dora))
			}
		}
	})
}

func TestTagsGoWithAMergedTicketAndWhatItBroughtGoesBack(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		const carl = "carl@customer.example"
		a, b, c := r.open(carl, "Lamp"), r.open(carl, "The lamp"), r.open(carl, "Once more")
		put := func(n okno.Number, tags ...string) { must(t, r.ChangeTags(r.ctx(), r.ann, n, tags, nil)) }
		ref := func(n okno.Number, name string) okno.Ref {
			for _, tag := range r.page(r.ann, n).Tags {
				if tag.Name == name {
					return tag.Ref
				}
			}
			t.Fatalf("#%s has no tag %s", n, name)
			return ""
		}
		stand := func(when string, want map[okno.Number]string) {
			t.Helper()
			for n, tags := range want {
				if got := r.tags(n); got != tags {
					t.Errorf("%s #%s has %q, not %q", when, n, got, tags)
				}
			}
		}
		put(a, "hall", "urgent", "lost")
		put(b, "hall", "third")
		put(c, "urgent", "own")
		v, err := r.MergeView(r.ctx(), r.ann, a, c)
		must(t, err)
		if len(v.Tags) != 2 || v.Tags[0].Name != "hall" || v.Tags[1].Name != "lost" {
			t.Errorf("before the merge it says of tags: %+v", v.Tags)
		}
		must(t, r.Merge(r.ctx(), r.ann, a, desk.Merging{Into: c}))
		must(t, r.Merge(r.ctx(), r.ann, b, desk.Merging{Into: c}))
		stand("merged,", map[okno.Number]string{c: "hall, lost, own, third, urgent"})
		must(t, r.ChangeTags(r.ctx(), r.ann, c, nil, []okno.Ref{ref(c, "lost"), ref(c, "third")}))
		put(c, "third", "since") // an agent's own decision now
		must(t, r.SplitOff(r.ctx(), r.ann, c, a, 0))
		stand("with one split off", map[okno.Number]string{a: "hall, lost, urgent", c: "hall, own, since, third, urgent"})
		must(t, r.SplitOff(r.ctx(), r.ann, c, b, 0))
		stand("with both split off", map[okno.Number]string{b: "hall, third", c: "own, since, third, urgent"})

		var many []string
		for i := range okno.MaxTicketTags - 2 {
			many = append(many, fmt.Sprint("tag ", i))
		}
		put(b, many...)
		v, err = r.MergeView(r.ctx(), r.ann, b, c)
		must(t, err)
		refused(t, v.Refused, okno.Conflict, "error.merge.tags")
		refused(t, r.Merge(r.ctx(), r.ann, b, desk.Merging{Into: c}), okno.Conflict, "error.merge.tags")
	})
}

func TestATicketSplitOffIsPromisedAnAnswerAgain(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		must(t, r.SaveDepartment(r.ctx(), r.admin, r.first.Ref, okno.Department{Name: r.first.Name, AnswerWithin: 4, Version: r.first.Version}))
		a, b := r.open("carl@customer.example", "Lamp"), r.open("carl@customer.example", "The lamp")
		r.words(r.ann, b, "Which lamp?")
		must(t, r.Merge(r.ctx(), r.ann, a, desk.Merging{Into: b}))
		r.clock = r.clock.Add(time.Hour)
		must(t, r.SplitOff(r.ctx(), r.ann, b, a, 0))
		if own := r.page(r.ann, a).Ticket; !own.Awaits.Equal(r.clock) || own.Deadline.IsZero() {
			t.Errorf("its customer waits since %s for an answer by %s", own.Awaits, own.Deadline)
		}
		if into := r.page(r.ann, b).Ticket; !into.Deadline.IsZero() {
			t.Errorf("the other one, which was answered, is promised an answer by %s", into.Deadline)
		}
	})
}

func TestListsAndRefusalsSayWhereAMergedTicketWent(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		const address = "carl@customer.example"
		a, b := r.open(address, "Lamp"), r.open(address, "The lamp")
		version := r.page(r.ann, a).Ticket.Version
		must(t, r.Merge(r.ctx(), r.ann, a, desk.Merging{Into: b}))
		carl := okno.Actor{Person: r.page(r.ann, b).Ticket.Requester, Door: okno.DoorPortal}
		lists := map[string]func() (*desk.List, error){
			"the customer's": func() (*desk.List, error) { return r.MyTickets(r.ctx(), carl, desk.Mine{Closed: true}) },
			"the agent's":    func() (*desk.List, error) { return r.View(r.ctx(), r.ann, okno.ViewClosed, "") },
		}
		row := func(whose string) desk.Row {
			t.Helper()
			list, err := lists[whose]()
			must(t, err)
			for _, row := range list.Rows {
				if row.Number == a {
					return row
				}
			}
			t.Fatalf("%s list lacks #%s: %+v", whose, a, list.Rows)
			return desk.Row{}
		}
		for whose := range lists {
			if got := row(whose).Into; got != b {
				t.Errorf("in %s list #%s leads to %q", whose, a, got)
			}
		}
		_, left, err := r.ChangeMany(r.ctx(), r.ann, []desk.Chosen{{Number: a, Version: version}}, desk.Act{Take: true})
		must(t, err)
		if len(left) != 1 {
			t.Fatalf("a merged ticket was changed: %+v", left)
		}
		refused(t, left[0].Why, okno.Conflict, "error.merged.bulk")
		// Who may not see the other one is not told its number.
		must(t, r.Transfer(r.ctx(), r.admin, b, r.second.Ref, 0))
		if got := row("the agent's").Into; got != "" {
			t.Errorf("Ann, who does not see it any more, is told of #%s", got)
		}
	})
}
