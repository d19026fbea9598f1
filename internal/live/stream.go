package live

import "sync"

// buffered is how many hints wait for a slow reader before they become one.
const buffered = 16

// Stream is what one browser listens to.
type Stream struct {
	subscriber Subscriber
	shard      *shard
	hints      chan Hint
	done       chan struct{}
	ended      sync.Once

	offering sync.Mutex // the only sender holds it
}

// C gives the hints in the order of their coming. An equal one that still
// waits is not repeated; when the reader is too slow, all that waits becomes
// one [PartAll]. C is never closed: read [Stream.Done] beside it.
func (s *Stream) C() <-chan Hint { return s.hints }

// Done is closed when the stream is over: closed, its session ended, or the
// hub shut down.
func (s *Stream) Done() <-chan struct{} { return s.done }

// Close ends the stream. It may be called more than once.
func (s *Stream) Close() {
	s.shard.mu.Lock()
	delete(s.shard.streams, s)
	s.shard.mu.Unlock()
	s.end()
}

func (s *Stream) end() { s.ended.Do(func() { close(s.done) }) }

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

// offer puts a hint among the waiting ones. Since it alone sends, and under
// the lock, what it takes out for a look goes back in without waiting.
func (s *Stream) offer(h Hint) {
	s.offering.Lock()
	defer s.offering.Unlock()
	var room [buffered]Hint
	waiting := room[:0]
	for len(s.hints) > 0 {
		select {
		case w := <-s.hints:
			waiting = append(waiting, w)
		default:
		}
	}
	for _, w := range s.merge(waiting, h) {
		s.hints <- w
	}
}

func (s *Stream) merge(waiting []Hint, h Hint) []Hint {
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
