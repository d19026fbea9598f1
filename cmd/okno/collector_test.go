package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"
)

func TestTheCollectorsPace(t *testing.T) {
	start := time.Unix(1_800_000_000, 0)
	c := &collector{last: start, pace: usualPace}
	at := start
	for _, step := range []struct {
		what string
		gap  time.Duration
		used uint64
		pace int
	}{
		{"quiet", 2 * time.Minute, 20 << 20, 100},
		{"busy", 200 * time.Millisecond, 16 << 20, 400},
		{"still busy, less often for it", 3 * time.Second, 16 << 20, 400},
		{"much is in use", 100 * time.Millisecond, 200 << 20, 100},
		{"very little is", 100 * time.Millisecond, 1 << 20, 1600},
		{"quiet again", 2 * time.Minute, 16 << 20, 100},
		{"now and then", 3 * time.Second, 16 << 20, 100},
	} {
		at = at.Add(step.gap)
		if c.pace = c.next(at, step.used); c.pace != step.pace {
			t.Errorf("%s: %d, want %d", step.what, c.pace, step.pace)
		}
	}
}

// pace is Go's at this moment, in percent.
func pace() uint64 {
	one := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(one)
	return one[0].Value.Uint64()
}

// collectUntil looks through the memory again and again.
func collectUntil(t *testing.T, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !holds(); {
		if time.Now().After(end) {
			t.Fatalf("Go's pace is %d%%", pace())
		}
		runtime.GC()
	}
}

func TestABusyProgramCollectsLessOften(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(usualPace))
	t.Setenv("GOGC", "70")
	paceCollector() // the administrator's own pace
	heard := make(chan struct{})
	runtime.AddCleanup(&beat{}, func(heard chan struct{}) { close(heard) }, heard)
	collectUntil(t, func() bool {
		select {
		case <-heard:
			return true
		default:
			return false
		}
	})
	if pace() != usualPace {
		t.Errorf("GOGC is set, and the pace became %d%%", pace())
	}
	t.Setenv("GOGC", "")
	paceCollector()
	collectUntil(t, func() bool { return pace() > usualPace })
}
