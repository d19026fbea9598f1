package db

import "strings"

// Asked is a question whose answer is not needed yet.
type Asked[T any] struct {
	tx  *Tx
	all []T
	got bool
	err error
}

// Ask asks now what is needed later. On PostgreSQL the question goes along with
// the next statement that is waited for, or with the end of the transaction:
// several of them are one round trip. Each row is read by scan, which does
// nothing else. args are not to be changed before there is an answer.
func Ask[T any](tx *Tx, scan func(Scanner) (T, error), sql string, args ...any) *Asked[T] {
	a := &Asked[T]{tx: tx}
	plain, err := tx.questioned(sql, args)
	if err != nil {
		a.got, a.err = true, err
		return a
	}
	watched(sql, plain)
	if err := tx.on.ask(tx.ctx, sql, plain, func(row Scanner) error {
		v, err := scan(row)
		a.all = append(a.all, v)
		return err
	}, func() { a.got = true }); err != nil {
		a.got, a.err = true, tx.fail(sql, err)
	}
	return a
}

// All are the rows, which it waits for unless they are there. It may be called
// when the transaction is over, if that was a success.
func (a *Asked[T]) All() ([]T, error) {
	if a.got {
		return a.all, a.err
	}
	if err := a.tx.answers(); err != nil {
		return nil, err
	}
	return a.all, a.err
}

// First is the first row as All gives it; ErrNotFound when there is none.
func (a *Asked[T]) First() (T, error) {
	all, err := a.All()
	if err == nil && len(all) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		var none T
		return none, err
	}
	return all[0], nil
}

// answers waits for what was asked.
func (tx *Tx) answers() error {
	if _, err := tx.ready("", nil); err != nil {
		return err
	}
	if err := tx.on.answers(tx.ctx); err != nil {
		return tx.fail("a question asked before", err)
	}
	return nil
}

// IDs is the sequence that gives a table's {{id}} on PostgreSQL.
func IDs(table string) string { return table + "_id_seq" }

// Reserve says which sequences a value will be wanted of, by Add (IDs) or by
// Sequence. On PostgreSQL the values come along with the next answer; what is
// not used is skipped.
func (tx *Tx) Reserve(sequences ...string) {
	if tx.on.dialect() != Postgres {
		return
	}
	values := make([]int64, len(sequences))
	into := make([]any, len(sequences))
	for i := range values {
		into[i] = &values[i]
	}
	tx.reserving = true
	Ask(tx, func(row Scanner) (int, error) {
		err := row.Scan(into...)
		tx.reserving = false
		if tx.reserved == nil {
			tx.reserved = make(map[string][]int64)
		}
		for i, s := range sequences {
			tx.reserved[s] = append(tx.reserved[s], values[i])
		}
		return 0, err
	}, `SELECT nextval('`+strings.Join(sequences, `'), nextval('`)+`')`)
}

// takeReserved is the next value that was reserved, if one was.
func (tx *Tx) takeReserved(sequence string) (n int64, reserved bool, err error) {
	if tx.reserving {
		if err := tx.answers(); err != nil {
			return 0, false, err
		}
	}
	left := tx.reserved[sequence]
	if len(left) == 0 {
		return 0, false, nil
	}
	tx.reserved[sequence] = left[1:]
	return left[0], true, nil
}

// Add runs an INSERT into a table with an {{id}}, whose first column is "id" and
// whose first "?" stands for it; args are the others'. It returns the new row's
// id, on PostgreSQL without waiting (see Send) where one was reserved.
func (tx *Tx) Add(table, sql string, args ...any) (id int64, err error) {
	if tx.on.dialect() != Postgres {
		return First(tx, scanID, sql+" RETURNING id", append([]any{nil}, args...)...)
	}
	if id, err = tx.Sequence(IDs(table)); err != nil {
		return 0, err
	}
	return id, tx.Send(sql, append([]any{id}, args...)...)
}
