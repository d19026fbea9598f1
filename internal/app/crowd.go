package app

import (
	"runtime"
	"sync"
	"time"
)

const (
	crowdEach = 2                    // people waiting for each processor that are a crowd
	lull      = 8 * time.Millisecond // without one: it is gone
)

// crowd knows whether so many people wait for answers that what can wait gives
// way to them. A few who ask again as soon as they are answered are all inside
// at one moment and hardly any at the next, when a commit has answered them
// together: so a crowd that was there a moment ago is there.
type crowd struct {
	inside func() int64 // how many wait just now
	many   int64
	now    func() time.Time // as those who wait know it, whatever the house's clock says

	mu   sync.Mutex
	seen time.Time
}

func newCrowd(inside func() int64) *crowd {
	return &crowd{inside: inside, many: int64(crowdEach * runtime.GOMAXPROCS(0)), now: time.Now}
}

// waits reports whether the crowd waits. It is to be asked often.
func (c *crowd) waits() bool {
	now := c.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.inside() > c.many {
		c.seen = now
	}
	return now.Sub(c.seen) < lull
}
