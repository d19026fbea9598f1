package jobs

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/trace"
)

var (
	errStopped = errors.New("the program stopped before it was done")
	errNoWord  = errors.New("the handler ended its goroutine")
)

const (
	recordTime = 30 * time.Second
	patience   = 15 * time.Second       // that a job waits for those at work while people wait
	oneMore    = 100 * time.Millisecond // without another being begun: it is
)

// begin takes claimed jobs in hand and starts as many as there are workers.
func (r *Runner) begin(life context.Context, taken []*held) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, h := range taken {
		r.inHand[h.job.ID] = h
		h.kind.queue = append(h.kind.queue, h)
	}
	for _, k := range r.kinds {
		r.start(life, k)
	}
}

// start begins the next of a kind while a worker is free. r.mu is held.
func (r *Runner) start(life context.Context, k *kind) {
	for !r.stopping && len(k.queue) > 0 && k.busy < k.o.Workers && r.may(k) {
		h := k.queue[0]
		k.queue = k.queue[1:]
		k.busy++
		k.begun = time.Now()
		ctx, cancel := context.WithCancel(life)
		h.cancel = cancel
		if k.o.Inward {
			ctx = db.Ahead(ctx)
		}
		go r.work(life, ctx, h)
	}
}

// may reports whether the next of a kind may begin though people may wait: then
// it does where none of its kind is at work, or when it has waited for long and
// none was begun a moment ago. So nothing waits for one that waits for a slow
// relay, and a backlog never takes all that people need. r.mu is held.
func (r *Runner) may(k *kind) bool {
	if r.busy == nil || !r.busy() || k.busy == 0 {
		return true
	}
	return r.now().Sub(k.queue[0].job.Put) >= patience && time.Since(k.begun) >= oneMore
}

// work calls the handler, records what came of it and begins the next.
func (r *Runner) work(life, ctx context.Context, h *held) {
	err := errNoWord
	begun := time.Now()
	ctx, span := r.trace.Begin(ctx, "job "+h.job.Kind, trace.WorksOff, trace.Attr{Key: "okno.job.kind", Text: h.job.Kind})
	h.traced = trace.InLog(ctx)
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
			r.log.Error("a job's handler panicked", "kind", h.job.Kind, "id", h.job.ID, "panic", v, "stack", string(debug.Stack()), h.traced)
		}
		if err != nil && life.Err() != nil {
			err = errStopped
		}
		h.cancel()
		came := h.came(err)
		r.seen(h.job.Kind, came, time.Since(begun))
		span.End(came == "failed" || came == "dead", trace.Attr{Key: "okno.job.outcome", Text: came})
		r.record(h, err)
		r.mu.Lock()
		defer r.mu.Unlock()
		h.kind.busy--
		r.start(life, h.kind)
		if h.kind.wants() {
			r.rouse()
		}
	}()
	err = h.kind.handler(ctx, h.job)
}

// came names what came of an attempt.
func (h *held) came(err error) string {
	var last *cancelled
	var later *postponed
	switch {
	case err == nil || h.job.done.Load():
		return "done"
	case errors.Is(err, errStopped):
		return "stopped"
	case errors.As(err, &later):
		return "later"
	case errors.As(err, &last), h.job.Attempt >= h.kind.o.MaxAttempts:
		return "dead"
	}
	return "failed"
}

// record writes what came of a job, unless its handler has, however often the
// database must be asked, and lets go of it. If that is given up, it is due
// again.
func (r *Runner) record(h *held, outcome error) {
	kept := outcome == nil && h.job.done.Load() || r.write(h, outcome)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.doubt = r.doubt || !kept
	delete(r.inHand, h.job.ID)
	close(r.idle)
	r.idle = make(chan struct{})
}

