package app

import (
	"context"
	"time"
)

const (
	paceWork = 4 * time.Millisecond  // that long work goes on at a stretch
	paceRest = 50 * time.Millisecond // at most, however long a stretch was: the disk may have been slow
)

// pace holds long work back beside people: while anybody waits for an answer it
// rests as long as it worked, and so has at most half of one processor. It is
// for one goroutine.
type pace struct {
	inside func() int64 // how many wait just now
	begun  time.Time    // the stretch under way
}

func newPace(inside func() int64) *pace { return &pace{inside: inside, begun: time.Now()} }

// rest is called again and again by the work, and returns when it may go on; it
// returns ctx's error.
func (p *pace) rest(ctx context.Context) error {
	worked := time.Since(p.begun)
	if worked < paceWork {
		return nil
	}
	if p.inside() > 0 {
		pause := time.NewTimer(min(worked, paceRest))
		defer pause.Stop()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-pause.C:
		}
	}
	p.begun = time.Now()
	return nil
}
