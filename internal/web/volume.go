package web

import (
	"net/netip"
	"sync"
	"time"

	"github.com/oknodesk/okno"
)

// What may be uploaded in a day from one address by those who are not signed
// in. A file counts as leastFile bytes at least: rows and names take room too.
const (
	guestBytes = 1 << 30
	leastFile  = 256 << 10
	guestsTime = 24 * time.Hour
)

// volume counts bytes by address; what was counted wears off evenly in
// guestsTime. Its memory is bounded like that of throttle.
type volume struct {
	mu    sync.Mutex
	taken *recent[netip.Addr, *uploaded]
}

type uploaded struct {
	bytes int64
	at    time.Time
}

func newVolume(size int) *volume {
	return &volume{taken: newRecent[netip.Addr](size, func(*uploaded) int { return 1 })}
}

// take counts n bytes beforehand, or takes none and reports false where that
// would be too much.
func (v *volume) take(address netip.Addr, n int64, now time.Time) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	key := household(address)
	u, ok := v.taken.get(key)
	if !ok {
		u = v.taken.add(key, &uploaded{at: now})
	}
	if since := now.Sub(u.at); since > 0 {
		worn := int64(float64(guestBytes) * min(1, since.Seconds()/guestsTime.Seconds()))
		u.bytes, u.at = max(0, u.bytes-worn), now
	}
	if u.bytes+n > guestBytes {
		return false
	}
	u.bytes += n
	return true
}

// giveBack returns what was counted beforehand and did not come.
func (v *volume) giveBack(address netip.Addr, n int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if u, ok := v.taken.get(household(address)); ok {
		u.bytes = max(0, u.bytes-n)
	}
}

// allot counts an upload of the request before it is read, at the largest that
// it can be. settle gives back what it is smaller, once its size is known; 0: it
// was not kept.
func (q *Request) allot() (settle func(size int64), err error) {
	if q.Actor.Person != 0 {
		return func(int64) {}, nil
	}
	most := q.server.maxUpload
	if sent := q.HTTP.ContentLength; sent >= 0 {
		most = min(most, sent)
	}
	most = min(max(most, leastFile), guestBytes)
	if !q.server.volume.take(q.RemoteAddr(), most, q.Now) {
		return nil, &okno.Error{Reason: okno.TooLarge, Key: "error.uploads.full", Field: "file"}
	}
	return func(size int64) {
		if size > 0 {
			size = max(size, leastFile)
		}
		q.server.volume.giveBack(q.RemoteAddr(), most-size)
	}, nil
}
