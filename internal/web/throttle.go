package web

import (
	"net/netip"
	"time"

	"golang.org/x/time/rate"
)

// limit is what one address may ask of one bucket of routes.
type limit struct {
	bucket string
	n      int
	per    time.Duration
}

// throttled is the most addresses remembered; about 300 bytes each.
const throttled = 20_000

// throttle counts requests by bucket and address. Its memory is bounded: the
// address that was quiet for longest is forgotten first.
type throttle struct {
	limiters *recent[throttleKey, *rate.Limiter]
}

type throttleKey struct {
	bucket  string
	address netip.Addr
}

// newThrottle remembers at most size pairs of bucket and address.
func newThrottle(size int) throttle {
	return throttle{newRecent[throttleKey](size, func(*rate.Limiter) int { return 1 })}
}

// wait is 0 when the address may go on, else the time after which it may. At
// most l.n requests pass at once and l.n in each l.per.
func (t throttle) wait(l limit, address netip.Addr, now time.Time) time.Duration {
	key := throttleKey{l.bucket, household(address)}
	limiter, ok := t.limiters.get(key)
	if !ok {
		limiter = t.limiters.add(key, rate.NewLimiter(rate.Every(l.per/time.Duration(l.n)), l.n))
	}
	r := limiter.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now) // who is refused does not wait the longer for having asked
	}
	return wait
}
