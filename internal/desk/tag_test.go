package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk"
)

// tags are the names of a ticket's tags as Ann sees them.
func (r *rig) tags(n okno.Number) string {
	r.t.Helper()
	page, err := r.Ticket(r.ctx(), r.ann, n, 0)
	must(r.t, err)
	var names []string
	for _, t := range page.Tags {
		names = append(names, t.Name)
	}
	return strings.Join(names, ", ")
}

func TestTagsArePutOnTicketsRenamedAndMerged(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		lamp, chair := r.open("carl@customer.example", "Lamp"), r.open("carl@customer.example", "Chair")
		must(t, r.ChangeTags(r.ctx(), r.ann, lamp, []string{" Urgent ", "urgent", "light  bulb"}, nil))
		must(t, r.ChangeTags(r.ctx(), r.ann, lamp, []string{"URGENT"}, nil)) // is there already
		must(t, r.ChangeTags(r.ctx(), r.ann, chair, []string{"Hurry"}, nil))
		if got := r.tags(lamp); got != "light bulb, Urgent" {
			t.Errorf("the lamp has %q", got)
		}
		for name, typed := range map[string][]string{"a comma": {"a,b"}, "nothing": {" "}, "too long": {strings.Repeat("x", okno.MaxTagName+1)}} {
			if err := r.ChangeTags(r.ctx(), r.ann, lamp, typed, nil); okno.ReasonOf(err) != okno.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		var many []string
		for i := range okno.MaxTicketTags {
			many = append(many, fmt.Sprint("tag ", i))
		}
		if err := r.ChangeTags(r.ctx(), r.ann, lamp, many, nil); okno.ReasonOf(err) != okno.Conflict || r.tags(lamp) != "light bulb, Urgent" {
			t.Errorf("too many: %v, and the lamp has %q", err, r.tags(lamp))
		}
		named := func(name string) okno.Tag {
			t.Helper()
			all, err := r.Tags(r.ctx(), r.ann)
			must(t, err)
			for _, x := range all {
				if x.Name == name {
					return x
				}
			}
			t.Fatalf("no tag %q", name)
			return okno.Tag{}
		}
		hurry, urgent := named("Hurry"), named("Urgent")
		if err := r.RenameTag(r.ctx(), r.admin, hurry.Ref, "urgent", hurry.Version); okno.ReasonOf(err) != okno.Conflict {
			t.Errorf("another's name: %v", err)
		}
		must(t, r.RenameTag(r.ctx(), r.admin, hurry.Ref, "In a hurry", hurry.Version))
		if err := r.RenameTag(r.ctx(), r.admin, hurry.Ref, "Stale", hurry.Version); okno.ReasonOf(err) != okno.Conflict {
			t.Errorf("over another's change: %v", err)
		}
		hurry = named("In a hurry")
		must(t, r.MergeTag(r.ctx(), r.admin, hurry.Ref, urgent.Ref, hurry.Version))
		if got := r.tags(chair); got != "Urgent" {
			t.Errorf("after merging the chair has %q", got)
		}
		both := okno.View{Conditions: []okno.Condition{asks(okno.FieldTag, okno.OpIs, string(urgent.Ref))}, Order: okno.OrderOldest}
		if got, _ := r.subjects(r.ann, both); strings.Join(got, ", ") != "Lamp, Chair" {
			t.Errorf("a view of the tag shows %q", got)
		}
		must(t, r.ChangeTags(r.ctx(), r.ann, chair, nil, []okno.Ref{urgent.Ref}))
		if got := r.tags(chair); got != "" {
			t.Errorf("taken off, the chair still has %q", got)
		}
		page, err := r.Ticket(r.ctx(), r.ann, chair, 0)
		must(t, err)
		var facts []string
		for _, e := range page.Events {
			if e.Kind == okno.TagAdded || e.Kind == okno.TagRemoved {
				facts = append(facts, string(e.Kind))
			}
		}
		if strings.Join(facts, " ") != "tag.added tag.removed" || len(page.TagNames) != 2 && len(page.TagNames) != 1 {
			t.Errorf("the history has %v, with names %v", facts, page.TagNames)
		}
		carl := okno.Actor{Person: page.Ticket.Requester, Door: okno.DoorPortal}
		seen, err := r.Ticket(r.ctx(), carl, lamp, 0)
		must(t, err)
		for _, e := range seen.Events {
			if e.Kind == okno.TagAdded {
				t.Error("the customer learns of tags")
			}
		}
		list, err := r.MyTickets(r.ctx(), carl, desk.Mine{})
		if must(t, err); len(seen.Tags) != 0 || len(list.Rows) != 2 || len(list.Rows[0].Tags)+len(list.Rows[1].Tags) != 0 {
			t.Error("the customer sees tags")
		}
	})
}

