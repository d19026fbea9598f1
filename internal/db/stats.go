package db

import "sync/atomic"

// Stats are counts of one open database since it was opened.
type Stats struct {
	Changes int64 // answered, kept or not
	Commits int64 // of transactions; on SQLite several changes share one
	LogSize int64 // bytes of SQLite's write-ahead log at the last checkpoint; 0 on PostgreSQL

	// Of PostgreSQL's pool; on SQLite of the readers.
	Conns    int64 // open
	Busy     int64 // of them in use
	MaxConns int64
	Waited   int64 // times that one was waited for; 0 on SQLite
}

// Stats says how the database is used.
func (d *DB) Stats() Stats { return d.engine.stats() }

// counted are the counts that an engine keeps.
type counted struct{ changes, commits atomic.Int64 }

const pageSize = 4096

func (s *sqlite) stats() Stats {
	return Stats{
		Changes: s.writer.counted.changes.Load(), Commits: s.writer.counted.commits.Load(), LogSize: s.tidier.pages() * pageSize,
		Conns: int64(cap(s.readers)), Busy: int64(len(s.readers)), MaxConns: int64(cap(s.readers)),
	}
}

func (p *postgres) stats() Stats {
	pool := p.pool.Stat()
	return Stats{
		Changes: p.counted.changes.Load(), Commits: p.counted.commits.Load(),
		Conns: int64(pool.TotalConns()), Busy: int64(pool.AcquiredConns()), MaxConns: int64(pool.MaxConns()), Waited: pool.EmptyAcquireCount(),
	}
}
