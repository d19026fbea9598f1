package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
)

// writing is how many senders fill in forms while pages are read.
const writing = 8

// writers has senders fill in forms as fast as they are answered, until end is
// called; made counts the tickets.
func (w *world) writers(ctx context.Context) (made *atomic.Int64, end func()) {
	ctx, cancel := context.WithCancel(ctx)
	made = new(atomic.Int64)
	var all sync.WaitGroup
	for range writing {
		all.Go(func() {
			do, end := ways[0].sender(w)
			defer end()
			for ctx.Err() == nil {
				if err := do(context.WithoutCancel(ctx)); err == nil {
					made.Add(1)
				}
			}
		})
	}
	return made, func() {
		cancel()
		all.Wait()
	}
}

// madeSoFar is how many tickets the writers have made.
func (b *bench) madeSoFar() int64 {
	if b.made == nil {
		return 0
	}
	return b.made.Load()
}

// readers says who reads the pages of sizes.
func (b *bench) readers() string {
	who := "one client"
	if b.clients > 1 {
		who = fmt.Sprintf("%d clients at once", b.clients)
	}
	if b.writing {
		who += fmt.Sprintf(" while %d senders fill in forms", writing)
	}
	return who
}

func (b *bench) alone() bool { return b.clients == 1 && !b.writing }

// aim is what is aimed at with those readers.
func (b *bench) aim() string {
	if b.alone() {
		return fmt.Sprintf("p50 %.0f ms, p99 %.0f ms", aimMedian, aimLate)
	}
	return fmt.Sprintf("p99 %.0f ms", aimCrowded)
}

func (b *bench) met(m measured) bool {
	if b.alone() {
		return m.median() <= aimMedian && m.late() <= aimLate
	}
	return m.late() <= aimCrowded
}
