package post_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/post"
)

// TestWhatSeveralWantAtOneMomentIsDoneOnce: whoever comes while it is under way
// is of the next lot, and one that stands in the way keeps nobody else from it.
func TestWhatSeveralWantAtOneMomentIsDoneOnce(t *testing.T) {
	errBad := errors.New("it cannot be done for this one")
	begun, others := make(chan struct{}), make(chan struct{})
	var mu sync.Mutex
	var lots [][]int
	together := post.NewTogether(func(_ context.Context, all []int) error {
		mu.Lock()
		lots = append(lots, slices.Sorted(slices.Values(all)))
		first := len(lots) == 1
		mu.Unlock()
		if first {
			close(begun)
			<-others
		}
		if slices.Contains(all, 3) {
			return errBad
		}
		return nil
	})
	errs := make([]error, 6)
	var done sync.WaitGroup
	done.Go(func() { errs[0] = together.Join(t.Context(), 0) })
	<-begun
	for i := 1; i < 6; i++ {
		done.Go(func() { errs[i] = together.Join(t.Context(), i) })
		together.AwaitWaiting(i)
	}
	close(others)
	done.Wait()
	for i, err := range errs {
		if (err != nil) != (i == 3) {
			t.Errorf("%d: %v", i, err)
		}
	}
	want := [][]int{{0}, {1, 2, 3, 4, 5}, {1}, {2}, {3}, {4}, {5}}
	if !slices.EqualFunc(lots, want, slices.Equal) {
		t.Errorf("done for %v", lots)
	}
}

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
