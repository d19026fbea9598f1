package web

import (
	"container/list"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limit is what one address may ask of one bucket of routes.
type limit struct {
	bucket string
	n      int
	per    time.Duration
}

// throttled is the most addresses remembered; about 200 bytes each.
const throttled = 20_000

// Throttle counts requests by bucket and address. Its memory is bounded: the
// address that was quiet for longest is forgotten first.
type Throttle struct {
	mu      sync.Mutex
	size    int
	entries map[throttleKey]*list.Element
	recent  *list.List // of *throttleEntry, the latest in front
}

type throttleKey struct {
	bucket  string
	address netip.Addr
}

type throttleEntry struct {
	key     throttleKey
	limiter *rate.Limiter
}

// NewThrottle remembers at most size pairs of bucket and address.
func NewThrottle(size int) *Throttle {
	return &Throttle{size: size, entries: make(map[throttleKey]*list.Element), recent: list.New()}
}

// Wait is 0 when the address may go on, else the time after which it may. At
// most n requests pass at once and n in each per.
func (t *Throttle) Wait(bucket string, address netip.Addr, n int, per time.Duration, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.limiter(throttleKey{bucket, household(address)}, n, per)
	r := l.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now) // who is refused does not wait the longer for having asked
	}
	return wait
}

func (t *Throttle) limiter(key throttleKey, n int, per time.Duration) *rate.Limiter {
	if e, ok := t.entries[key]; ok {
		t.recent.MoveToFront(e)
		return e.Value.(*throttleEntry).limiter
	}
	l := rate.NewLimiter(rate.Every(per/time.Duration(n)), n)
	t.entries[key] = t.recent.PushFront(&throttleEntry{key, l})
	if t.recent.Len() > t.size {
		oldest := t.recent.Back()
		t.recent.Remove(oldest)
		delete(t.entries, oldest.Value.(*throttleEntry).key)
	}
	return l
}
