package desk

import (
	"context"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// along is one of several readings that are made together.
type along struct {
	alone func(context.Context, func(store.Tx) error) error // how it is made by itself
	fn    func(store.Tx) error
	err   error // fn's own
}

// readAlong is read for what is asked for many letters and facts at a time: on
// PostgreSQL along with others that are asked at this moment, in common round
// trips. Their snapshot is from after all of them came. fn asks nothing of the
// desk, or it would wait for itself.
func (d *Desk) readAlong(ctx context.Context, fn func(store.Tx) error) error {
	return d.along(ctx, d.read, fn)
}

// readOneAlong is readAlong for what asks one question.
func (d *Desk) readOneAlong(ctx context.Context, fn func(store.Tx) error) error {
	return d.along(ctx, d.readOne, fn)
}

func (d *Desk) along(ctx context.Context, alone func(context.Context, func(store.Tx) error) error, fn func(store.Tx) error) error {
	if inHand(ctx) != nil || d.db.Dialect() != db.Postgres {
		return alone(ctx, fn)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	a := &along{alone: alone, fn: fn}
	if err := d.alongs.Join(context.WithoutCancel(ctx), a); err != nil { // fn writes to what is the caller's
		return err
	}
	return a.err
}

// readTogether makes some readings. What one of them finds is no error of the
// others; a statement that fails is.
func (d *Desk) readTogether(ctx context.Context, all []*along) error {
	if len(all) == 1 {
		all[0].err = nil // of a try with others
		return all[0].alone(ctx, all[0].fn)
	}
	parts := make([]func(*db.Tx) error, len(all))
	for i, a := range all {
		parts[i] = func(tx *db.Tx) error {
			a.err = a.fn(store.Tx{Tx: tx})
			return nil
		}
	}
	return away(d.db.Read(ctx, func(tx *db.Tx) error { return tx.Together(parts...) }))
}
