package desk

import (
	"context"
	"slices"
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/search"
	"github.com/oknodesk/okno/internal/secret"
)

// keepsViews reports whether the actor is an agent at his desk.
func keepsViews(by okno.Actor) bool { return by.Agent() && by.Door != okno.DoorMail }

// SavedViews are the agent's own saved views and those that others share with
// all or with a team of his.
func (d *Desk) SavedViews(ctx context.Context, by okno.Actor) (views []okno.View, err error) {
	if !keepsViews(by) {
		return nil, okno.ErrNotFound
	}
	c, err := d.config(ctx)
	if err != nil {
		return nil, err
	}
	err = d.read(ctx, func(tx store.Tx) error {
		views, err = tx.ViewsOf(by.Person, c.teamsFor(by), okno.MaxViews)
		return err
	})
	return views, err
}

// SavedView is one of SavedViews; to others it is not there.
func (d *Desk) SavedView(ctx context.Context, by okno.Actor, ref okno.Ref) (v okno.View, err error) {
	if !keepsViews(by) {
		return v, okno.ErrNotFound
	}
	c, err := d.config(ctx)
	if err != nil {
		return v, err
	}
	err = d.read(ctx, func(tx store.Tx) error {
		v, err = tx.View(ref)
		return err
	})
	if err == nil && v.Person != by.Person && !v.Shared && (v.Team == 0 || !slices.Contains(c.teamsFor(by), v.Team)) {
		return okno.View{}, okno.ErrNotFound
	}
	return v, err
}

// ViewPage is one page of what a view finds among the tickets that the agent
// sees, from a place ("": from the top).
func (d *Desk) ViewPage(ctx context.Context, by okno.Actor, v okno.View, from string) (*List, error) {
	if !keepsViews(by) {
		return nil, okno.ErrNotFound
	}
	if err := v.CheckConditions(); err != nil {
		return nil, err
	}
	return d.viewed(ctx, by, v, from, viewRows)
}

