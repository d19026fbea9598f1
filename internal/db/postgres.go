package db

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	writeConns    = 8               // connections beside those for reading
	changeRetries = 5               // after a deadlock, a serialization failure or a connection that was gone
	connectTime   = 5 * time.Second // to one of the servers
)

type postgres struct {
	log    *slog.Logger
	pool   *pgxpool.Pool
	texts  placeholders
	writer *pgWriter
	pooled bool // a pooler begins sessions for us, which refuses parameters
	voice  *voice
	ear    *ear

	counted counted
	full    fullness
	away    atomic.Bool // as last seen
	closed  atomic.Bool
}

func openPostgres(ctx context.Context, connection string, h *hub, o Options) (*postgres, error) {
	config, err := pgxpool.ParseConfig(connection)
	if err != nil {
		return nil, err
	}
	if u, err := url.Parse(connection); err != nil || !u.Query().Has("pool_max_conns") {
		config.MaxConns = int32(o.Readers + writeConns)
	}
	config.MaxConnIdleTime = 5 * time.Minute
	if config.ConnConfig.ConnectTimeout == 0 || config.ConnConfig.ConnectTimeout > connectTime {
		config.ConnConfig.ConnectTimeout = connectTime // a server that is gone says nothing
	}
	asOkno(config.ConnConfig.RuntimeParams)
	p := &postgres{log: o.Log, full: fullness{log: o.Log}}
	if p.ear, err = startEar(ctx, config.ConnConfig.Copy(), h, o); err != nil {
		return nil, err
	}
	if p.pooled = p.ear.pooled; p.pooled {
		config.AfterConnect = setEach(sessionParams)
	} else {
		maps.Copy(config.ConnConfig.RuntimeParams, sessionParams)
	}
	if p.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		p.ear.close()
		return nil, err
	}
	p.voice = startVoice(p.pool, o.Log)
	p.writer = startPgWriter(p)
	return p, nil
}

// sessionParams are how the server serves our connections.
var sessionParams = map[string]string{
	// Nothing asked here is worth compiling, whatever the server believes of it.
	"jit": "off",
	// One statement never outlives the change it may belong to.
	"statement_timeout":                   "30000",
	"idle_in_transaction_session_timeout": "60000",
}

func asOkno(params map[string]string) {
	if params["application_name"] == "" {
		params["application_name"] = "okno"
	}
}

func (p *postgres) gone() <-chan struct{} { return nil }

func (p *postgres) dialect() Dialect { return Postgres }

func (p *postgres) write(ctx context.Context, fn func(*Tx) error) error {
	for try := 1; ; try++ {
		tx, err := p.writer.write(ctx, fn)
		p.heed(err)
		if err == nil {
			p.counted.changes.Add(1)
			return nil
		}
		if try > changeRetries || !again(err) && (tx == nil || !again(tx.failed)) {
			p.counted.changes.Add(1)
			return err
		}
		pause := time.Duration(try) * (5*time.Millisecond + rand.N(20*time.Millisecond))
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(pause):
		}
	}
}

func (p *postgres) read(ctx context.Context, fn func(*Tx) error) error {
	return p.tryReading(ctx, fn, p.reading)
}

func (p *postgres) readOne(ctx context.Context, fn func(*Tx) error) error {
	return p.tryReading(ctx, fn, p.asking)
}

// reader runs a callback on a connection. end, if any, is to be called before the
// connection is used again.
type reader func(ctx context.Context, conn *pgx.Conn, fn func(*Tx) error) (tx *Tx, end func(), err error)

// tryReading begins anew where a connection of the pool was gone already.
func (p *postgres) tryReading(ctx context.Context, fn func(*Tx) error, read reader) error {
	for try := 1; ; try++ {
		tx, err := p.readOnce(ctx, fn, read)
		p.heed(err)
		if try > changeRetries || ctx.Err() != nil || !beginAgain(err) && (tx == nil || !beginAgain(tx.failed)) {
			return err
		}
	}
}

func (p *postgres) readOnce(ctx context.Context, fn func(*Tx) error, read reader) (*Tx, error) {
	conn, err := p.pool.Acquire(ctx)
	if err != nil {
		return nil, &notBegunError{&reachError{p.closedOr(err)}}
	}
	ending := false
	defer func() {
		if !ending {
			conn.Release()
		}
	}()
	tx, end, err := read(ctx, conn.Conn(), fn)
	if end != nil {
		ending = true
		go func() { // nobody waits for it
			end()
			conn.Release()
		}()
	}
	return tx, err
}

const beginReading = "begin isolation level repeatable read read only"

// onePlan has a reading's statements planned once for a connection, whatever
// their arguments, as on SQLite: to plan anew costs as much as the answer, and
// what the statistics do not know yet (a new agent, tickets of the last hour)
// leads it astray. Changes do without: their tables are empty now and full in a
// moment, and a plan that was kept would not hear of it.
const onePlan = "set local plan_cache_mode = force_generic_plan"

