package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk"
)

// asks is a condition of a view.
func asks(field okno.ViewField, op okno.Op, values ...string) okno.Condition {
	return okno.Condition{Field: field, Op: op, Values: values}
}

func TestViewsAreSavedSharedAndDropped(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		names := func(by okno.Actor) string {
			t.Helper()
			views, err := r.SavedViews(r.ctx(), by)
			must(t, err)
			all := ""
			for _, v := range views {
				all += v.Name + ";"
			}
			return all
		}
		save := func(by okno.Actor, v okno.View) okno.Ref {
			t.Helper()
			ref, err := r.SaveView(r.ctx(), by, v)
			must(t, err)
			return ref
		}
		must(t, r.SaveTeam(r.ctx(), r.admin, "", okno.Team{Name: "Lamps", Department: r.first.ID, Members: []okno.PersonID{r.ann.Person}}))
		teams, err := r.AllTeams(r.ctx(), r.admin)
		must(t, err)
		lamp := []okno.Condition{asks(okno.FieldWords, okno.OpIs, "lamp status:open"), asks(okno.FieldStatus, okno.OpNot, "closed", "done")}
		own := save(r.ann, okno.View{Name: " Lamps ", Conditions: lamp, Order: okno.OrderStale})
		shared := save(r.ann, okno.View{Name: "New ones", Conditions: lamp[1:], Shared: true})
		save(r.ann, okno.View{Name: "Our team's", Conditions: lamp[1:], Team: teams[0].ID})
		if ann, bob := names(r.ann), names(r.bob); ann != "Lamps;New ones;Our team's;" || bob != "New ones;" {
			t.Errorf("Ann has %q, Bob %q", ann, bob)
		}
		got, err := r.SavedView(r.ctx(), r.ann, own)
		if must(t, err); got.Name != "Lamps" || got.Order != okno.OrderStale || fmt.Sprint(got.Conditions) != fmt.Sprint(lamp) {
			t.Errorf("Ann's view is %+v", got)
		}
		if _, err := r.SavedView(r.ctx(), r.bob, own); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("Bob sees Ann's view: %v", err)
		}
		for name, v := range map[string]okno.View{
			"no name":               {Conditions: lamp},
			"nothing asked":         {Name: "x"},
			"no value":              {Name: "x", Conditions: []okno.Condition{asks(okno.FieldStatus, okno.OpIs)}},
			"no such field":         {Name: "x", Conditions: []okno.Condition{asks("mood", okno.OpIs, "good")}},
			"no such comparison":    {Name: "x", Conditions: []okno.Condition{asks(okno.FieldDeadline, okno.OpNot, "past")}},
			"no such status":        {Name: "x", Conditions: []okno.Condition{asks(okno.FieldStatus, okno.OpIs, "mad")}},
			"no number of days":     {Name: "x", Conditions: []okno.Condition{asks(okno.FieldCreated, okno.OpWithin, "soon")}},
			"words without letters": {Name: "x", Conditions: []okno.Condition{asks(okno.FieldWords, okno.OpIs, "!?")}},
			"another's team":        {Name: "x", Conditions: lamp, Team: teams[0].ID + 100},
			"too many conditions":   {Name: "x", Conditions: slices.Repeat(lamp, okno.MaxConditions)},
		} {
			if _, err := r.SaveView(r.ctx(), r.ann, v); okno.ReasonOf(err) != okno.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		got.Name = "Dark lamps"
		save(r.ann, got)
		if _, err := r.SaveView(r.ctx(), r.ann, got); okno.ReasonOf(err) != okno.Conflict {
			t.Errorf("over another's change: %v", err)
		}
		for _, ref := range []okno.Ref{own, shared} {
			if err := r.DropView(r.ctx(), r.bob, ref); okno.ReasonOf(err) != okno.NotFound {
				t.Errorf("Bob drops Ann's view: %v", err)
			}
			if _, err := r.SaveView(r.ctx(), r.bob, okno.View{Ref: ref, Name: "Bob's", Conditions: lamp, Version: 1}); okno.ReasonOf(err) != okno.NotFound {
				t.Errorf("Bob changes Ann's view: %v", err)
			}
		}
		if err := r.DropView(r.ctx(), r.admin, own); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("the administrator drops Ann's own view: %v", err)
		}
		must(t, r.DropView(r.ctx(), r.admin, shared))
		must(t, r.DropView(r.ctx(), r.ann, own))
		for i := range okno.MaxViews - 1 {
			save(r.ann, okno.View{Name: fmt.Sprint(i), Conditions: lamp})
		}
		if _, err := r.SaveView(r.ctx(), r.ann, okno.View{Name: "One more", Conditions: lamp}); okno.ReasonOf(err) != okno.Conflict {
			t.Errorf("a view beyond the most: %v", err)
		}
	})
}

