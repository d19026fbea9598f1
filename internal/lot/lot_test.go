package lot_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/oknodesk/okno/internal/lot"
)

// TestWhatSeveralWantAtOneMomentIsDoneOnce: whoever comes while it is under way
// is of the next lot, and one that stands in the way keeps nobody else from it.
func TestWhatSeveralWantAtOneMomentIsDoneOnce(t *testing.T) {
	errBad := errors.New("it cannot be done for this one")
	begun, others := make(chan struct{}), make(chan struct{})
	var mu sync.Mutex
	var lots [][]int
	numbers := lot.New(func(_ context.Context, all []int) error {
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
	done.Go(func() { errs[0] = numbers.Join(t.Context(), 0) })
	<-begun
	for i := 1; i < 6; i++ {
		done.Go(func() { errs[i] = numbers.Join(t.Context(), i) })
		for numbers.Waiting() < i {
			runtime.Gosched()
		}
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
