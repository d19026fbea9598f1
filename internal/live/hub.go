package live

import (
	"sync"
	"sync/atomic"
)

// shards part the streams, so that coming and going hinders neither a delivery
// nor the others.
const shards = 64

// Hub hands hints to the streams of this process. It starts no goroutine.
type Hub struct {
	next   atomic.Uint64
	shards [shards]shard
}

type shard struct {
	mu      sync.RWMutex
	streams map[*Stream]struct{}
	shut    bool
}

// NewHub returns a hub without streams.
func NewHub() *Hub {
	h := &Hub{}
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
}

// Subscribe opens a stream; the caller closes it. After [Hub.Shutdown] the
// stream is done from the start.
func (h *Hub) Subscribe(s Subscriber) *Stream {
	sh := &h.shards[h.next.Add(1)%shards]
	stream := &Stream{subscriber: s, shard: sh, hints: make(chan Hint, buffered), done: make(chan struct{})}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.shut {
		stream.end()
		return stream
	}
	sh.streams[stream] = struct{}{}
	return stream
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
	if hint.Part == PartEnded {
		h.end(func(s *Stream) bool { return hint.Session != 0 && s.subscriber.Session == hint.Session })
		return
	}
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
