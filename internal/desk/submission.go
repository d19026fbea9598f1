package desk

import (
	"context"
	"errors"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// once runs fn in a transaction unless the submission key has led somewhere
// already; then again gets that result. Two that race end the same way.
func (d *Desk) once(ctx context.Context, key string, fn func(store.Tx) (result string, err error), again func(result string) error) error {
	return d.onceForeseeing(ctx, key, func(store.Tx) {}, fn, again)
}

// onceForeseeing is once with questions that are asked along with that for the
// key; they change nothing.
func (d *Desk) onceForeseeing(ctx context.Context, key string, foresee func(store.Tx), fn func(store.Tx) (result string, err error), again func(result string) error) error {
	if key == "" || len(key) > 200 {
		return okno.Refuse(okno.Invalid, "error.key")
	}
	var before string
	run := func() error {
		return d.write(ctx, func(tx store.Tx) error {
			submitted := tx.AskSubmitted(key)
			foresee(tx)
			var err error
			if before, err = submitted.First(); err != nil && !errors.Is(err, db.ErrNotFound) || before != "" {
				return err
			}
			result, err := fn(tx)
			if err != nil {
				return err
			}
			return tx.Submit(key, result, d.Now())
		})
	}
	err := run()
	if db.IsUnique(err, "submission.submission") {
		err = run()
	}
	if err != nil {
		return err
	}
	if before != "" {
		return again(before)
	}
	return nil
}
