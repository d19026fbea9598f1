package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/web"
)

const (
	leastRoom  = 100 << 20       // bytes free on the data's disk: with less nothing more is taken in
	lateJob    = 5 * time.Minute // a job due for longer means that nobody works
	checkEvery = 5 * time.Second // a costly check is not run again within this
)

// checks are what must hold for the desk to be of use, and what should.
func (h *House) checks() []web.Check {
	checks := []web.Check{
		{Name: "database", Run: h.Desk.Ready},
		{Name: "schema", Run: seldom(h.served)},
		{Name: "disk", Run: func(context.Context) error { return h.room() }},
		{Name: "jobs", Run: seldom(h.worked), Aside: true},
		{Name: "mail in", Run: seldom(h.fetched), Aside: true},
	}
	if h.relay != nil {
		checks = append(checks, web.Check{Name: "mail out", Run: seldom(h.relay.Check), Aside: true})
	}
	return checks
}

// seldom keeps a check's answer for a while, however often it is asked.
func seldom(check func(context.Context) error) func(context.Context) error {
	type answer struct{ trouble error }
	ask := remember(checkEvery, func(ctx context.Context) (answer, error) { return answer{check(ctx)}, nil })
	return func(ctx context.Context) error {
		a, err := ask(ctx)
		return errors.Join(a.trouble, err)
	}
}

// lately lets the states that are read together share one question.
func lately[T any](question func(context.Context) (T, error)) func(context.Context) (T, error) {
	return remember(time.Second, question)
}

// remember keeps an answer for a time; an error is not kept.
func remember[T any](during time.Duration, question func(context.Context) (T, error)) func(context.Context) (T, error) {
	var mu sync.Mutex
	var at time.Time
	var last T
	return func(ctx context.Context) (T, error) {
		mu.Lock()
		defer mu.Unlock()
		if time.Since(at) < during {
			return last, nil
		}
		answer, err := question(ctx)
		if err == nil {
			at, last = time.Now(), answer
		}
		return answer, err
	}
}

// room says that a disk is nearly full.
func (h *House) room() error {
	free, at, err := leastFree(h.Config)
	if err == nil && free < leastRoom {
		err = fmt.Errorf("only %d MB are free at %s", free>>20, at)
	}
	return err
}

// leastFree is the room on the fullest of the disks that the installation lies
// on here: data, an SQLite file and attachments may have one each.
func leastFree(c *Config) (least int64, at string, err error) {
	dirs := append([]string{c.Data}, homes(c.DB)...)
	if !inBucket(c.Files) {
		dirs = append(dirs, c.Files)
	}
	for i, dir := range dirs {
		free, err := freeBytes(dir)
		if errors.Is(err, fs.ErrNotExist) && i > 0 {
			continue // not made yet
		}
		if err != nil {
			return 0, dir, err
		}
		if at == "" || free < least {
			least, at = free, dir
		}
	}
	return least, at, nil
}

// freeBytes is the room that is left for us on a directory's disk.
func freeBytes(dir string) (int64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, fmt.Errorf("%s: %w", dir, err)
	}
	return int64(s.Bavail) * s.Bsize, nil
}

// jobCounts are the counts of all kinds of jobs.
func (h *House) jobCounts(ctx context.Context) (counts []jobs.Count, err error) {
	err = h.DB.Read(ctx, func(tx *db.Tx) (err error) {
		counts, err = jobs.Counts(tx)
		return err
	})
	return counts, err
}

// worked says which kinds of jobs nobody works off.
func (h *House) worked(ctx context.Context) error {
	counts, err := h.jobCounts(ctx)
	if err != nil {
		return err
	}
	var late []error
	for _, c := range counts {
		if wait := h.Now().Sub(c.Oldest); !c.Oldest.IsZero() && wait > lateJob {
			late = append(late, fmt.Errorf("%s: %d wait, the oldest is due since %s", c.Kind, c.Waiting, wait.Round(time.Second)))
		}
	}
	return errors.Join(late...)
}

// fetched says which mailboxes cannot be fetched from, or are too silent.
func (h *House) fetched(ctx context.Context) error {
	boxes, err := h.Desk.Mailboxes(ctx, okno.Console())
	if err != nil {
		return err
	}
	var troubled []string
	for _, m := range boxes {
		if m.Closed.IsZero() && m.Access != nil && m.Access.Refused != "" {
			troubled = append(troubled, m.Address+": access refused by its provider: "+m.Access.Trouble)
		} else if m.Fetch != nil && m.Closed.IsZero() && m.State.Trouble != "" {
			troubled = append(troubled, m.Address+": "+m.State.Trouble)
		} else if m.Closed.IsZero() && m.Alarm.Kind == okno.AlarmSilent {
			troubled = append(troubled, m.Address+": no letter comes")
		}
	}
	if len(troubled) > 0 {
		return errors.New(strings.Join(troubled, "; "))
	}
	return nil
}
