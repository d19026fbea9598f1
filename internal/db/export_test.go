package db

// Waiting returns how many changes wait for an SQLite writer's turn.
func Waiting(d *DB) int { return len(d.engine.(*sqlite).writer.queue) }
