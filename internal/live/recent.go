package live

import (
	"slices"
	"sync"
	"time"
)

// kept is how many hints are remembered for streams that open later.
const kept = 1024

// slack allows for the clocks of two processes, of which one made the page and
// the other keeps its stream.
const slack = 500 * time.Millisecond

// recent remembers the last hints. A page is made, then sent, then its script
// runs and opens a stream: what changes meanwhile would be shown by nobody.
type recent struct {
	now func() time.Time

	mu        sync.Mutex
	hints     [kept]dated
	next      int       // how many were ever kept
	forgotten time.Time // of what was delivered until then some is not known
}

type dated struct {
	Hint
	at time.Time
}

func (r *recent) keep(h Hint) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.next >= kept {
		r.forgotten = r.hints[r.next%kept].at
	}
	r.hints[r.next%kept] = dated{h, r.now()}
	r.next++
}

// since is what was delivered from a time on, the oldest first; [PartAll]
// alone when some of it is forgotten. Ends of sessions begin at another time.
func (r *recent) since(t, ends time.Time) (hints []Hint) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if t.Before(r.forgotten) {
		return []Hint{{Part: PartAll}}
	}
	for i := r.next - 1; i >= max(0, r.next-kept); i-- {
		h := r.hints[i%kept]
		if h.at.Before(t.Add(-slack)) {
			break
		}
		if h.Part == PartEnded && h.at.Before(ends) {
			continue
		}
		hints = append(hints, h.Hint)
	}
	slices.Reverse(hints)
	return hints
}