// reading runs fn over one snapshot, which others wait for.
func (p *postgres) reading(ctx context.Context, conn *pgx.Conn, fn func(*Tx) error) (*Tx, func(), error) {
	return p.over(ctx, newPgSession(conn, &p.texts, beginReading, onePlan), fn)
}

// over runs fn over a session's snapshot.
func (p *postgres) over(ctx context.Context, s *pgSession, fn func(*Tx) error) (*Tx, func(), error) {
	tx := &Tx{ctx: ctx, on: s}
	err := tx.end(guard(fn, tx))
	if err == nil && s.asked {
		s.say("rollback")
		err = s.answers(ctx)
	}
	if s.conn.PgConn().TxStatus() == 'I' {
		return tx, nil, err
	}
	return tx, func() {
		if undone := s.undo(); undone != nil {
			p.log.Warn("a reading did not end", "error", undone)
		}
	}, err
}

// asking runs fn, which asks one question, without a transaction around it. What
// went with the server can be asked again.
func (p *postgres) asking(ctx context.Context, conn *pgx.Conn, fn func(*Tx) error) (*Tx, func(), error) {
	tx := &Tx{ctx: ctx, on: &pgSession{conn: conn, texts: &p.texts}, one: true}
	err := tx.end(guard(fn, tx))
	if err == nil {
		err = tx.on.answers(ctx)
	}
	if err != nil && (IsAway(err) || IsAway(tx.failed)) {
		err = &notBegunError{err}
	}
	return tx, nil, err
}

func (p *postgres) jot(ctx context.Context, text string, args []any) (affected int64, err error) {
	err = p.tryReading(ctx, nil, func(ctx context.Context, conn *pgx.Conn, _ func(*Tx) error) (*Tx, func(), error) {
		affected, err = p.jotting(ctx, conn, text, args)
		return nil, nil, err
	})
	return affected, err
}

// jotting sends a whole transaction at once.
func (p *postgres) jotting(ctx context.Context, conn *pgx.Conn, text string, args []any) (affected int64, err error) {
	s := newPgSession(conn, &p.texts, "begin")
	s.say("set local synchronous_commit = off")
	tx := &Tx{ctx: ctx, on: s}
	if err := tx.Send(text, args...); err != nil {
		return 0, err
	}
	s.say("commit")
	results, sent := s.ship(ctx)
	for i := range sent {
		tag, failed := s.took(results, sent, i)
		if err = failed; err != nil {
			break
		}
		if i == len(sent)-2 {
			affected = tag.RowsAffected()
		}
	}
	if err = errors.Join(err, closed(results)); err != nil && IsAway(err) {
		err = &notBegunError{err}
	}
	if undone := s.undo(); undone != nil {
		p.log.Warn("a note did not end", "error", undone)
	}
	return affected, err
}

// again tells whether err is PostgreSQL's word that another try may do, or
// nothing was tried yet.
func again(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01") || beginAgain(err)
}

// heed notes whether the server is there: said once when it goes and once when
// it is back. After a failover every connection is to a server that is gone or
// takes no changes any more.
func (p *postgres) heed(err error) {
	p.full.heed(err)
	switch {
	case err == nil:
		if p.away.CompareAndSwap(true, false) {
			p.log.Info("the database is back")
		}
	case IsAway(err) && !p.closed.Load():
		if p.away.CompareAndSwap(false, true) {
			p.log.Warn("the database is away", "error", err)
			p.pool.Reset()
		}
	}
}

// closedOr names the reason when no connection is to be had because of Close.
func (p *postgres) closedOr(err error) error {
	if p.closed.Load() {
		return ErrClosed
	}
	return err
}

func (p *postgres) announce(ctx context.Context, a announcement) error {
	if err := say(ctx, p.pool, []announcement{a}); err != nil {
		return p.closedOr(err)
	}
	return nil
}

func (p *postgres) migrate(ctx context.Context, files fs.FS, last int64) error {
	config := p.patient() // a large table takes the time it takes
	p.sortInMemory(config)
	pool := stdlib.OpenDB(*config)
	return errors.Join(migratePostgres(ctx, pool, files, last, p.log), pool.Close())
}

// sortInMemory lets a connection make indexes faster; behind a pooler it takes
// the server's own time.
func (p *postgres) sortInMemory(config *pgx.ConnConfig) {
	if !p.pooled {
		config.RuntimeParams["maintenance_work_mem"] = sortMemory
	}
}

func (p *postgres) close() error {
	p.closed.Store(true)
	p.writer.close()
	p.voice.close()
	p.ear.close()
	p.pool.Close()
	return nil
}
