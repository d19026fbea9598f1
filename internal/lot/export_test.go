package lot

import "runtime"

// AwaitWaiting returns once so many wait for the next lot.
func (t *Lots[W]) AwaitWaiting(n int) {
	for {
		t.mu.Lock()
		waiting := 0
		if t.next != nil {
			waiting = len(t.next.all)
		}
		t.mu.Unlock()
		if waiting >= n {
			return
		}
		runtime.Gosched()
	}
}