func TestTagsThatBecameOneAreFoundByAnyOfTheirNames(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		names := []string{"azure", "blue", "navy"}
		numbers := map[string]okno.Number{}
		for _, name := range names {
			numbers[name] = r.open("carl@customer.example", name)
			must(t, r.ChangeTags(r.ctx(), r.ann, numbers[name], []string{name}, nil))
		}
		must(t, r.ChangeTags(r.ctx(), r.ann, numbers["blue"], []string{"navy"}, nil))
		tags, err := r.Tags(r.ctx(), r.ann)
		must(t, err)
		azure, blue, navy := tags[0], tags[1], tags[2]
		must(t, r.MergeTag(r.ctx(), r.admin, blue.Ref, azure.Ref, blue.Version))
		must(t, r.MergeTag(r.ctx(), r.admin, navy.Ref, azure.Ref, navy.Version))
		for _, tag := range tags { // a view kept the one that there was when it was made
			v := okno.View{Conditions: []okno.Condition{asks(okno.FieldTag, okno.OpIs, string(tag.Ref))}, Order: okno.OrderOldest}
			if got, _ := r.subjects(r.ann, v); strings.Join(got, ", ") != "azure, blue, navy" {
				t.Errorf("a view of %s shows %q", tag.Name, got)
			}
			found, err := r.Search(r.ctx(), r.ann, desk.Asked{Text: "tag:" + tag.Name})
			if must(t, err); len(found.Rows) != len(names) {
				t.Errorf("tag:%s finds %d", tag.Name, len(found.Rows))
			}
		}
		must(t, r.ChangeTags(r.ctx(), r.ann, numbers["blue"], nil, []okno.Ref{azure.Ref}))
		removed := 0
		for _, e := range r.page(r.ann, numbers["blue"]).Events {
			if e.Kind == okno.TagRemoved {
				removed++
			}
		}
		if got := r.tags(numbers["blue"]); got != "" || removed != 1 {
			t.Errorf("taken off once, it has %q and says so %d times", got, removed)
		}
	})
}

func TestTagsThatBecomeOneAtOneMomentAreNoChain(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("carl@customer.example", "Lamp")
		must(t, r.ChangeTags(r.ctx(), r.ann, n, []string{"azure", "blue", "navy"}, nil))
		tags, err := r.Tags(r.ctx(), r.ann)
		must(t, err)
		azure, blue, navy := tags[0], tags[1], tags[2]
		other := make(chan error, 1)
		merge := func() { other <- r.MergeTag(r.ctx(), r.admin, blue.Ref, navy.Ref, blue.Version) }
		if r.db.Dialect() == db.Postgres {
			r.asked = func() { // the first is saved and not kept yet
				r.asked = nil
				go merge()
				r.meets(other)
			}
		}
		must(t, r.MergeTag(r.ctx(), r.admin, azure.Ref, blue.Ref, azure.Version))
		if r.db.Dialect() == db.SQLite { // has one change at a time
			merge()
		}
		must(t, <-other)
		if got := r.tags(n); got != "navy" {
			t.Errorf("the ticket has %q", got)
		}
		must(t, r.db.Read(r.ctx(), func(tx *db.Tx) error {
			var chained int64
			err := tx.QueryRow(`SELECT COUNT(*) FROM tag t JOIN tag into_it ON into_it.id = t.merged WHERE into_it.merged > 0`).Scan(&chained)
			if chained != 0 {
				t.Errorf("%d tags are one with a tag that is another by now", chained)
			}
			return err
		}))
	})
}

