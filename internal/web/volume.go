package web

import (
	"net/netip"
	"sync"
	"time"

	"github.com/oknodesk/okno"
)

// What a customer may upload in a day, and all those together who come from
// one address and are not signed in. A file counts as leastFile bytes at least:
// rows and names take room too.
const (
	dayBytes  = 1 << 30
	leastFile = 256 << 10
	dayTime   = 24 * time.Hour
)

// volume counts bytes by whoever uploads; what was counted wears off evenly in
// dayTime. Its memory is bounded like that of throttle.
type volume struct {
	mu    sync.Mutex
	taken *recent[uploader, *uploaded]
}

// uploader is a customer, or an address of those who are not signed in.
type uploader struct {
	person  okno.PersonID
	address netip.Addr
}

type uploaded struct {
	bytes int64
	at    time.Time
}

func newVolume(size int) *volume {
	return &volume{taken: newRecent[uploader](size, func(*uploaded) int { return 1 })}
}

// take counts n bytes beforehand, or takes none and reports false where that
// would be too much.
func (v *volume) take(by uploader, n int64, now time.Time) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	u, ok := v.taken.get(by)
	if !ok {
		u = v.taken.add(by, &uploaded{at: now})
	}
	if since := now.Sub(u.at); since > 0 {
		worn := int64(float64(dayBytes) * min(1, since.Seconds()/dayTime.Seconds()))
		u.bytes, u.at = max(0, u.bytes-worn), now
	}
	if u.bytes+n > dayBytes {
		return false
	}
	u.bytes += n
	return true
}

// giveBack returns what was counted beforehand and did not come.
func (v *volume) giveBack(by uploader, n int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if u, ok := v.taken.get(by); ok {
		u.bytes = max(0, u.bytes-n)
	}
}

// allot counts an upload of the request before it is read, at the largest that
// it can be. settle gives back what it is smaller, once its size is known; 0: it
// was not kept. Agents may upload what they like.
func (q *Request) allot() (settle func(size int64), err error) {
	if q.Person.Agent {
		return func(int64) {}, nil
	}
	by := uploader{person: q.Person.ID}
	if by.person == 0 {
		by.address = household(q.RemoteAddr())
	}
	most := q.server.maxUpload
	if sent := q.HTTP.ContentLength; sent >= 0 {
		most = min(most, sent)
	}
	most = min(max(most, leastFile), dayBytes)
	if !q.server.volume.take(by, most, q.Now) {
		return nil, &okno.Error{Reason: okno.TooMany, Key: "error.full", Field: "file"}
	}
	return func(size int64) {
		if size > 0 {
			size = max(size, leastFile)
		}
		q.server.volume.giveBack(by, most-size)
	}, nil
}