// subjects are those of a view's tickets, in its order, read to its end.
func (r *rig) subjects(by okno.Actor, v okno.View) (all []string, partial bool) {
	r.t.Helper()
	from := ""
	for {
		page, err := r.ViewPage(r.ctx(), by, v, from)
		must(r.t, err)
		for _, row := range page.Rows {
			all = append(all, row.Subject)
		}
		partial = partial || page.Partial
		if from = page.Next; from == "" {
			return all, partial
		}
	}
}

func TestViewFindsWhatItsConditionsSayInItsOrder(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		must(t, r.SaveDepartment(r.ctx(), r.admin, r.first.Ref, okno.Department{Name: r.first.Name, AnswerWithin: 4, Version: r.first.Version}))
		numbers := map[string]okno.Number{}
		for _, subject := range []string{"Old lamp", "Lamp taken", "Lamp answered", "Chair", "Lamp tagged"} {
			r.clock = r.clock.Add(24 * time.Hour)
			numbers[subject] = r.open("carl@customer.example", subject)
		}
		must(t, r.Take(r.ctx(), r.ann, numbers["Lamp taken"], 0))
		_, err := r.AddMessage(r.ctx(), r.ann, numbers["Lamp answered"], desk.Words{Key: "answer 1234567890", Text: "Here.", Channel: okno.ChannelWeb})
		must(t, err)
		must(t, r.ChangeTags(r.ctx(), r.ann, numbers["Lamp tagged"], []string{"Спешно", "later"}, nil))
		must(t, r.CloseTicket(r.ctx(), r.ann, numbers["Chair"], "page"))
		must(t, r.IndexAll(r.ctx()))
		tags, err := r.Tags(r.ctx(), r.ann)
		must(t, err)
		r.clock = r.clock.Add(time.Hour)
		const newest, changed, stale, deadline = okno.OrderNewest, okno.OrderChanged, okno.OrderStale, okno.OrderDeadline
		for _, c := range []struct {
			ask   []okno.Condition
			order okno.Order
			want  string
		}{
			{[]okno.Condition{asks(okno.FieldStatus, okno.OpNot, "closed")}, newest, "Lamp tagged, Lamp answered, Lamp taken, Old lamp"},
			{[]okno.Condition{asks(okno.FieldStatus, okno.OpNot, "closed")}, okno.OrderOldest, "Old lamp, Lamp taken, Lamp answered, Lamp tagged"},
			{[]okno.Condition{asks(okno.FieldStatus, okno.OpIs, "new", "closed")}, stale, "Old lamp, Chair, Lamp tagged"},
			{[]okno.Condition{asks(okno.FieldAssignee, okno.OpIs, "me")}, changed, "Lamp taken"},
			{[]okno.Condition{asks(okno.FieldAssignee, okno.OpIs, "me", "nobody"), asks(okno.FieldStatus, okno.OpIs, "open")}, newest, "Lamp answered, Lamp taken"},
			{[]okno.Condition{asks(okno.FieldAssignee, okno.OpNot, "me")}, newest, "Lamp tagged, Chair, Lamp answered, Old lamp"},
			{[]okno.Condition{asks(okno.FieldTag, okno.OpIs, string(tags[1].Ref))}, changed, "Lamp tagged"},
			{[]okno.Condition{asks(okno.FieldTag, okno.OpNot, string(tags[1].Ref)), asks(okno.FieldWords, okno.OpIs, "lamps")}, changed, "Lamp answered, Lamp taken, Old lamp"},
			{[]okno.Condition{asks(okno.FieldWords, okno.OpIs, "метка:спешно")}, stale, "Lamp tagged"},
			{[]okno.Condition{asks(okno.FieldWords, okno.OpIs, "lamp -status:new,closed")}, okno.OrderOldest, "Lamp taken, Lamp answered"},
			{[]okno.Condition{asks(okno.FieldRequester, okno.OpIs, "carl")}, okno.OrderOldest, "Old lamp, Lamp taken, Lamp answered, Chair, Lamp tagged"},
			{[]okno.Condition{asks(okno.FieldRequester, okno.OpNot, "carl")}, newest, ""},
			{[]okno.Condition{asks(okno.FieldCompany, okno.OpNot, "Acme"), asks(okno.FieldStatus, okno.OpIs, "closed")}, stale, "Chair"},
			{[]okno.Condition{asks(okno.FieldHas, okno.OpNot, "call"), asks(okno.FieldStatus, okno.OpIs, "closed")}, changed, "Chair"},
			{[]okno.Condition{asks(okno.FieldCreated, okno.OpWithin, "2")}, newest, "Lamp tagged, Chair"},
			{[]okno.Condition{asks(okno.FieldCreated, okno.OpOlder, "2")}, newest, "Lamp answered, Lamp taken, Old lamp"},
			{[]okno.Condition{asks(okno.FieldUpdated, okno.OpOlder, "2")}, newest, "Old lamp"},
			{[]okno.Condition{asks(okno.FieldStatus, okno.OpIs, "new", "open")}, deadline, "Old lamp, Lamp taken, Lamp tagged"},
			{[]okno.Condition{asks(okno.FieldDeadline, okno.OpIs, "past")}, newest, "Old lamp, Lamp taken"},
			{[]okno.Condition{asks(okno.FieldWords, okno.OpIs, "lamp"), asks(okno.FieldDeadline, okno.OpIs, "past")}, changed, "Old lamp, Lamp taken"},
			{[]okno.Condition{asks(okno.FieldHas, okno.OpIs, "call")}, newest, ""},
			{[]okno.Condition{asks(okno.FieldTeam, okno.OpIs, "mine")}, newest, ""},
			{[]okno.Condition{asks(okno.FieldDepartment, okno.OpNot, string(r.first.Ref))}, newest, ""},
			{[]okno.Condition{asks(okno.FieldDepartment, okno.OpIs, string(r.first.Ref)), asks(okno.FieldChannel, okno.OpIs, "web"), asks(okno.FieldStatus, okno.OpIs, "closed")}, newest, "Chair"},
		} {
			v := okno.View{Conditions: c.ask, Order: c.order}
			got, partial := r.subjects(r.ann, v)
			if strings.Join(got, ", ") != c.want || partial {
				t.Errorf("%v by %s: %q, want %q (partial: %t)", c.ask, c.order, strings.Join(got, ", "), c.want, partial)
			}
			counts, err := r.ViewCounts(r.ctx(), r.ann, []okno.View{v})
			if must(t, err); int(counts[0].N) != len(got) && c.order != deadline || counts[0].More {
				t.Errorf("%v is counted as %+v", c.ask, counts[0])
			}
			if got, _ := r.subjects(r.bob, v); len(got) != 0 {
				t.Errorf("%v shows Bob %q of another department", c.ask, got)
			}
			if got, _ := r.subjects(r.admin, v); strings.Join(got, ", ") != c.want && !strings.Contains(fmt.Sprint(c.ask), "me") {
				t.Errorf("%v shows the administrator %q", c.ask, got)
			}
		}
	})
}

