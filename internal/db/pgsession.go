package db

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// pgSession is a transaction on one PostgreSQL connection. What nobody waits
// for stands pending, its BEGIN first, and goes along with the next statement
// that is waited for: one round trip for all of them.
type pgSession struct {
	conn    *pgx.Conn
	texts   *placeholders
	pending []pgStatement
	others  int   // of the pending, those of earlier changes of a group
	asked   bool  // some of the pending are questions
	foreign error // one of these failed; the change in hand is not to blame
	begun   bool  // the server has answered the BEGIN
}

type pgStatement struct {
	text     string // numbered
	args     []any
	take     func(Scanner) error // each row of a question; nil: it is none
	answered func()              // there are no more
}

func newPgSession(conn *pgx.Conn, texts *placeholders, begin ...string) *pgSession {
	s := &pgSession{conn: conn, texts: texts}
	for _, text := range begin {
		s.say(text)
	}
	return s
}

func (s *pgSession) send(_ context.Context, text string, args []any) error {
	s.pending = append(s.pending, pgStatement{text: s.texts.number(text), args: args})
	return nil
}

func (s *pgSession) ask(_ context.Context, text string, args []any, take func(Scanner) error, answered func()) error {
	s.pending = append(s.pending, pgStatement{s.texts.number(text), args, take, answered})
	s.asked = true
	return nil
}

func (s *pgSession) answers(ctx context.Context) error {
	if !s.asked {
		return nil
	}
	_, err := s.flush(ctx)
	return s.notBegun(err)
}

// say puts a statement of the session's own behind what is pending.
func (s *pgSession) say(text string) { s.pending = append(s.pending, pgStatement{text: text}) }

func (s *pgSession) exec(ctx context.Context, text string, args []any) (int64, error) {
	text = s.texts.number(text)
	if len(s.pending) == 0 {
		tripped(ctx)
		tag, err := s.conn.Exec(ctx, text, args...)
		return tag.RowsAffected(), err
	}
	s.pending = append(s.pending, pgStatement{text: text, args: args})
	tag, err := s.flush(ctx)
	return tag.RowsAffected(), s.notBegun(err)
}

func (s *pgSession) query(ctx context.Context, text string, args []any) (cursor, error) {
	text = s.texts.number(text)
	if len(s.pending) == 0 {
		tripped(ctx)
		rows, err := s.conn.Query(ctx, text, args...)
		return &pgRows{Rows: rows}, err
	}
	s.pending = append(s.pending, pgStatement{text: text, args: args})
	results, sent := s.ship(ctx)
	for i := range len(sent) - 1 {
		if _, err := s.took(results, sent, i); err != nil {
			return nil, s.notBegun(errors.Join(err, closed(results)))
		}
	}
	s.others = 0
	rows, err := results.Query()
	if err != nil {
		return nil, errors.Join(err, closed(results))
	}
	return &pgRows{Rows: rows, batch: results}, nil
}

// flush sends what is pending and waits for all of it. It returns what became
// of the last statement.
func (s *pgSession) flush(ctx context.Context) (tag pgconn.CommandTag, err error) {
	results, sent := s.ship(ctx)
	for i := range sent {
		if tag, err = s.took(results, sent, i); err != nil {
			return tag, errors.Join(err, closed(results))
		}
	}
	s.others = 0
	return tag, results.Close()
}

func (s *pgSession) ship(ctx context.Context) (pgx.BatchResults, []pgStatement) {
	tripped(ctx)
	batch := &pgx.Batch{}
	for _, one := range s.pending {
		batch.Queue(one.text, one.args...)
	}
	sent := s.pending
	s.pending, s.asked = nil, false
	return s.conn.SendBatch(ctx, batch), sent
}

// took reads what became of one of the statements that were sent.
func (s *pgSession) took(results pgx.BatchResults, sent []pgStatement, i int) (pgconn.CommandTag, error) {
	tag, err := sent[i].result(results)
	if err != nil {
		if i < len(sent)-1 {
			err = fmt.Errorf("%q, sent before: %w", shorten(sent[i].text), err)
		}
		if i < s.others {
			s.foreign = err
		}
		s.others = 0
		return tag, err
	}
	s.begun = true
	return tag, nil
}

// result reads what became of the statement; of a question, its answer.
func (one *pgStatement) result(results pgx.BatchResults) (pgconn.CommandTag, error) {
	if one.take == nil {
		return results.Exec()
	}
	answer, err := results.Query()
	rows := &pgRows{Rows: answer}
	for err == nil && rows.Next() {
		err = one.take(rows)
	}
	answer.Close()
	if err = errors.Join(err, answer.Err()); err == nil {
		one.answered()
	}
	return answer.CommandTag(), err
}

// closed reads what is left of results whose error is known already.
func closed(results pgx.BatchResults) error {
	if err := results.Close(); IsAway(err) {
		return err
	}
	return nil
}

// notBegun marks an error that came before the server had answered the BEGIN.
func (s *pgSession) notBegun(err error) error {
	if err == nil || s.begun {
		return err
	}
	return &notBegunError{err}
}

// now runs one statement of the session's own at once, whatever is pending.
func (s *pgSession) now(text string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return s.conn.PgConn().Exec(ctx, text).Close()
}

// undo ends the transaction and keeps nothing of it. What goes with a server
// that is away is no news.
func (s *pgSession) undo() error {
	s.pending, s.asked = nil, false
	if s.conn.IsClosed() || s.conn.PgConn().TxStatus() == 'I' {
		return nil
	}
	if err := s.now("rollback"); err != nil && !IsAway(err) {
		return fmt.Errorf("roll back: %w", err)
	}
	return nil
}

func (s *pgSession) nextOf(sequence string) (string, []any) {
	return `SELECT nextval(CAST(CAST(? AS TEXT) AS regclass))`, []any{sequence}
}

// pgRows are the rows of a query, and the batch that it was the last of.
type pgRows struct {
	pgx.Rows
	batch pgx.BatchResults // nil: it went alone, or is closed
	err   error
}

func (r *pgRows) Next() bool {
	if r.Rows.Next() {
		return true
	}
	r.finish()
	return false
}

func (r *pgRows) Scan(dest ...any) error {
	for i, d := range dest {
		if to, ok := d.(*bool); ok {
			dest[i] = zeroOrOne{to}
		}
	}
	return r.Rows.Scan(dest...)
}

func (r *pgRows) Err() error {
	if r.err != nil {
		return r.err
	}
	return r.Rows.Err()
}

func (r *pgRows) Close() error {
	r.finish()
	return r.Err()
}

func (r *pgRows) finish() {
	r.Rows.Close()
	if r.batch != nil {
		r.err = r.batch.Close()
		r.batch = nil
	}
}

// zeroOrOne scans what stands for truth in a column.
type zeroOrOne struct{ to *bool }

// Scan implements sql.Scanner.
func (z zeroOrOne) Scan(v any) error {
	switch v := v.(type) {
	case bool:
		*z.to = v
	case int64:
		*z.to = v != 0
	default:
		return fmt.Errorf("truth is 0 or 1, not %T", v)
	}
	return nil
}
