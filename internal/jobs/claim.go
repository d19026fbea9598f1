package jobs

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/oknodesk/okno/internal/db"
)

const (
	claimMost = 64 // jobs of a kind claimed in one change
	ahead     = 4  // claimed jobs per worker, so that a claim is worth its commit
	farOff    = time.Hour

	renewedAtOnce = 64                    // leases
	trusted       = 5                     // attempts; a job that was in hand at more ends of a process may be what ends them
	passedBy      = 50 * time.Millisecond // another runner is just taking what is due
	lookAgain     = 50 * time.Millisecond // whether people still wait
)

// held is a job in this runner's hand.
type held struct {
	job    Job
	kind   *kind
	cancel context.CancelFunc // of its handler; nil until it begins
	traced slog.Attr          // which trace it is, for the log
}

// free returns how many jobs of the kind may still be taken in hand.
func (k *kind) free() int { return ahead*k.o.Workers - len(k.queue) - k.busy }

// wants reports whether it is worth a claim: there may be something due, and
// the hands are not nearly full.
func (k *kind) wants() bool { return k.look && k.free() >= k.o.Workers }

// sweep claims what is due and begins it, until the hands are full or nothing
// is due; it returns how long nothing more will be, unless it is woken.
func (r *Runner) sweep(ctx, life context.Context) (time.Duration, error) {
	if err := r.letGo(ctx); err != nil {
		return 0, err
	}
	for {
		now := r.now()
		due, err := r.due(ctx, now)
		if err != nil {
			return 0, err
		}
		if len(due) == 0 {
			r.begin(life, nil)
			return r.pause(now), nil
		}
		got, err := r.claim(ctx, life, now, due)
		if err != nil {
			r.doubts()
			return 0, err
		}
		if got == 0 {
			return passedBy, nil
		}
	}
}

// pause is the time until the next job of any kind is due, bounded. Whether what
// gives way still must is soon looked at: those at work may be so for long.
func (r *Runner) pause(now time.Time) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	pause := farOff
	for _, k := range r.kinds {
		if !k.look && !k.next.IsZero() {
			pause = min(pause, k.next.Sub(now))
		}
		if len(k.queue) > 0 && k.busy < k.o.Workers {
			pause = min(pause, lookAgain)
		}
	}
	if r.db.Dialect() == db.Postgres {
		pause = min(pause, pollPostgres)
	}
	return pause
}

// due tells, without writing, which kinds with free hands have something due. A
// kind that nothing was announced of since it was last looked at is asked again
// when its next job is due.
func (r *Runner) due(ctx context.Context, now time.Time) (due []*kind, err error) {
	r.mu.Lock()
	var asked []*kind
	for _, k := range r.kinds {
		k.look = k.look || !k.next.IsZero() && !k.next.After(now)
		if k.wants() {
			k.look = false
			asked = append(asked, k)
		}
	}
	r.mu.Unlock()
	if len(asked) == 0 {
		return nil, nil
	}
	next, err := r.nextOf(ctx, asked)
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, k := range asked {
		k.next = next[i]
		if k.look = k.look || err != nil; err == nil && !k.next.IsZero() && !k.next.After(now) {
			k.look = true // there may be more than will be claimed
			due = append(due, k)
		}
	}
	return due, err
}

// nextOf tells when the next job of each kind is due that this runner has not
// in hand; zero: there is none.
func (r *Runner) nextOf(ctx context.Context, kinds []*kind) ([]time.Time, error) {
	answers := make([]*db.Asked[time.Time], len(kinds))
	read := r.db.Read
	if len(kinds) == 1 {
		read = r.db.ReadOne
	}
	err := read(db.Ahead(ctx), func(tx *db.Tx) error {
		for i, k := range kinds {
			answers[i] = db.Ask(tx, micros, `SELECT due_at FROM job
				WHERE kind = ? AND dead_at IS NULL AND (claim IS NULL OR claim <> ?)
				ORDER BY due_at, id LIMIT 1`, k.name, r.name)
		}
		return nil
	})
	next := make([]time.Time, len(kinds))
	for i, a := range answers {
		if err != nil {
			break
		}
		if next[i], err = a.First(); errors.Is(err, db.ErrNotFound) {
			err = nil
		}
	}
	return next, err
}

func micros(row db.Scanner) (time.Time, error) {
	var at int64
	if err := row.Scan(&at); err != nil {
		return time.Time{}, err
	}
	return time.UnixMicro(at).UTC(), nil
}