// conditions puts what a view asks into a reading; false: nothing can be found,
// and the list says what was not understood.
func (d *Desk) conditions(r *reading, c *catalogue, by okno.Actor, all []okno.Condition, list *List) (bool, error) {
	for _, one := range all {
		q := search.Question{Filters: []search.Filter{filterOf(one)}}
		if one.Field == okno.FieldWords {
			q = search.Read(one.Values[0])
		}
		if ok, err := d.terms(r, c, by, q, list); err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

// filterOf is a condition as the search box knows it.
func filterOf(c okno.Condition) search.Filter {
	f := search.Filter{Key: search.Key(c.Field), Not: c.Op == okno.OpNot, Value: c.Values[0], Values: c.Values}
	f.Text = string(c.Field) + ":" + strings.Join(c.Values, ",")
	switch c.Op {
	case okno.OpWithin:
		f.Op, f.Value = "<", f.Value+"d"
	case okno.OpOlder:
		f.Op, f.Value = ">", f.Value+"d"
	}
	return f
}

// Conditions are what a question of the search box asks as conditions of a
// view. What no other condition says stands in the words.
func (d *Desk) Conditions(ctx context.Context, by okno.Actor, question string) (conditions []okno.Condition, err error) {
	if !keepsViews(by) {
		return nil, okno.ErrNotFound
	}
	c, err := d.config(ctx)
	if err != nil {
		return nil, err
	}
	words := question
	for _, f := range search.Read(question).Filters {
		if values := c.valuesOf(f); values != nil {
			op := okno.OpIs
			if f.Not {
				op = okno.OpNot
			}
			conditions = append(conditions, okno.Condition{Field: okno.ViewField(f.Key), Op: op, Values: values})
			words = strings.Replace(words, f.Text, " ", 1)
		}
	}
	if words = strings.Join(strings.Fields(words), " "); words != "" {
		conditions = append(conditions, okno.Condition{Field: okno.FieldWords, Op: okno.OpIs, Values: []string{words}})
	}
	return conditions, nil
}

// valuesOf are a filter's values as a condition keeps them; nil: it stays a
// filter.
func (c *catalogue) valuesOf(f search.Filter) (values []string) {
	refs := filtering{c: c}
	for _, value := range f.Values {
		switch folded := fold(value); f.Key {
		case search.KeyStatus:
			for _, k := range refs.statuses(folded) {
				values = append(values, string(k))
			}
		case search.KeyChannel:
			for _, channel := range channelsNamed[folded] {
				values = append(values, string(channel))
			}
		case search.KeyDepartment:
			for _, id := range refs.departments(folded) {
				values = append(values, string(c.department(id).Ref))
			}
		case search.KeyTag:
			for _, t := range c.tagsOf(c.tagsNamed(folded)) {
				values = append(values, string(t.Ref))
			}
		case search.KeyAssignee:
			if slices.Contains(meNamed, folded) {
				values = append(values, okno.ValueMe)
			} else if slices.Contains(nobodyNamed, folded) {
				values = append(values, okno.ValueNobody)
			} else {
				return nil
			}
		case search.KeyCompany, search.KeyRequester:
			if len(f.Values) > 1 {
				return nil
			}
			return f.Values
		}
	}
	return values
}

// SaveView keeps a view of the agent's own (ref ""), or changes one over the
// version that was seen: his own, or a shared one where he manages the
// installation. It may be shared with all agents or with a team that he is in.
func (d *Desk) SaveView(ctx context.Context, by okno.Actor, v okno.View) (okno.Ref, error) {
	if !keepsViews(by) {
		return "", okno.ErrNotFound
	}
	if err := v.Check(); err != nil {
		return "", err
	}
	c, err := d.config(ctx)
	if err != nil {
		return "", err
	}
	added := v.Ref == ""
	if added {
		v.Ref, v.Person, v.Created = okno.Ref(secret.NewRef()), by.Person, d.Now()
	}
	err = d.write(ctx, func(tx store.Tx) error {
		was, err := viewToChange(tx, by, v.Ref, added)
		if err != nil {
			return err
		}
		if v.Team != was.Team && v.Team != 0 && !slices.Contains(c.teamsFor(by), v.Team) {
			return okno.Errors{{Reason: okno.Invalid, Key: "error.choice", Field: "share"}}
		}
		if err := d.meansSomething(tx, c, by, v); err != nil {
			return err
		}
		if !added {
			return tx.SaveView(v)
		}
		return tx.AddView(v)
	})
	return v.Ref, err
}

// viewToChange is the view that the agent may change; one that is added must
// not be one too many.
func viewToChange(tx store.Tx, by okno.Actor, ref okno.Ref, added bool) (okno.View, error) {
	if added {
		n, err := tx.CountViews(by.Person)
		if err == nil && n >= okno.MaxViews {
			err = okno.Refuse(okno.Conflict, "error.views.many", "Max", okno.MaxViews)
		}
		return okno.View{}, err
	}
	v, err := tx.View(ref)
	if err == nil && !v.MayBeChanged(by) {
		err = okno.ErrNotFound
	}
	return v, err
}

// meansSomething refuses conditions of which one asks nothing.
func (d *Desk) meansSomething(tx store.Tx, c *catalogue, by okno.Actor, v okno.View) error {
	for i, one := range v.Conditions {
		r := d.reading(tx, c, by, v.Order, "")
		ok, err := d.conditions(r, c, by, v.Conditions[i:i+1], &List{})
		if err != nil {
			return err
		}
		if !ok || r.asksNothing() || one.Field == okno.FieldWords && len(one.Values[0]) > MaxWords {
			return okno.Errors{{Reason: okno.Invalid, Key: "error.view.condition", Args: []any{"N", i + 1}, Field: "conditions"}}
		}
	}
	return nil
}

// DropView forgets a saved view: his own, or a shared one where he manages the
// installation. To others it is not there.
func (d *Desk) DropView(ctx context.Context, by okno.Actor, ref okno.Ref) error {
	if !keepsViews(by) {
		return okno.ErrNotFound
	}
	return d.write(ctx, func(tx store.Tx) error {
		if _, err := viewToChange(tx, by, ref, false); err != nil {
			return err
		}
		return tx.DropView(ref)
	})
}

// ViewChoices are what a view's conditions may be about, as far as the agent
// sees it.
type ViewChoices struct {
	Agents      []okno.Person
	Departments []okno.Department
	Teams       []okno.Team // without their members
	Own         []okno.Team // those he is in: with whom he may share
	Tags        []okno.Tag
}

// ViewChoices reads them.
func (d *Desk) ViewChoices(ctx context.Context, by okno.Actor) (choices ViewChoices, err error) {
	if !keepsViews(by) {
		return choices, okno.ErrNotFound
	}
	c, err := d.config(ctx)
	if err != nil {
		return choices, err
	}
	scope, own := by.Sees(), c.teamsFor(by)
	for _, dep := range c.departments {
		if scope.Everything() || slices.Contains(scope.Departments(), dep.ID) {
			choices.Departments = append(choices.Departments, dep)
		}
	}
	for _, t := range c.teams {
		t.Members = nil
		if scope.Everything() || slices.Contains(scope.Departments(), t.Department) {
			choices.Teams = append(choices.Teams, t)
		}
		if slices.Contains(own, t.ID) {
			choices.Own = append(choices.Own, t)
		}
	}
	for _, t := range c.tags {
		if t.Into == 0 {
			choices.Tags = append(choices.Tags, t)
		}
	}
	err = d.read(ctx, func(tx store.Tx) error {
		choices.Agents, err = tx.Agents()
		return err
	})
	return choices, err
}
