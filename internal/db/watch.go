package db

import "sync/atomic"

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

func watched(text string, args []any) {
	if fn := watcher.Load(); fn != nil {
		(*fn)(text, args)
	}
}
