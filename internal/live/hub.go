package live

import (
	"sync"
	"sync/atomic"
	"time"
)

// shards part the streams, so that coming and going hinders neither a delivery
// nor the others.
const shards = 64

// Hub hands hints to the streams of this process. It starts no goroutine.
type Hub struct {
	next   atomic.Uint64
	shards [shards]shard
	recent recent
}

type shard struct {
	mu      sync.RWMutex
	streams map[*Stream]struct{}
	shut    bool
}

// NewHub returns a hub without streams. Of what was before now it knows
// nothing.
func NewHub(now func() time.Time) *Hub {
	h := &Hub{recent: recent{now: now, forgotten: now()}}
	for i := range h.shards {
		h.shards[i].streams = map[*Stream]struct{}{}
	}
	return h
}

// Subscriber is who listens.
type Subscriber struct {
	// Admits reports whether a hint is for this subscriber; nil admits none.
	// It is called on delivery, by several goroutines: it must be quick and
	// must not call the hub.
	Admits func(Hint) bool
	// Session ends the stream when it ends; 0 is none (a guest).
	Session int64
	// Person is 0 for nobody known.
	Person int64
	// Since is when what the browser shows was read: the stream begins with
	// what changed from then on. Zero: with what changes from now on.
	Since time.Time
	// Known is when the session was last found to be there: an end of before was
	// a request to listen anew, or another session's that had its number.
	Known time.Time
	// Wake is called when hints begin to wait, and End once, when the stream is
	// over: closed, its session ended, or the hub shut down. Both may be called
	// before Subscribe returns and by any goroutine; like Admits they must be
	// quick and must not call the hub. nil: whoever listens looks by himself.
	Wake, End func()
}

// Subscribe opens a stream; the caller closes it. After [Hub.Shutdown], or
// when the session has ended since, the stream is done from the start.
func (h *Hub) Subscribe(s Subscriber) *Stream {
	sh := &h.shards[h.next.Add(1)%shards]
	stream := &Stream{subscriber: s, shard: sh}
	if !sh.take(stream) {
		stream.end()
		return stream
	}
	// Only now: a hint is kept before it is handed out, so that between the
	// two ways of getting it none is lost, and one may come by both.
	if !s.Since.IsZero() {
		for _, hint := range h.recent.since(s.Since, s.Known) {
			stream.catchUp(hint)
		}
	}
	return stream
}

func (sh *shard) take(s *Stream) bool {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if !sh.shut {
		sh.streams[s] = struct{}{}
	}
	return !sh.shut
}

// Deliver takes an announcement of this or another process. An empty one
// means that some may have been missed, and one that cannot be read may have
// been about anything: then every stream gets [PartAll]. It never waits for a
// reader.
func (h *Hub) Deliver(payload string) {
	hint, err := Decode(payload)
	if err != nil {
		hint = Hint{Part: PartAll}
	}
	h.recent.keep(hint)
	if hint.Part == PartEnded {
		h.end(func(s *Stream) bool { return s.endsWith(hint) })
		return
	}
	hint.about = hint.About() // not in what is kept: few ever ask for that
	for i := range h.shards {
		sh := &h.shards[i]
		sh.mu.RLock()
		for s := range sh.streams {
			if s.concerned(hint) {
				s.offer(hint)
			}
		}
		sh.mu.RUnlock()
	}
}

// Open is how many streams there are.
func (h *Hub) Open() (n int) {
	for i := range h.shards {
		sh := &h.shards[i]
		sh.mu.RLock()
		n += len(sh.streams)
		sh.mu.RUnlock()
	}
	return n
}

// Shutdown ends every stream, and those to come.
func (h *Hub) Shutdown() {
	for i := range h.shards {
		sh := &h.shards[i]
		sh.mu.Lock()
		sh.shut = true
		sh.mu.Unlock()
	}
	h.end(func(*Stream) bool { return true })
}

func (h *Hub) end(which func(*Stream) bool) {
	for i := range h.shards {
		sh := &h.shards[i]
		sh.mu.Lock()
		for s := range sh.streams {
			if which(s) {
				delete(sh.streams, s)
				s.end()
			}
		}
		sh.mu.Unlock()
	}
}
