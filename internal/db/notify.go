package db

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	noticeName   = "okno"
	heartbeat    = 30 * time.Second // an idle listening connection is tried this often
	patience     = 10 * time.Second // for one exchange with the server
	reconnectMax = 5 * time.Second
)

// voice sends what committed changes announced, after the commit and many at
// once: a NOTIFY inside a transaction makes all commits wait for one another.
type voice struct {
	pool    *pgxpool.Pool
	log     *slog.Logger
	pending *pending
	closing chan struct{}
	closed  chan struct{}
}

func startVoice(pool *pgxpool.Pool, log *slog.Logger) *voice {
	v := &voice{pool: pool, log: log, pending: newPending(), closing: make(chan struct{}), closed: make(chan struct{})}
	go v.run()
	return v
}

func (v *voice) run() {
	defer close(v.closed)
	for {
		select {
		case <-v.closing:
			v.tell()
			return
		case <-v.pending.wake:
			v.tell()
		}
	}
}

// tell drops what cannot be sent: announcements are hints, and whoever missed
// them hears so when its own connection is back.
func (v *voice) tell() {
	said := v.pending.take()
	if len(said) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := say(ctx, v.pool, said); err != nil {
		v.log.Warn("announcements were not sent", "count", len(said), "error", err)
	}
}

func (v *voice) close() {
	close(v.closing)
	<-v.closed
}

func say(ctx context.Context, pool *pgxpool.Pool, said []announcement) error {
	lines := make([]string, len(said))
	for i, a := range said {
		lines[i] = a.topic + "\n" + a.payload
	}
	_, err := pool.Exec(ctx, `SELECT pg_notify($1, line) FROM unnest($2::text[]) AS line`, noticeName, lines)
	return err
}

// ear is the connection that listens for every process's announcements, this
// one's included, and holds this process's place at the database.
type ear struct {
	config *pgx.ConnConfig
	hub    *hub
	log    *slog.Logger
	alone  bool
	guest  bool // only reads, and so takes no place
	pooled bool // found when it last connected
	stop   context.CancelFunc
	closed chan struct{}
}

func startEar(ctx context.Context, config *pgx.ConnConfig, h *hub, o Options) (*ear, error) {
	e := &ear{config: config, hub: h, log: o.Log, alone: o.Alone, guest: o.ReadOnly, closed: make(chan struct{})}
	conn, err := e.connect(ctx)
	if err != nil {
		return nil, err
	}
	life, stop := context.WithCancel(context.Background())
	e.stop = stop
	go e.run(life, conn)
	return e, nil
}

func (e *ear) connect(ctx context.Context) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, e.config)
	if err != nil {
		return nil, &reachError{err}
	}
	e.pooled, err = pooled(ctx, conn)
	if err == nil && !e.guest {
		err = takePlace(ctx, conn, e.alone)
	}
	if err == nil {
		_, err = conn.Exec(ctx, "LISTEN "+noticeName)
	}
	if err != nil {
		hangUp(conn)
		return nil, err
	}
	return conn, nil
}

func (e *ear) run(ctx context.Context, conn *pgx.Conn) {
	defer close(e.closed)
	for conn != nil {
		err := e.hear(ctx, conn)
		hangUp(conn)
		if ctx.Err() != nil {
			return
		}
		e.log.Warn("the listening connection was lost", "error", err)
		if conn = e.reconnect(ctx); conn != nil {
			e.hub.missed()
		}
	}
}

// hear passes announcements on until the connection fails or ctx ends.
func (e *ear) hear(ctx context.Context, conn *pgx.Conn) error {
	for {
		wait, cancel := context.WithTimeout(ctx, heartbeat)
		n, err := conn.WaitForNotification(wait)
		quiet := wait.Err() != nil && ctx.Err() == nil
		cancel()
		switch {
		case err == nil:
			topic, payload, _ := strings.Cut(n.Payload, "\n")
			e.hub.pending.add(announcement{topic, payload})
		case quiet:
			if err := e.ping(ctx, conn); err != nil {
				return err
			}
		default:
			return err
		}
	}
}

func (e *ear) ping(ctx context.Context, conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return conn.Ping(ctx)
}

// reconnect tries until it has a connection; nil when ctx ends first.
func (e *ear) reconnect(ctx context.Context) *pgx.Conn {
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, reconnectMax) {
		conn, err := e.connect(ctx)
		if err == nil {
			return conn
		}
		e.log.Warn("the listening connection is not back", "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

func (e *ear) close() {
	e.stop()
	<-e.closed
}

// hangUp closes a connection that may already be dead; there is nothing to do
// about an error. It gives up this process's place first, which the server would
// do only once it notices that nobody is there.
func hangUp(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, _ = conn.Exec(ctx, `SELECT pg_advisory_unlock_all()`)
	_ = conn.Close(ctx)
}