func (r *Runner) write(h *held, outcome error) (kept bool) {
	ctx, cancel := context.WithTimeout(context.Background(), recordTime)
	defer cancel()
	for {
		err := r.db.Write(ctx, func(tx *db.Tx) error { return r.outcome(tx, h, outcome) })
		if err == nil {
			return true
		}
		r.log.Error("a job's outcome was not recorded", "kind", h.job.Kind, "id", h.job.ID, "error", err)
		if errors.Is(err, db.ErrClosed) || errors.Is(err, db.ErrLost) || ctx.Err() != nil {
			return false
		}
		pause := time.NewTimer(oddPause)
		select {
		case <-ctx.Done():
		case <-pause.C:
		}
		pause.Stop()
	}
}

// outcome writes what a handler's answer means.
func (r *Runner) outcome(tx *db.Tx, h *held, answer error) error {
	now, j := r.now(), h.job
	var last *cancelled
	var later *postponed
	switch {
	case answer == nil:
		return end(tx, r.name, []Job{j})
	case errors.Is(answer, errStopped):
		return again(tx, r.name, j.ID, now, j.Attempt-1, answer)
	case errors.As(answer, &later):
		return again(tx, r.name, j.ID, later.at, j.Attempt-1, later.why)
	case errors.As(answer, &last), j.Attempt >= h.kind.o.MaxAttempts:
		r.log.Error("a job is given up", "kind", j.Kind, "id", j.ID, "attempt", j.Attempt, "error", answer, h.traced)
		return bury(tx, r.name, j.ID, now, answer)
	}
	next := now.Add(h.kind.o.Backoff(j.Attempt))
	r.log.Warn("a job failed and is tried again", "kind", j.Kind, "id", j.ID, "attempt", j.Attempt, "next", next, "error", answer, h.traced)
	return again(tx, r.name, j.ID, next, j.Attempt, answer)
}

// end deletes jobs of one claim, or makes them due once more if they were put
// again meanwhile. Like again and bury it does nothing if another runner has the
// claim.
func end(tx *db.Tx, claim string, all []Job) error {
	ids, keyed := make([]int64, len(all)), []int64(nil)
	for i, j := range all {
		if ids[i] = j.ID; j.keyed {
			keyed = append(keyed, j.ID)
		}
	}
	in := db.Padded(ids)
	text, args := `DELETE FROM job WHERE claim = ? AND again_at IS NULL AND id IN (?`+strings.Repeat(", ?", len(in)-1)+`)`, append([]any{claim}, in...)
	if len(keyed) == 0 {
		return tx.Send(text, args...)
	}
	gone, err := db.Collect(tx, scanID, text+` RETURNING id`, args...)
	if err != nil {
		return err
	}
	for _, id := range keyed {
		if slices.Contains(gone, id) {
			continue
		}
		tx.Announce(topic, "")
		if _, err := tx.Exec(`UPDATE job SET claim = NULL, due_at = again_at, again_at = NULL, attempt = 0, reason = NULL
			WHERE id = ? AND claim = ?`, id, claim); err != nil {
			return err
		}
	}
	return nil
}

func scanID(row db.Scanner) (id int64, err error) { return id, row.Scan(&id) }

func again(tx *db.Tx, claim string, id int64, at time.Time, attempt int, why error) error {
	tx.Announce(topic, "")
	_, err := tx.Exec(`UPDATE job SET claim = NULL, due_at = ?, again_at = NULL, attempt = ?, reason = ?
		WHERE id = ? AND claim = ?`, at.UnixMicro(), attempt, reasonOf(why), id, claim)
	return err
}

// bury keeps a job as dead. If it was put again meanwhile, that duty lives on
// as a job of its own.
func bury(tx *db.Tx, claim string, id int64, now time.Time, why error) error {
	tx.Announce(topic, "")
	n, err := tx.Exec(`UPDATE job SET claim = NULL, dead_at = ?, reason = ? WHERE id = ? AND claim = ?`,
		now.UnixMicro(), reasonOf(why), id, claim)
	if err != nil || n == 0 {
		return err
	}
	_, err = tx.Exec(`INSERT INTO job (kind, v, payload, unique_key, put_at, due_at, attempt)
		SELECT kind, v, payload, unique_key, again_at, again_at, 0 FROM job WHERE id = ? AND again_at IS NOT NULL`, id)
	return err
}
