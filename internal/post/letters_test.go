package post_test

import (
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// TestManyLettersAreEachSentOnceAndKept has far more letters than connections.
func TestManyLettersAreEachSentOnceAndKept(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		s := newSink(t, nil)
		r := newRig(t, d, transport(t, s.relay()))
		const many = 60
		r.queueFrom(0, "many", many)
		last := r.settle()
		times := map[string]int{}
		for _, l := range s.taken() {
			times[l.from]++ // which tells letters apart
		}
		for from, n := range times {
			if n != 1 {
				t.Errorf("%s left %d times", from, n)
			}
		}
		if states := r.states(0); len(times) != many || states[okno.LetterSent] != min(many, 50) || !last.Sent.Equal(r.now()) {
			t.Errorf("%d of %d letters left; of the latest are %v", len(times), many, states)
		}
	})
}
