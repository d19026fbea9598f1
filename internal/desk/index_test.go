package desk_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"
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
