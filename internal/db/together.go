package db

import (
	"context"
	"errors"
	"iter"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// errBrokenOff ends a part of a reading because one before it failed.
var errBrokenOff = errors.New("a part of the reading before this one failed")

// Together runs parts of a reading as if one after another: they only ask, and
// the first error ends it. On PostgreSQL they take turns: each runs until it
// waits for an answer, then what all of them ask goes in one round trip. Parts
// may have parts of their own, and never run at the same moment.
func (tx *Tx) Together(parts ...func(*Tx) error) error {
	on, takesTurns := tx.on.(pgAsked)
	if !takesTurns || tx.one || len(parts) < 2 {
		for _, part := range parts {
			if err := part(tx); err != nil {
				return err
			}
		}
		return nil
	}
	if _, err := tx.ready("", nil); err != nil {
		return err
	}
	turns := &pgTurns{tx: tx, all: make([]*pgPart, len(parts)), failed: len(parts)}
	for i, part := range parts {
		turns.all[i] = newPgPart(tx, on.session(), part)
		defer turns.all[i].stop()
	}
	err := turns.take(on)
	if turns.failed < len(parts) {
		failed := turns.all[turns.failed]
		if err = failed.err; failed.tx.failed != nil {
			tx.failed = failed.tx.failed
		}
	}
	return err
}

// Running is the part of the reading that runs now: tx itself, or one of those
// that it was given to Together.
func (tx *Tx) Running() *Tx {
	if tx.running != nil {
		return tx.running
	}
	return tx
}

// pgAsked takes several questions at once: a transaction, or a part of one.
type pgAsked interface {
	session() *pgSession
	// together sends questions in one round trip and calls read once, which takes
	// one result for each of them; where there are none, err says why.
	together(ctx context.Context, questions []pgStatement, read func(answers pgAnswers, err error)) error
}

// pgAnswers are the results of a batch, one after another.
type pgAnswers interface {
	Query() (pgx.Rows, error)
	Exec() (pgconn.CommandTag, error)
}

func (s *pgSession) session() *pgSession { return s }

func (s *pgSession) together(ctx context.Context, questions []pgStatement, read func(pgAnswers, error)) error {
	s.pending = append(s.pending, questions...)
	results, sent := s.ship(ctx)
	for i := range len(sent) - len(questions) {
		if _, err := s.took(results, sent, i); err != nil {
			err = s.notBegun(errors.Join(err, closed(results)))
			read(nil, err)
			return err
		}
	}
	s.others = 0
	read(results, nil)
	return results.Close()
}

// pgTurns are parts of a reading that take turns.
type pgTurns struct {
	tx     *Tx
	all    []*pgPart
	failed int // the first of them that failed, which ends those behind it; len(all): none
}

// take lets each part run to its first question, then all of them from one
// round trip to the next until they are over.
func (t *pgTurns) take(on pgAsked) error {
	for i := 0; i < t.failed; i++ {
		t.goOn(i, nil, nil)
	}
	for {
		var asking []int
		var questions []pgStatement
		for i, p := range t.all[:t.failed] {
			if !p.over {
				asking, questions = append(asking, i), append(questions, p.questions...)
			}
		}
		if len(asking) == 0 {
			return nil
		}
		if err := on.together(t.tx.ctx, questions, func(answers pgAnswers, err error) {
			for _, i := range asking {
				t.answer(i, answers, err)
			}
		}); err != nil {
			return t.tx.fail("questions asked together", err)
		}
	}
}

// answer takes a part's answers from the batch, also where nobody wants them any
// longer: those behind them are another's.
func (t *pgTurns) answer(i int, answers pgAnswers, err error) {
	if i < t.failed {
		t.goOn(i, answers, err)
		return
	}
	for range t.all[i].questions {
		if err == nil {
			_, err = answers.Exec()
		}
	}
}

func (t *pgTurns) goOn(i int, answers pgAnswers, err error) {
	p := t.all[i]
	p.given, p.none = answers, err
	before := p.top.running
	p.top.running = p.tx
	_, p.over = p.next()
	p.over = !p.over
	p.top.running = before
	if p.over && p.err != nil {
		t.failed = i
	}
}

// pgPart is one part of a reading. It runs until it asks, and goes on with the
// answers.
type pgPart struct {
	tx    *Tx // its own
	top   *Tx // of the whole reading
	on    *pgSession
	next  func() (struct{}, bool)
	stop  func()
	pause func(struct{}) bool // until there are answers; false: there will be none

	questions []pgStatement
	given     pgAnswers // to the questions
	none      error     // why there are no answers
	over      bool
	err       error // of the part, once it is over
}

func newPgPart(of *Tx, on *pgSession, part func(*Tx) error) *pgPart {
	p := &pgPart{on: on, top: of.top}
	if p.top == nil {
		p.top = of
	}
	p.tx = &Tx{ctx: of.ctx, on: p, top: p.top}
	p.next, p.stop = iter.Pull(func(pause func(struct{}) bool) {
		p.pause = pause
		p.err = p.tx.end(guard(part, p.tx))
	})
	return p
}

func (p *pgPart) session() *pgSession { return p.on }

func (p *pgPart) together(_ context.Context, questions []pgStatement, read func(pgAnswers, error)) error {
	p.questions = questions
	if !p.pause(struct{}{}) {
		p.none = errBrokenOff
	}
	read(p.given, p.none)
	return p.none
}

func (p *pgPart) query(ctx context.Context, text string, args []any) (cursor, error) {
	var rows pgx.Rows
	var err error
	question := pgStatement{text: p.on.texts.number(text), args: args}
	lost := p.together(ctx, []pgStatement{question}, func(answers pgAnswers, none error) {
		if err = none; err == nil {
			rows, err = answers.Query()
		}
	})
	if err = errors.Join(err, lost); err != nil {
		return nil, err
	}
	return &pgRows{Rows: rows}, nil
}

func (p *pgPart) ask(ctx context.Context, text string, args []any, take func(Scanner) error, answered func()) error {
	return p.on.ask(ctx, text, args, take, answered)
}

// answers are there after the next round trip, which the part may ask nothing
// of its own in.
func (p *pgPart) answers(ctx context.Context) error {
	if !p.on.asked {
		return nil
	}
	return p.together(ctx, nil, func(pgAnswers, error) {})
}

var errOnlyAsks = errors.New("a part of a reading only asks")

func (p *pgPart) exec(context.Context, string, []any) (int64, error) { return 0, errOnlyAsks }
func (p *pgPart) send(context.Context, string, []any) error          { return errOnlyAsks }
func (p *pgPart) nextOf(sequence string) (string, []any)             { return p.on.nextOf(sequence) }
func (p *pgPart) dialect() Dialect                                   { return Postgres }
