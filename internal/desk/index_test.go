package desk_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

func TestTheIndexGivesWayToACrowdForATimeOnly(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for n := range 3 {
			r.files("Carl", fmt.Sprint("Scanner ", n), "It is broken.")
		}
		var asked atomic.Int64 // whether people wait
		seen, looked := make(chan struct{}), make(chan struct{})
		ctx, stop := context.WithCancel(r.ctx())
		done := make(chan error, 1)
		must(t, r.Reindex(r.ctx(), r.admin))
		go func() {
			done <- r.KeepIndexed(ctx, func() bool {
				if asked.Add(1) == 2 {
					close(seen)
					<-looked
				}
				return true
			})
		}()
		defer func() {
			stop()
			must(t, <-done)
		}()
		<-seen
		if waiting, _, err := r.IndexLag(r.ctx()); err != nil || waiting == 0 {
			t.Fatalf("%d wait while a crowd does: %v", waiting, err)
		}
		r.clock = r.clock.Add(15 * time.Second)
		close(looked)
		look := time.NewTicker(10 * time.Millisecond)
		defer look.Stop()
		for late := time.After(time.Minute); ; {
			waiting, _, err := r.IndexLag(r.ctx())
			must(t, err)
			if waiting == 0 {
				return
			}
			select {
			case <-look.C:
			case <-late:
				t.Fatalf("%d still wait", waiting)
			}
		}
	})
}

func TestAnIndexThatWaitedLongWorksOffFewAtATime(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		const few, all = 16, 20
		for n := range all {
			r.files("Carl", fmt.Sprint("Scanner ", n), "It is broken.")
		}
		ctx, stop := context.WithCancel(r.ctx())
		defer stop()
		before, asked := 0, 0
		must(t, r.KeepIndexed(ctx, func() bool { // each time before something is worked off
			waiting, _, err := r.IndexLag(r.ctx())
			must(t, err)
			switch asked++; {
			case asked == 1: // it begins to give way
				before = waiting
			case asked == 2:
				if waiting != before || waiting < all {
					t.Errorf("%d wait, of %d", waiting, before)
				}
				r.clock = r.clock.Add(15 * time.Second)
			}
			if before-waiting > few {
				t.Errorf("%d were worked off at once while people waited", before-waiting)
			}
			if before = waiting; waiting == 0 {
				stop()
			}
			return true
		}))
	})
}

// parts is of how many parts SQLite's index of words is made, each of which a
// question looks into.
func (r *rig) parts() (n int) {
	r.t.Helper()
	must(r.t, r.db.Read(r.ctx(), func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT COUNT(DISTINCT segid) FROM ticket_words_idx`).Scan(&n)
	}))
	return n
}

// inParts leaves the index as a burst does.
func (r *rig) inParts() {
	r.t.Helper()
	for n := range int64(12) {
		must(r.t, r.db.Write(r.ctx(), func(tx *db.Tx) error {
			return store.TicketWords.Put(tx, 1000+n, []string{"scanner"}, nil, nil, nil, nil)
		}))
	}
	if n := r.parts(); n < 10 {
		r.t.Fatalf("there are only %d parts to join", n)
	}
}

// What is joined while a backup is made lengthens the log that it holds fast.
func TestThePartsOfTheIndexAreNotJoinedWhileABackupIsMade(t *testing.T) {
	r := newRig(t, dbtest.Open(t, dbtest.SQLite(t)))
	r.inParts()
	before := r.parts()
	must(t, r.db.Snapshot(r.ctx(), func(tx *db.Tx) error {
		must(t, desk.TidyIndex(r.ctx(), r.Desk))
		if n := r.parts(); n != before {
			t.Errorf("of %d parts there are %d beside a backup", before, n)
		}
		return nil
	}))
	for r.parts() > 3 {
		must(t, desk.TidyIndex(r.ctx(), r.Desk))
	}
}

func TestThePartsOfTheIndexAreJoinedInQuietTimes(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		if r.db.Dialect() != db.SQLite {
			return // has no such parts
		}
		r.inParts()
		ctx, stop := context.WithCancel(r.ctx())
		done := make(chan error, 1)
		go func() { done <- r.KeepIndexed(ctx, func() bool { return false }) }()
		defer func() {
			stop()
			must(t, <-done)
		}()
		look := time.NewTicker(10 * time.Millisecond)
		defer look.Stop()
		for late := time.After(time.Minute); r.parts() > 3; {
			select {
			case <-look.C:
			case <-late:
				t.Fatalf("there are %d parts", r.parts())
			}
		}
	})
}