func TestAnswerIsPromisedInWorkingHoursFromTheCustomersWord(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		deadline := func(n okno.Number) string {
			t.Helper()
			ticket, err := r.TicketOfNumber(r.ctx(), n)
			must(t, err)
			if ticket.Deadline.IsZero() {
				return ""
			}
			return ticket.Deadline.Format("Mon 15:04")
		}
		overdue := func() int64 {
			t.Helper()
			counts, err := r.Counts(r.ctx(), r.ann)
			must(t, err)
			list, err := r.View(r.ctx(), r.ann, okno.ViewOverdue, "")
			if must(t, err); int64(len(list.Rows)) != counts[okno.ViewOverdue] {
				t.Errorf("%d overdue are counted and %d listed", counts[okno.ViewOverdue], len(list.Rows))
			}
			return counts[okno.ViewOverdue]
		}
		unpromised := r.open("carl@customer.example", "Before")
		must(t, r.SaveDepartment(r.ctx(), r.admin, r.first.Ref, okno.Department{Name: r.first.Name, AnswerWithin: 4, Version: r.first.Version}))
		if err := r.SaveDepartment(r.ctx(), r.admin, r.second.Ref, okno.Department{Name: "Second", AnswerWithin: -1, Version: r.second.Version}); okno.ReasonOf(err) != okno.Invalid {
			t.Errorf("less than nothing is promised: %v", err)
		}
		r.clock = time.Date(2026, 11, 20, 15, 0, 0, 0, time.UTC) // a Friday
		n := r.open("carl@customer.example", "Lamp")
		if got := deadline(n) + deadline(unpromised); !strings.HasPrefix(got, "Mon ") || overdue() != 0 {
			t.Errorf("the answer is due %q", got)
		}
		r.clock = r.clock.Add(4 * 24 * time.Hour)
		if overdue() != 1 {
			t.Error("it is not overdue on Tuesday")
		}
		say := func(by okno.Actor, text string) {
			t.Helper()
			_, err := r.AddMessage(r.ctx(), by, n, desk.Words{Key: "say " + text + "1234567890", Text: text, Channel: okno.ChannelWeb})
			must(t, err)
		}
		ticket, err := r.TicketOfNumber(r.ctx(), n)
		must(t, err)
		carl := okno.Actor{Person: ticket.Requester, Door: okno.DoorPortal}
		due := deadline(n)
		say(carl, "Still dark.")
		if deadline(n) != due {
			t.Errorf("his second word moved it from %s to %s", due, deadline(n))
		}
		say(r.ann, "A new bulb comes.")
		if deadline(n) != "" || overdue() != 0 {
			t.Errorf("after the answer it is due %q", deadline(n))
		}
		say(carl, "When?")
		if deadline(n) == "" {
			t.Error("his next word is promised no answer")
		}
		must(t, r.SetStatus(r.ctx(), r.ann, n, okno.StatusWaiting, okno.Hold{}, 0))
		if deadline(n) != "" {
			t.Error("while he is waited for, an answer is due")
		}
		must(t, r.SetStatus(r.ctx(), r.ann, n, okno.StatusOpen, okno.Hold{}, 0))
		must(t, r.Transfer(r.ctx(), r.admin, n, r.second.Ref, 0))
		if deadline(n) != "" {
			t.Error("the second department promises nothing")
		}
	})
}

func TestManyTicketsAreChangedEachByItself(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		var chosen []desk.Chosen
		for i := range 5 {
			n := r.open("carl@customer.example", fmt.Sprint("Lamp ", i))
			chosen = append(chosen, desk.Chosen{Number: n, Version: 1})
		}
		must(t, r.CloseTicket(r.ctx(), r.admin, chosen[0].Number, "page"))       // changed since it was seen
		must(t, r.Transfer(r.ctx(), r.admin, chosen[1].Number, r.second.Ref, 0)) // gone out of sight
		chosen = append(chosen, desk.Chosen{Number: "999999", Version: 1})       // never was there
		changed, refused, err := r.ChangeMany(r.ctx(), r.ann, chosen, desk.Act{Take: true})
		must(t, err)
		var why []string
		for _, one := range refused {
			why = append(why, string(okno.ReasonOf(one.Why)))
		}
		if changed != 3 || strings.Join(why, " ") != "conflict notfound notfound" {
			t.Errorf("%d are changed, refused: %v", changed, why)
		}
		counts, err := r.Counts(r.ctx(), r.ann)
		if must(t, err); counts[okno.ViewMine] != 3 {
			t.Errorf("Ann has %d tickets, want 3", counts[okno.ViewMine])
		}
		mine := okno.View{Conditions: okno.ViewMine.View().Conditions, Order: okno.OrderOldest}
		rest := chosen[2:5]
		for i := range rest {
			rest[i].Version = 2
		}
		if changed, refused, err := r.ChangeMany(r.ctx(), r.ann, rest, desk.Act{Tags: []string{"Lamps"}}); err != nil || changed != 3 || len(refused) != 0 {
			t.Errorf("tags: %d changed, %d refused, %v", changed, len(refused), err)
		}
		must(t, r.EditSubject(r.ctx(), r.admin, rest[1].Number, "Changed meanwhile", 0))
		if changed, refused, err := r.ChangeMany(r.ctx(), r.ann, rest, desk.Act{Status: okno.StatusDone}); err != nil || changed != 2 || len(refused) != 1 || refused[0].Number != rest[1].Number {
			t.Errorf("%d are done, refused: %v, %v", changed, refused, err)
		}
		if got, _ := r.subjects(r.ann, mine); strings.Join(got, ", ") != "Changed meanwhile" {
			t.Errorf("Ann still has %q", got)
		}
		for name, some := range map[string][]desk.Chosen{"none": nil, "too many": make([]desk.Chosen, desk.MaxChosen+1)} {
			if _, _, err := r.ChangeMany(r.ctx(), r.ann, some, desk.Act{Take: true}); okno.ReasonOf(err) != okno.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
