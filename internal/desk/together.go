package desk

import (
	"context"
	"errors"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// together is one reading that several questions to the desk share.
type together struct {
	tx *db.Tx
	c  *catalogue // as it stood when the reading began
}

type togetherKey struct{}

// inHand is the reading that ctx belongs to; nil: it belongs to none.
func inHand(ctx context.Context) *together {
	t, _ := ctx.Value(togetherKey{}).(*together)
	return t
}

var errOnlyAsks = errors.New("what is asked together changes nothing")

// Together asks the desk for what one page needs: in one snapshot, and on
// PostgreSQL with as many round trips as the longest of its parts makes. Parts
// run in turns, never at the same moment, as if one after another; the first
// error ends it. They ask with the context that they are given, change
// nothing, and may run again from the beginning. A part may be asked together
// of others itself.
func (d *Desk) Together(ctx context.Context, parts ...func(context.Context) error) error {
	if t := inHand(ctx); t != nil {
		return t.run(ctx, parts)
	}
	c, err := d.config(ctx)
	if err != nil {
		return err
	}
	return away(d.db.Read(ctx, func(tx *db.Tx) error {
		t := &together{tx: tx, c: c}
		return t.run(context.WithValue(ctx, togetherKey{}, t), parts)
	}))
}

func (t *together) run(ctx context.Context, parts []func(context.Context) error) error {
	runs := make([]func(*db.Tx) error, len(parts))
	for i, part := range parts {
		runs[i] = func(*db.Tx) error { return part(ctx) }
	}
	return t.tx.Running().Together(runs...)
}

// store is the part of the reading that runs now.
func (t *together) store() store.Tx { return store.Tx{Tx: t.tx.Running()} }
