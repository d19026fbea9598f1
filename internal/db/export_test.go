package db

import "time"

// Waiting returns how many changes wait for a writer's turn.
func Waiting(d *DB) int {
	switch e := d.engine.(type) {
	case *sqlite:
		return len(e.writer.queue)
	case *postgres:
		return len(e.writer.queue)
	}
	return 0
}

// LongGroups has a group go on taking changes however long it lasts. It is for
// a database that nothing was written to yet.
func LongGroups(d *DB) {
	switch e := d.engine.(type) {
	case *sqlite:
		e.writer.groupTime = time.Hour
	case *postgres:
		e.writer.groupTime = time.Hour
	}
}

// LogLeft is how much of SQLite's log the last checkpoint left, in pages.
func LogLeft(d *DB) int64 { return d.engine.(*sqlite).tidier.left.Load() }

// RestartPages is how long that log grows before it is started anew, in pages.
const RestartPages = restartPages