func TestViewGoesOnPageByPageInEveryOrder(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		want := r.fill(130, "web")
		for _, order := range okno.Orders[:4] {
			for _, ask := range [][]okno.Condition{{asks(okno.FieldStatus, okno.OpIs, "new", "open", "closed")}, {asks(okno.FieldChannel, okno.OpIs, "web")}} {
				for _, by := range []okno.Actor{r.ann, r.admin} {
					got, _ := r.subjects(by, okno.View{Conditions: ask, Order: order})
					sorted := slices.Clone(want)
					if order == okno.OrderChanged || order == okno.OrderNewest {
						slices.Reverse(sorted)
					}
					if !slices.Equal(got, sorted) {
						t.Errorf("%v by %s: %d tickets, or another order: %.200v", ask, order, len(got), got)
					}
				}
			}
		}
	})
}

func TestViewOfWhatIsRareAmongManySaysThatItIsNotAllYet(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.fill(1, "phone")
		r.fill(4100, "web")
		rare := okno.View{Conditions: []okno.Condition{asks(okno.FieldChannel, okno.OpIs, "phone")}, Order: okno.OrderNewest}
		first, err := r.ViewPage(r.ctx(), r.ann, rare, "")
		if must(t, err); !first.Partial || first.Next == "" || len(first.Rows) != 0 {
			t.Errorf("the first page has %d rows, partial: %t, next: %q", len(first.Rows), first.Partial, first.Next)
		}
		if all, _ := r.subjects(r.ann, rare); len(all) != 1 {
			t.Errorf("read to its end, the view has %d tickets", len(all))
		}
		counts, err := r.ViewCounts(r.ctx(), r.ann, []okno.View{rare, {Conditions: []okno.Condition{asks(okno.FieldChannel, okno.OpIs, "web")}}, {Conditions: []okno.Condition{asks(okno.FieldStatus, okno.OpIs, "new")}}})
		must(t, err)
		for i, want := range []desk.Counted{{N: 0, More: true}, {N: desk.ViewCounted, More: true}, {N: 0}} {
			if counts[i] != want { // the counters know nothing of rows put by hand
				t.Errorf("view %d is counted as %+v, want %+v", i, counts[i], want)
			}
		}
	})
}

// fill puts tickets of the first department into the database, each changed
// later than the one before, and returns their subjects.
func (r *rig) fill(n int, channel string) (subjects []string) {
	r.t.Helper()
	must(r.t, r.db.Write(r.ctx(), func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO ticket (number, subject, status, kind, department, requester, channel, opened, updated, guid)
			WITH RECURSIVE one (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM one WHERE i < ?)
			SELECT CAST(? AS TEXT) || i, CAST(? AS TEXT) || i, 1, CASE i % 2 WHEN 0 THEN 'new' ELSE 'closed' END, ?, ?, CAST(? AS TEXT), i, i, ? FROM one`,
			n, channel, channel, r.first.ID, r.ann.Person, channel, []byte("guid"))
		return err
	}))
	for i := range n {
		subjects = append(subjects, fmt.Sprint(channel, i+1))
	}
	return subjects
}