// claim takes what is due in hand and returns how many rows it took. A job
// whose last lease ran out with its last attempt is buried instead.
func (r *Runner) claim(ctx, life context.Context, now time.Time, due []*kind) (got int, err error) {
	claims := make([]*db.Asked[Job], len(due))
	err = r.db.Write(ctx, func(tx *db.Tx) error {
		for i, k := range due {
			r.mu.Lock()
			limit := min(k.free(), claimMost)
			r.mu.Unlock()
			claims[i] = db.Ask(tx, scanJob, r.claimText(), now.Add(k.o.Lease).UnixMicro(), r.name,
				k.name, now.UnixMicro(), r.name, max(limit, 0))
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	var taken, ended []*held
	for i, k := range due {
		jobs, err := claims[i].All()
		if err != nil {
			return 0, err
		}
		got += len(jobs)
		for _, j := range jobs {
			j.claim, j.done = r.name, new(atomic.Bool)
			if j.Attempt > k.o.MaxAttempts {
				ended = append(ended, &held{job: j, kind: k})
			} else {
				taken = append(taken, &held{job: j, kind: k})
			}
		}
	}
	r.begin(life, taken)
	return got, r.buryAll(ctx, now, ended)
}

// doubts notes that the database may have kept a claim that the runner did not
// hear of, or have a job whose outcome it did not take.
func (r *Runner) doubts() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.doubt = true
}

// letGo makes due what this runner has claimed and not in hand, where there may
// be such: no other takes it up while this one is alone, and it does not look at
// its own.
func (r *Runner) letGo(ctx context.Context) error {
	r.mu.Lock()
	doubt, args := r.doubt, []any{r.now().UnixMicro(), r.name}
	r.doubt = false
	for id := range r.inHand {
		args = append(args, id)
	}
	r.mu.Unlock()
	if !doubt {
		return nil
	}
	err := r.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE job SET claim = NULL, due_at = ? WHERE claim = ? AND dead_at IS NULL AND id NOT IN (0`+strings.Repeat(", ?", len(args)-2)+`)`, args...)
		return err
	})
	if err != nil {
		r.doubts()
	}
	return err
}

// buryAll buries jobs whose attempts have all ended without an answer.
func (r *Runner) buryAll(ctx context.Context, now time.Time, ended []*held) error {
	if len(ended) == 0 {
		return nil
	}
	return r.db.Write(ctx, func(tx *db.Tx) error {
		for _, h := range ended {
			if err := bury(tx, r.name, h.job.ID, now, errNoAnswer); err != nil {
				return err
			}
		}
		return nil
	})
}

// claimText takes over what is due, be it unclaimed or claimed by a runner
// whose lease has ended. On PostgreSQL runners pass by each other's rows.
func (r *Runner) claimText() string {
	return `UPDATE job SET due_at = ?, claim = ?, attempt = attempt + 1 WHERE id IN (
		SELECT id FROM job WHERE kind = ? AND dead_at IS NULL AND due_at <= ? AND (claim IS NULL OR claim <> ?)
		ORDER BY due_at, id LIMIT ?` + r.passingBy() + `) RETURNING id, kind, v, payload, attempt, put_at, unique_key IS NOT NULL`
}

// passingBy stands at the end of a SELECT of rows to change: not those that
// somebody else is at.
func (r *Runner) passingBy() string {
	if r.db.Dialect() == db.Postgres {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}

// inherit makes due what a dead process had in hand. A job that was there too
// often waits its lease out, so that one that ends processes does it seldom; a
// duty may always be there.
func (r *Runner) inherit(tx *db.Tx) error {
	for _, k := range r.kinds {
		often := trusted
		if slices.Contains(r.duties, k.name) {
			often = k.o.MaxAttempts
		}
		if _, err := tx.Exec(`UPDATE job SET claim = NULL, due_at = ?
			WHERE kind = ? AND dead_at IS NULL AND claim IS NOT NULL AND attempt <= ?`, r.now().UnixMicro(), k.name, often); err != nil {
			return err
		}
	}
	return nil
}

func scanJob(row db.Scanner) (Job, error) {
	var j Job
	var put int64
	var payload string
	err := row.Scan(&j.ID, &j.Kind, &j.V, &payload, &j.Attempt, &put, &j.keyed)
	j.Payload, j.Put = []byte(payload), time.UnixMicro(put).UTC()
	return j, err
}

// renew lengthens the leases of all in hand; a job whose lease was lost to
// another runner has its handler's context cancelled.
func (r *Runner) renew(ctx context.Context) {
	r.mu.Lock()
	byLease := map[time.Duration][]*held{}
	for _, h := range r.inHand {
		byLease[h.kind.o.Lease] = append(byLease[h.kind.o.Lease], h)
	}
	r.mu.Unlock()
	if len(byLease) == 0 {
		return
	}
	kept := map[int64]bool{}
	err := r.db.Write(ctx, func(tx *db.Tx) error {
		clear(kept)
		for lease, all := range byLease {
			for some := range slices.Chunk(all, renewedAtOnce) {
				if err := r.renewSome(tx, lease, some, kept); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		r.log.Warn("leases were not renewed", "error", err)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, all := range byLease {
		for _, h := range all {
			if !kept[h.job.ID] && h.cancel != nil {
				h.cancel()
			}
		}
	}
}

// renewSome lengthens the leases of some jobs, and says whose it has kept. What
// is just being ended it passes by: to wait for one while others wait for it
// would be a deadlock. The next time comes long before such a lease ends.
func (r *Runner) renewSome(tx *db.Tx, lease time.Duration, some []*held, kept map[int64]bool) error {
	args := []any{r.name}
	for _, h := range some {
		args = append(args, h.job.ID)
	}
	ours := `SELECT id FROM job WHERE claim = ? AND id IN (?` + strings.Repeat(", ?", len(some)-1) + `)`
	if err := tx.Send(`UPDATE job SET due_at = ? WHERE id IN (`+ours+r.passingBy()+`)`, append([]any{r.now().Add(lease).UnixMicro()}, args...)...); err != nil {
		return err
	}
	ids, err := db.Collect(tx, scanID, ours, args...)
	for _, id := range ids {
		kept[id] = true
	}
	return err
}

// settled tells whether nothing of the kinds handled here is due or claimed.
func (r *Runner) settled(ctx context.Context) (settled bool, err error) {
	waiting := make([]*db.Asked[time.Time], len(r.kinds))
	if err := r.db.Read(ctx, func(tx *db.Tx) error {
		for i, k := range r.kinds {
			waiting[i] = db.Ask(tx, micros, `SELECT due_at FROM job
				WHERE kind = ? AND dead_at IS NULL AND (due_at <= ? OR claim IS NOT NULL) LIMIT 1`, k.name, r.now().UnixMicro())
		}
		return nil
	}); err != nil {
		return false, err
	}
	for _, w := range waiting {
		if due, err := w.All(); err != nil || len(due) > 0 {
			return false, err
		}
	}
	return true, nil
}
