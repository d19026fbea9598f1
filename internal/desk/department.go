package desk

import (
	"context"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/secret"
)

// AllDepartments are all departments, closed ones too, for the administrator.
func (d *Desk) AllDepartments(ctx context.Context, by okno.Actor) ([]okno.Department, error) {
	if !by.MayManage(okno.ManageDepartments) {
		return nil, okno.ErrForbidden
	}
	c, err := d.config(ctx)
	if err != nil {
		return nil, err
	}
	return c.departments, nil
}

// SaveDepartment makes a department (ref "") or changes one; closing the last
// open one is refused.
func (d *Desk) SaveDepartment(ctx context.Context, by okno.Actor, ref okno.Ref, form okno.Department) error {
	form.Name, form.Signature = strings.TrimSpace(form.Name), strings.TrimSpace(form.Signature)
	var wrong okno.Errors
	if err := wrong.Add(okno.CheckName("name", form.Name)); err != nil {
		return err
	}
	if len(form.Signature) > 2000 {
		wrong = append(wrong, okno.TooLong("signature", 2000))
	}
	if form.AnswerWithin < 0 || form.AnswerWithin > okno.MaxAnswerWithin {
		wrong = append(wrong, &okno.Error{Reason: okno.Invalid, Key: "error.number", Args: []any{"Min", 0, "Max", okno.MaxAnswerWithin}, Field: "answerwithin"})
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	return d.manage(ctx, by, okno.ManageDepartments, func(tx store.Tx) (int64, okno.Event, error) {
		if ref == "" {
			dep := okno.Department{Ref: okno.Ref(secret.NewRef()), Name: form.Name, Signature: form.Signature, AnswerWithin: form.AnswerWithin}
			err := tx.AddDepartment(&dep, d.Now())
			return int64(dep.ID), okno.NewEvent(okno.DepartmentAdded, okno.EventData{}), err
		}
		dep, err := tx.DepartmentByRef(ref)
		if err != nil {
			return 0, okno.Event{}, err
		}
		dep.Name, dep.Signature, dep.AnswerWithin, dep.Version = form.Name, form.Signature, form.AnswerWithin, form.Version
		dep.Closed = closedSince(dep.Closed, form.Closed, d.Now())
		if err := tx.SaveDepartment(&dep); err != nil {
			return 0, okno.Event{}, err
		}
		return int64(dep.ID), okno.NewEvent(okno.DepartmentEdited, okno.EventData{}), oneOpen(tx)
	})
}

// oneOpen refuses a desk without an open department.
func oneOpen(tx store.Tx) error {
	all, err := tx.Departments()
	if err != nil {
		return err
	}
	for _, dep := range all {
		if dep.Closed.IsZero() {
			return nil
		}
	}
	return okno.Errors{{Reason: okno.Conflict, Key: "error.lastdepartment", Field: "closed"}}
}

// closedSince keeps the first date of closing.
func closedSince(was, wish, now time.Time) time.Time {
	switch {
	case wish.IsZero():
		return time.Time{}
	case was.IsZero():
		return now
	}
	return was
}

// AllTopics are all help topics, closed ones too, for the administrator.
func (d *Desk) AllTopics(ctx context.Context, by okno.Actor) ([]okno.Topic, error) {
	if !by.MayManage(okno.ManageDepartments) {
		return nil, okno.ErrForbidden
	}
	c, err := d.config(ctx)
	if err != nil {
		return nil, err
	}
	return c.topics, nil
}

// SaveTopic makes a help topic (ref "") or changes one over the version that was
// seen. It needs a name in at least one language and an open department, in
// which its team and its agents must work.
func (d *Desk) SaveTopic(ctx context.Context, by okno.Actor, ref okno.Ref, form okno.Topic, department okno.Ref) error {
	c, err := d.config(ctx)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for lang, name := range form.Names {
		if name = strings.TrimSpace(name); name != "" {
			names[lang] = cut(name, 200)
		}
	}
	var wrong okno.Errors
	if len(names) == 0 {
		wrong = append(wrong, okno.Missing("name"))
	}
	var dep okno.DepartmentID
	for _, x := range c.departments {
		if x.Ref == department && x.Closed.IsZero() {
			dep = x.ID
		}
	}
	if dep == 0 {
		wrong = append(wrong, &okno.Error{Reason: okno.Invalid, Key: "error.choice", Field: "department"})
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	return d.manage(ctx, by, okno.ManageDepartments, func(tx store.Tx) (int64, okno.Event, error) {
		if err := teamOf(tx, form.Team, dep); err != nil {
			return 0, okno.Event{}, err
		}
		if err := allWorkIn(tx, form.Agents, dep, "agent"); err != nil {
			return 0, okno.Event{}, err
		}
		if ref == "" {
			t := okno.Topic{Ref: okno.Ref(secret.NewRef()), Names: names, Department: dep, Position: form.Position, Team: form.Team, Agents: form.Agents}
			err := tx.AddTopic(&t)
			return int64(t.ID), okno.NewEvent(okno.TopicAdded, okno.EventData{}), err
		}
		all, err := tx.Topics()
		if err != nil {
			return 0, okno.Event{}, err
		}
		for _, t := range all {
			if t.Ref == ref {
				t.Names, t.Department, t.Position, t.Team, t.Agents, t.Version = names, dep, form.Position, form.Team, form.Agents, form.Version
				t.Closed = closedSince(t.Closed, form.Closed, d.Now())
				return int64(t.ID), okno.NewEvent(okno.TopicEdited, okno.EventData{}), tx.SaveTopic(t)
			}
		}
		return 0, okno.Event{}, okno.ErrNotFound
	})
}
