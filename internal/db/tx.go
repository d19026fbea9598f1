package db

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Tx is one change or one reading. It belongs to the callback it was given to
// and is not for several goroutines.
type Tx struct {
	ctx      context.Context
	on       session
	open     *Rows
	failed   error // the first failure of a statement; it ends the transaction
	over     bool
	one      bool // it asks one question and is no transaction
	asked    bool // it has
	said     []announcement
	onCommit []func()
	reserved map[string][]int64 // by sequence

	reserving bool // some of reserved are asked for and not answered yet

	top     *Tx // whose part it is; nil: it is none
	running *Tx // its part that runs now
}

// session is a connection with a transaction begun on it.
type session interface {
	exec(ctx context.Context, text string, args []any) (affected int64, err error)
	send(ctx context.Context, text string, args []any) error
	query(ctx context.Context, text string, args []any) (cursor, error)
	// ask is query for later: take is called for each row, answered behind the last.
	ask(ctx context.Context, text string, args []any, take func(Scanner) error, answered func()) error
	answers(ctx context.Context) error // waits for what was asked
	nextOf(sequence string) (text string, args []any)
	dialect() Dialect
}

// Exec runs a statement and returns how many rows it touched. Arguments are
// strings, []byte, integers, floats and bools of any named kind, pointers to
// them (nil is NULL), json.RawMessage (as text) and driver.Valuers; times and
// durations are refused.
func (tx *Tx) Exec(sql string, args ...any) (affected int64, err error) {
	plain, err := tx.ready(sql, args)
	if err == nil && tx.one {
		err = tx.fail(sql, errOneQuestion)
	}
	if err != nil {
		return 0, err
	}
	watched(sql, plain)
	affected, err = tx.on.exec(tx.ctx, sql, plain)
	if err != nil {
		return 0, tx.fail(sql, err)
	}
	return affected, nil
}

// Send runs a statement that nobody asks anything of but that it succeeds. On
// PostgreSQL it waits for company: it goes with the next statement or with the
// commit, which then fails in its stead. args are not to be changed before the
// transaction ends.
func (tx *Tx) Send(sql string, args ...any) error {
	plain, err := tx.ready(sql, args)
	if err == nil && tx.one {
		err = tx.fail(sql, errOneQuestion)
	}
	if err != nil {
		return err
	}
	watched(sql, plain)
	if err := tx.on.send(tx.ctx, sql, plain); err != nil {
		return tx.fail(sql, err)
	}
	return nil
}

// Query runs a statement that returns rows. They are read or closed before the
// next statement of this Tx: anything else is an error.
func (tx *Tx) Query(sql string, args ...any) (*Rows, error) {
	plain, err := tx.questioned(sql, args)
	if err != nil {
		return nil, err
	}
	watched(sql, plain)
	rows, err := tx.on.query(tx.ctx, sql, plain)
	if err != nil {
		return nil, tx.fail(sql, err)
	}
	tx.open = &Rows{rows: rows, tx: tx, text: sql}
	return tx.open, nil
}

// QueryRow runs a statement of which the first row is wanted.
func (tx *Tx) QueryRow(sql string, args ...any) *Row {
	rows, err := tx.Query(sql, args...)
	return &Row{rows: rows, err: err}
}

// Sequence returns the next value of a sequence made by a migration's
// {{sequence NAME START}}. Values may be skipped and are never given twice.
func (tx *Tx) Sequence(name string) (int64, error) {
	if n, reserved, err := tx.takeReserved(name); reserved || err != nil {
		return n, err
	}
	text, args := tx.on.nextOf(name)
	var n int64
	if err := tx.QueryRow(text, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("sequence %s: %w", name, err)
	}
	return n, nil
}

// Announce tells all who listen to topic once this change is committed; a
// change undone announces nothing. It is a hint, not a record: it may be lost
// when a process dies, and equal ones may be told once. topic is up to 100
// bytes on one line, payload up to 7000 bytes; beyond that the change fails.
func (tx *Tx) Announce(topic, payload string) {
	a := announcement{topic, payload}
	if err := a.check(); err != nil {
		tx.failed = errors.Join(tx.failed, err)
		return
	}
	if !slices.Contains(tx.said, a) {
		tx.said = append(tx.said, a)
	}
}

// OnCommit has fn called once, in this process, after the commit and before
// Write returns; never when the change is undone.
func (tx *Tx) OnCommit(fn func()) { tx.onCommit = append(tx.onCommit, fn) }

func (tx *Tx) ready(text string, args []any) ([]any, error) {
	switch {
	case tx.over:
		return nil, errOver
	case tx.failed != nil:
		return nil, fmt.Errorf("an earlier statement failed: %w", tx.failed)
	case tx.open != nil:
		return nil, fmt.Errorf("rows of %q are still open", shorten(tx.open.text))
	}
	plain, err := plainArgs(args)
	if err != nil {
		return nil, tx.fail(text, err)
	}
	return plain, nil
}

// questioned is ready for a statement that returns rows.
func (tx *Tx) questioned(text string, args []any) ([]any, error) {
	plain, err := tx.ready(text, args)
	if err == nil && tx.one && tx.asked {
		err = tx.fail(text, errOneQuestion)
	}
	tx.asked = true
	return plain, err
}

func (tx *Tx) fail(text string, err error) error {
	if cause := tx.ctx.Err(); cause != nil && !errors.Is(err, cause) {
		err = fmt.Errorf("%w: %w", cause, err)
	}
	err = fmt.Errorf("%q: %w", shorten(text), err)
	if tx.failed == nil {
		tx.failed = err
	}
	return err
}

// end closes what the callback left open and returns the outcome: its own
// error, else that of a statement whose failure it passed over.
func (tx *Tx) end(err error) error {
	tx.over = true
	if tx.open != nil {
		err = errors.Join(err, tx.open.Close())
	}
	if err == nil {
		err = tx.failed
	}
	return err
}

// shorten gives an SQL text one line for an error message; it holds
// placeholders, never values.
func shorten(text string) string {
	line := strings.Join(strings.Fields(text), " ")
	if len(line) > 120 {
		line = line[:120] + "…"
	}
	return line
}
