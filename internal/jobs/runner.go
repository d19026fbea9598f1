package jobs

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"time"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/trace"
)

const (
	defaultWorkers  = 4
	defaultLease    = 30 * time.Second
	defaultAttempts = 20
	firstBackoff    = 5 * time.Second
	lastBackoff     = time.Hour

	pollPostgres = 5 * time.Second  // an announcement of another process may be lost
	handTime     = 15 * time.Second // for handlers to end once Run is told to
	letGoTime    = 5 * time.Second  // for them to heed their cancelled context
	oddPause     = time.Second      // after the database refused
)

// Options are how a kind is worked; zero values mean the defaults.
type Options struct {
	Workers     int                             // handlers at once in this process; 4
	Lease       time.Duration                   // renewed while a handler runs; a dead process's jobs wait it out; 30 s
	MaxAttempts int                             // then the job is dead; 20
	Backoff     func(attempt int) time.Duration // from a failed attempt (1 at first) to the next; 5 s doubling up to 1 h
	Inward      bool                            // what comes of it are changes only, nothing leaves: it reads ahead (db.Ahead)
}

func (o Options) orDefaults() Options {
	if o.Workers <= 0 {
		o.Workers = defaultWorkers
	}
	if o.Lease <= 0 {
		o.Lease = defaultLease
	}
	if o.MaxAttempts <= 0 {
		o.MaxAttempts = defaultAttempts
	}
	if o.Backoff == nil {
		o.Backoff = doubling
	}
	return o
}

func doubling(attempt int) time.Duration {
	pause := firstBackoff
	for range attempt - 1 {
		if pause *= 2; pause >= lastBackoff {
			return lastBackoff
		}
	}
	return pause
}

// Runner works jobs off. Several may share a database.
type Runner struct {
	db   *db.DB
	now  func() time.Time
	log  *slog.Logger
	name string // of its claims
	wake chan struct{}
	busy func() bool // nil: never
	seen func(kind, outcome string, took time.Duration)

	trace *trace.Tracer // nil: none

	mu       sync.Mutex
	kinds    []*kind // in the order they were given
	duties   []string
	running  bool
	promised bool // the periodic duties are put
	alone    bool
	lease    time.Duration // of periodic duties; 0: the default
	stopping bool
	inHand   map[int64]*held
	doubt    bool          // its claims may be on more than is in its hand
	idle     chan struct{} // closed and renewed whenever a job leaves the hand
}

// kind is what this process can work on.
type kind struct {
	name    string
	o       Options
	handler func(context.Context, Job) error
	queue   []*held   // claimed, not begun
	busy    int       // handlers under way
	begun   time.Time // when the last was, whatever the house's clock says
	look    bool      // something may be due
	next    time.Time // when the next was due at the last look; zero: there was none
}

// NewRunner returns a runner that works nothing yet. All times are now's; when
// that clock is moved by hand, call Wake.
func NewRunner(d *db.DB, now func() time.Time, log *slog.Logger) *Runner {
	return &Runner{db: d, now: now, log: log, name: rand.Text(), wake: make(chan struct{}, 1),
		inHand: make(map[int64]*held), idle: make(chan struct{}), seen: func(string, string, time.Duration) {}}
}

// Handle has h work the jobs of a kind: nil means done; Cancel, Later and other
// errors mean what they say. A panic is a failed attempt. h's context ends when
// its lease is lost or the runner must stop. Handle is called before Run, once
// for a kind; kinds nobody handles here are left alone.
func (r *Runner) Handle(name string, o Options, h func(context.Context, Job) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running {
		panic("jobs: Handle after Run")
	}
	for _, k := range r.kinds {
		if k.name == name {
			panic("jobs: two handlers for " + name)
		}
	}
	r.kinds = append(r.kinds, &kind{name: name, o: o.orDefaults(), handler: h, look: true})
}

// Every has fn called once in each period, by one of the processes that share
// the database, the first time at once. A failure is logged and waits for the
// next period. It is called before Run.
func (r *Runner) Every(name string, every time.Duration, fn func(context.Context) error) {
	kind := "every:" + name
	o := Options{Workers: 1, Lease: r.lease, MaxAttempts: math.MaxInt32} // a period that killed its process does not end the duty
	r.Handle(kind, o, func(ctx context.Context, j Job) error {
		err := fn(ctx)
		if err == nil {
			err = errors.New("once in each period")
		} else {
			r.log.Error("a periodic duty failed", "name", name, "error", err)
		}
		return Later(r.now().Truncate(every).Add(every), err)
	})
	r.duties = append(r.duties, kind)
}

// Alone says that no other process works on this database while this one does,
// and no other runner on the same kinds: what a dead one had in hand is due when
// Run begins, not when its lease ends. It is called before Run.
func (r *Runner) Alone() { r.alone = true }

