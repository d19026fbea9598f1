package db

import (
	"context"
	"sync/atomic"
)

// watcher is whoever wants to know the statements; nil: nobody.
var watcher atomic.Pointer[func(text string, args []any)]

// Watch calls fn with each statement that any database of this process runs, as
// it is written in the program, until stop. It is for tests, which ask the
// databases how they carry such statements out; fn is called from many
// goroutines.
func Watch(fn func(text string, args []any)) (stop func()) {
	watcher.Store(&fn)
	return func() { watcher.Store(nil) }
}

// tripper is whoever wants to know the round trips; nil: nobody.
var tripper atomic.Pointer[func(ctx context.Context)]

// WatchTrips calls fn at each round trip to PostgreSQL that somebody waits for,
// with the context of the reading or the change, until stop. It is for tests; fn
// is called from many goroutines.
func WatchTrips(fn func(ctx context.Context)) (stop func()) {
	tripper.Store(&fn)
	return func() { tripper.Store(nil) }
}

func tripped(ctx context.Context) {
	if fn := tripper.Load(); fn != nil {
		(*fn)(ctx)
	}
}

func watched(text string, args []any) {
	if fn := watcher.Load(); fn != nil {
		(*fn)(text, args)
	}
}
