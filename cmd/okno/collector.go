package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// How often memory is looked through for what is no longer used. SQLite's own
// lies outside Go's heap, of which little is in use: at Go's pace, which lets as
// much new come as is in use, that little was looked through fifteen times for a
// thousand tickets, a twentieth of their processor time.
const (
	usualPace = 100      // percent of what is in use that may come anew
	spare     = 64 << 20 // bytes that may come anew at a busy time, where the usual pace allows less
	mostPace  = 1600     // percent
	busyFrom  = time.Second
	busyUntil = 8 * time.Second // between two looks; a quiet program keeps no more memory than it needs
)

// collector sets Go's pace after each look through the memory.
type collector struct {
	last time.Time
	pace int // percent
}

// beat is nothing that anyone keeps: that it is gone says that memory was
// looked through.
type beat struct{ _ *beat }

// paceCollector has memory be looked through less often while there is much to
// do. A pace that the administrator has set (GOGC) stays; a limit of his
// (GOMEMLIMIT) holds in any case.
func paceCollector() {
	if os.Getenv("GOGC") == "" {
		(&collector{last: time.Now(), pace: usualPace}).listen()
	}
}

func (c *collector) listen() {
	runtime.AddCleanup(&beat{}, func(c *collector) {
		if pace := c.next(time.Now(), inUse()); pace != c.pace {
			c.pace = pace
			debug.SetGCPercent(pace)
		}
		c.listen()
	}, c)
}

// next is the pace from now on, where so many bytes are in use.
func (c *collector) next(now time.Time, used uint64) int {
	gap := now.Sub(c.last)
	c.last = now
	busy := gap < busyFrom || c.pace > usualPace && gap < busyUntil
	if !busy || used == 0 {
		return usualPace
	}
	return int(min(max(spare*100/used, usualPace), mostPace))
}

// inUse is what the pace is a percentage of.
func inUse() (bytes uint64) {
	parts := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/stack:bytes"}, {Name: "/gc/scan/globals:bytes"}}
	metrics.Read(parts)
	for _, p := range parts {
		bytes += p.Value.Uint64()
	}
	return bytes
}
