package db

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	writeConns    = 8                // connections beside those for reading
	changeTime    = 30 * time.Second // a change begun ends within this
	changeRetries = 5                // after a deadlock, a serialization failure or a connection that was gone
	connectTime   = 5 * time.Second  // to one of the servers
)

type postgres struct {
	log   *slog.Logger
	pool  *pgxpool.Pool
	sql   *sql.DB // the same pool in database/sql's dress
	texts placeholders
	voice *voice
	ear   *ear

	counted counted
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
	p := &postgres{log: o.Log}
	if p.ear, err = startEar(ctx, config.ConnConfig.Copy(), h, o); err != nil {
		return nil, err
	}
	// One statement never outlives the change it may belong to.
	config.ConnConfig.RuntimeParams["statement_timeout"] = "30000"
	config.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = "60000"
	if p.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		p.ear.close()
		return nil, err
	}
	p.sql = stdlib.OpenDBFromPool(p.pool)
	p.voice = startVoice(p.pool, o.Log)
	return p, nil
}

func asOkno(params map[string]string) {
	if params["application_name"] == "" {
		params["application_name"] = "okno"
	}
}

func (p *postgres) dialect() Dialect { return Postgres }

func (p *postgres) write(ctx context.Context, fn func(*Tx) error) error {
	for try := 1; ; try++ {
		tx, err := p.once(ctx, fn)
		p.heed(err)
		if err == nil {
			p.counted.changes.Add(1)
			p.counted.commits.Add(1)
			p.voice.pending.add(tx.said...)
			for _, f := range tx.onCommit {
				f()
			}
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

// once runs fn in one transaction. The caller's context ends with the wait for
// a connection: cancelling later would cost the connection and leave it open
// whether the commit had happened.
func (p *postgres) once(ctx context.Context, fn func(*Tx) error) (*Tx, error) {
	conn, err := p.sql.Conn(ctx)
	if err != nil {
		return nil, &notBegunError{p.closedOr(err)}
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), changeTime)
	defer cancel()
	return p.within(ctx, conn, nil, fn)
}

// read begins anew where a connection of the pool was gone already.
func (p *postgres) read(ctx context.Context, fn func(*Tx) error) error {
	for try := 1; ; try++ {
		err := p.readOnce(ctx, fn)
		p.heed(err)
		if try > changeRetries || !beginAgain(err) || ctx.Err() != nil {
			return err
		}
	}
}

func (p *postgres) readOnce(ctx context.Context, fn func(*Tx) error) error {
	conn, err := p.sql.Conn(ctx)
	if err != nil {
		return &notBegunError{p.closedOr(err)}
	}
	defer conn.Close()
	_, err = p.within(ctx, conn, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, fn)
	return err
}

func (p *postgres) within(ctx context.Context, conn *sql.Conn, o *sql.TxOptions, fn func(*Tx) error) (tx *Tx, err error) {
	begun, err := conn.BeginTx(ctx, o)
	if err != nil {
		return nil, &notBegunError{err}
	}
	done := false
	defer func() {
		if !done {
			// What goes with a server that is away is no news.
			if failed := begun.Rollback(); failed != nil && !errors.Is(failed, sql.ErrTxDone) && !IsAway(err) {
				p.log.Warn("rollback failed", "error", failed)
			}
		}
	}()
	tx = &Tx{ctx: ctx, on: &pgSession{conn, begun, &p.texts}}
	if err := tx.end(guard(fn, tx)); err != nil {
		return tx, err
	}
	done = true
	return tx, begun.Commit()
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
	pool := p.unbounded() // a large table takes the time it takes
	return errors.Join(migratePostgres(ctx, pool, files, last, p.log), pool.Close())
}

func (p *postgres) close() error {
	p.closed.Store(true)
	p.voice.close()
	p.ear.close()
	err := p.sql.Close()
	p.pool.Close()
	return err
}

type pgSession struct {
	conn  *sql.Conn
	tx    *sql.Tx
	texts *placeholders
}

func (s *pgSession) exec(ctx context.Context, text string, args []any) (sql.Result, error) {
	return s.tx.ExecContext(ctx, s.texts.number(text), args...)
}

func (s *pgSession) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	return s.tx.QueryContext(ctx, s.texts.number(text), args...)
}

func (s *pgSession) nextOf(sequence string) (string, []any) {
	return `SELECT nextval(CAST(CAST(? AS TEXT) AS regclass))`, []any{sequence}
}
