package desk

import (
	"context"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/search"
	"github.com/oknodesk/okno/internal/secret"
)

// keepsViews reports whether the actor is an agent at his desk.
func keepsViews(by okno.Actor) bool { return by.Agent() && by.Door != okno.DoorMail }

// SavedViews are the agent's own saved views and those that others share.
func (d *Desk) SavedViews(ctx context.Context, by okno.Actor) (views []okno.View, err error) {
	if !keepsViews(by) {
		return nil, okno.ErrNotFound
	}
	err = d.read(ctx, func(tx store.Tx) error {
		views, err = tx.ViewsOf(by.Person, okno.MaxViews)
		return err
	})
	return views, err
}

// SaveView keeps a question as a view of the agent's own; shared, all agents
// have it. What it finds is judged anew for whoever looks.
func (d *Desk) SaveView(ctx context.Context, by okno.Actor, v okno.View) error {
	if !keepsViews(by) {
		return okno.ErrNotFound
	}
	if err := v.Check(); err != nil {
		return err
	}
	if len(v.Question) > MaxWords || search.Read(v.Question).Empty() {
		return okno.Errors{{Reason: okno.Invalid, Key: "error.choice", Field: "q"}}
	}
	v.Ref, v.Person, v.Created = okno.Ref(secret.NewRef()), by.Person, d.Now()
	return d.write(ctx, func(tx store.Tx) error {
		n, err := tx.CountViews(by.Person)
		if err == nil && n >= okno.MaxViews {
			err = okno.Refuse(okno.Conflict, "error.views.many", "Max", okno.MaxViews)
		}
		if err != nil {
			return err
		}
		return tx.AddView(v)
	})
}

// DropView forgets a saved view: his own, or a shared one where he manages the
// installation. To others it is not there.
func (d *Desk) DropView(ctx context.Context, by okno.Actor, ref okno.Ref) error {
	if !keepsViews(by) {
		return okno.ErrNotFound
	}
	return d.write(ctx, func(tx store.Tx) error {
		v, err := tx.View(ref)
		if err != nil {
			return err
		}
		if v.Person != by.Person && !(v.Shared && by.MayManage(okno.ManageSettings)) {
			return okno.ErrNotFound
		}
		return tx.DropView(ref)
	})
}
