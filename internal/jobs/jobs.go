// Package jobs keeps duties that survive a crash: a row born in the
// transaction that makes the duty necessary, worked off by a Runner, tried
// again after a failure, deleted when done. A handler may be called more than
// once for one job (a process can die between the work and its record), so it
// is idempotent.
package jobs

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync/atomic"
	"time"

	"github.com/oknodesk/okno/internal/db"
)

//go:embed migrations/*.sql
var embedded embed.FS

// Migrations is the schema of this room, file number 00001.
var Migrations fs.FS = func() fs.FS {
	sub, err := fs.Sub(embedded, "migrations")
	if err != nil {
		panic(err) // the directory is compiled in
	}
	return sub
}()

// The limits of a job.
const (
	maxName    = 200       // bytes of a kind or a key
	maxPayload = 256 << 10 // bytes of JSON
	maxReason  = 1000      // bytes of a failure that are kept
)

// topic is announced, with the kind, when there may be something new to do; ""
// stands for any kind.
const topic = "jobs"

// New is a job to be put.
type New struct {
	Kind    string // up to 200 bytes; frozen once released
	V       int    // version of the payload's form
	Payload any    // becomes JSON of up to 256 KiB: ids and enumerated values
	// Key, if not "", makes the job one of its kind: while it waits, a second
	// Put is silently the first; if it has begun, it runs once more afterwards.
	Key string
	At  time.Time // not before; zero: now
}

// Job is a job in the hands of its handler.
type Job struct {
	ID      int64
	Kind    string
	V       int
	Payload json.RawMessage
	Attempt int       // 1 at first
	Put     time.Time // when the duty arose

	keyed bool         // another of its kind and key may have been put meanwhile
	claim string       // of the runner that has it in hand
	done  *atomic.Bool // a committed change of the handler's own has ended it
}

// Done ends the job as part of its handler's last change, so that the work and
// the word that it is done are one commit. A handler whose change was kept then
// returns nil. Of a Job that no runner handed out it does nothing.
func (j Job) Done(tx *db.Tx) error { return Done(tx, j) }

// Done is Job.Done for several at once.
func Done(tx *db.Tx, all ...Job) error {
	byClaim := map[string][]Job{} // all are one runner's, but in tests
	for _, j := range all {
		if j.done != nil {
			byClaim[j.claim] = append(byClaim[j.claim], j)
		}
	}
	for claim, some := range byClaim {
		tx.OnCommit(func() {
			for _, j := range some {
				j.done.Store(true)
			}
		})
		if err := end(tx, claim, some); err != nil {
			return err
		}
	}
	return nil
}

// Put records jobs as part of tx and wakes the runners once that is committed.
// No two of them are of one kind and key.
func Put(tx *db.Tx, now time.Time, all ...New) error {
	for some := range db.Batches(all) {
		if err := putSome(tx, now, some); err != nil {
			return err
		}
	}
	return nil
}

func putSome(tx *db.Tx, now time.Time, some []New) error {
	var args []any
	for _, n := range some {
		row, err := n.row(now)
		if err != nil {
			return err
		}
		args = append(args, row...)
		tx.Announce(topic, n.Kind)
	}
	const row = `(?, ?, ?, ?, ?, ?, 0)`
	if err := tx.Send(`INSERT INTO job (kind, v, payload, unique_key, put_at, due_at, attempt) VALUES `+row+strings.Repeat(", "+row, len(some)-1)+`
		ON CONFLICT (kind, unique_key) WHERE unique_key IS NOT NULL AND dead_at IS NULL
		DO UPDATE SET again_at = CASE WHEN job.again_at < excluded.due_at THEN job.again_at ELSE excluded.due_at END
		WHERE job.claim IS NOT NULL`, args...); err != nil {
		return fmt.Errorf("job %s: %w", some[0].Kind, err)
	}
	return nil
}

// row is what putSome keeps of a job.
func (n New) row(now time.Time) ([]any, error) {
	if n.Kind == "" || len(n.Kind) > maxName || len(n.Key) > maxName {
		return nil, fmt.Errorf("job %q, key %q: a kind has 1 to %d bytes, a key at most as many", n.Kind, n.Key, maxName)
	}
	payload, err := json.Marshal(n.Payload)
	if err != nil {
		return nil, fmt.Errorf("job %s: %w", n.Kind, err)
	}
	if len(payload) > maxPayload {
		return nil, fmt.Errorf("job %s: its payload has %d bytes, %d allowed", n.Kind, len(payload), maxPayload)
	}
	due := now
	if !n.At.IsZero() {
		due = n.At
	}
	var key *string
	if n.Key != "" {
		key = &n.Key
	}
	return []any{n.Kind, n.V, json.RawMessage(payload), key, now.UnixMicro(), due.UnixMicro()}, nil
}

// Withdraw takes back the job of a kind and key; false: a runner has it in hand,
// or may have. One that is not there, or was given up, counts as taken back.
func Withdraw(tx *db.Tx, kind, key string) (bool, error) {
	_, err := tx.Exec(`DELETE FROM job WHERE kind = ? AND unique_key = ? AND claim IS NULL`, kind, key)
	if err != nil {
		return false, err
	}
	_, err = db.First(tx, micros, `SELECT due_at FROM job WHERE kind = ? AND unique_key = ? AND dead_at IS NULL`, kind, key)
	if errors.Is(err, db.ErrNotFound) {
		return true, nil
	}
	return false, err
}

// cancelled is a handler's word that trying again is of no use.
type cancelled struct{ err error }

func (c *cancelled) Error() string { return c.err.Error() }
func (c *cancelled) Unwrap() error { return c.err }

// Cancel makes err a handler's last word: the job is dead, with err as the
// reason, and is not tried again unless by Retry.
func Cancel(err error) error { return &cancelled{err} }

// postponed is a handler's word that the time has not come.
type postponed struct {
	at  time.Time
	why error
}

func (p *postponed) Error() string {
	return "not before " + p.at.UTC().Format(time.RFC3339) + ": " + p.why.Error()
}
func (p *postponed) Unwrap() error { return p.why }

// Later makes the job due again at a time; it does not count as a failure.
func Later(at time.Time, why error) error { return &postponed{at, why} }

// reasonOf makes an error fit to be kept in a column.
func reasonOf(err error) string {
	text := strings.ReplaceAll(err.Error(), "\x00", "")
	if len(text) > maxReason {
		text = text[:maxReason]
	}
	return strings.ToValidUTF8(text, "")
}

var errNoAnswer = errors.New("every attempt ended without an answer")