// Lease sets how long a dead process's periodic duties wait until another takes
// them up. It is called before Every.
func (r *Runner) Lease(d time.Duration) { r.lease = d }

// GiveWay has the jobs of a kind work one at a time while busy says that people
// wait for answers: a burst is taken in first and worked off behind. What arose
// 15 s ago is begun beside those at work once none was begun for 100 ms. It is
// called before Run.
func (r *Runner) GiveWay(busy func() bool) { r.busy = busy }

// Observe has fn hear of each attempt at a job: its kind, what came of it
// ("done", "later", "failed", "dead" or "stopped") and how long it took. It is
// called before Run.
func (r *Runner) Observe(fn func(kind, outcome string, took time.Duration)) { r.seen = fn }

// Trace has each attempt at a job begin a trace. It is called before Run.
func (r *Runner) Trace(t *trace.Tracer) { r.trace = t }

// Wake makes the runner look now: the clock was moved, or something is due.
func (r *Runner) Wake() { r.suspect("") }

// suspect makes the runner look whether a kind ("": any) has something due.
func (r *Runner) suspect(name string) {
	r.mu.Lock()
	for _, k := range r.kinds {
		k.look = k.look || name == "" || k.name == name
	}
	r.mu.Unlock()
	r.rouse()
}

func (r *Runner) rouse() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run works jobs off until ctx ends; then it begins no more, waits for the
// handlers under way, cancels them after 15 s and gives back what is unfinished.
// It returns an error only if a handler would not end.
func (r *Runner) Run(ctx context.Context) error {
	r.mu.Lock()
	r.running, r.stopping = true, false
	r.mu.Unlock()
	defer r.db.Listen(topic, r.suspect)()
	life, end := context.WithCancel(context.WithoutCancel(ctx)) // of the handlers
	defer end()
	renewal := time.NewTicker(r.renewEvery())
	defer renewal.Stop()

	for begun := false; !begun || ctx.Err() == nil; begun = true { // even one that is stopped at once leaves nothing in a dead one's hand
		pause, err := oddPause, r.promise(life)
		if err == nil {
			pause, err = r.sweep(ctx, life)
		}
		if err != nil && ctx.Err() == nil {
			r.log.Error("jobs cannot be claimed", "error", err)
			pause = oddPause
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-r.wake:
		case <-timer.C:
			r.suspect("") // an announcement may have been lost
		case <-renewal.C:
			r.renew(ctx)
		}
		timer.Stop()
	}
	return r.stop(life, end, renewal.C)
}

// renewEvery is often enough for the shortest lease.
func (r *Runner) renewEvery() time.Duration {
	shortest := defaultLease
	for _, k := range r.kinds {
		shortest = min(shortest, k.o.Lease)
	}
	return max(shortest/3, time.Millisecond)
}

// promise puts the periodic duties, once, before anything is claimed; those
// already there keep their time.
func (r *Runner) promise(life context.Context) error {
	if r.promised {
		return nil
	}
	ctx, cancel := context.WithTimeout(life, letGoTime)
	defer cancel()
	err := r.db.Write(ctx, func(tx *db.Tx) error {
		if r.alone {
			if err := r.inherit(tx); err != nil {
				return err
			}
		}
		for _, kind := range r.duties {
			if err := Put(tx, r.now(), New{Kind: kind, V: 1, Key: "once"}); err != nil {
				return err
			}
		}
		return nil
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	r.promised = err == nil
	return err
}

// stop gives back what was not begun and waits for what was.
func (r *Runner) stop(life context.Context, end func(), renewal <-chan time.Time) error {
	r.mu.Lock()
	r.stopping = true
	var unbegun []*held
	for _, k := range r.kinds {
		unbegun = append(unbegun, k.queue...)
		k.queue = nil
	}
	r.mu.Unlock()
	for _, h := range unbegun {
		r.record(h, errStopped)
	}
	bound := time.After(handTime)
	ended := false
	for {
		r.mu.Lock()
		left, idle := len(r.inHand), r.idle
		r.mu.Unlock()
		if left == 0 {
			return nil
		}
		select {
		case <-idle:
		case <-renewal:
			r.renew(life)
		case <-bound:
			if ended {
				return fmt.Errorf("%d jobs would not stop", left)
			}
			end()
			ended = true
			bound = time.After(letGoTime)
		}
	}
}

// Settle returns when no job of the kinds handled here is due or in hand. It is
// for tests and demonstrations, and needs Run to be under way.
func (r *Runner) Settle(ctx context.Context) error {
	for {
		r.mu.Lock()
		idle, promised, inHand := r.idle, r.promised, len(r.inHand) > 0
		r.mu.Unlock()
		if inHand { // no need to ask
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-idle:
				continue
			}
		}
		settled, err := r.settled(ctx)
		if settled && promised || err != nil {
			return err
		}
		r.Wake()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-idle:
		case <-time.After(20 * time.Millisecond): // another process's work is not told to us
		}
	}
}
