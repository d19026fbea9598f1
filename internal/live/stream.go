package live

import "sync"

// buffered is how many hints wait for a slow reader before they become one.
const buffered = 16

// Stream is what one browser listens to. It has no goroutine and holds nothing
// while nothing happens: thousands of them are cheap.
type Stream struct {
	subscriber Subscriber
	shard      *shard

	mu      sync.Mutex
	waiting []Hint // at most buffered
	over    bool
}

// Take gives what waits, in the order of its coming. An equal hint that still
// waits is not repeated; when the reader is too slow, all that waits becomes
// one [PartAll].
func (s *Stream) Take() []Hint {
	s.mu.Lock()
	defer s.mu.Unlock()
	hints := s.waiting
	s.waiting = nil
	return hints
}

// Over reports that the stream is closed, its session ended, or the hub shut
// down.
func (s *Stream) Over() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.over
}

// Close ends the stream. It may be called more than once.
func (s *Stream) Close() {
	s.shard.mu.Lock()
	delete(s.shard.streams, s)
	s.shard.mu.Unlock()
	s.end()
}

func (s *Stream) end() {
	s.mu.Lock()
	first := !s.over
	s.over = true
	s.mu.Unlock()
	if first && s.subscriber.End != nil {
		s.subscriber.End()
	}
}

// endsWith reports that the stream's session is what has ended.
func (s *Stream) endsWith(h Hint) bool {
	return h.Session != 0 && s.subscriber.Session == h.Session
}

// catchUp takes a hint from before the stream was there.
func (s *Stream) catchUp(h Hint) {
	switch {
	case h.Part == PartEnded:
		if s.endsWith(h) {
			s.Close()
		}
	case s.concerned(h):
		s.offer(h)
	}
}

func (s *Stream) concerned(h Hint) bool {
	switch {
	case h.Part == PartAll:
		return true
	case h.Person != 0 && h.Person != s.subscriber.Person:
		return false
	case h.Part == PartRights:
		return h.Person != 0
	}
	return s.subscriber.Admits != nil && s.subscriber.Admits(h)
}

func (s *Stream) offer(h Hint) {
	s.mu.Lock()
	begins := len(s.waiting) == 0
	s.waiting = merge(s.waiting, h)
	s.mu.Unlock()
	if begins && s.subscriber.Wake != nil {
		s.subscriber.Wake()
	}
}

func merge(waiting []Hint, h Hint) []Hint {
	for _, w := range waiting {
		if w.Part == PartAll || w.same(h) {
			return waiting
		}
	}
	if h.Part == PartAll || len(waiting) == buffered {
		return append(waiting[:0], Hint{Part: PartAll})
	}
	return append(waiting, h)
}
