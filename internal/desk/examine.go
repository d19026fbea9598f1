package desk

import (
	"context"
	"time"

	"github.com/oknodesk/okno/internal/blob"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// Bounds of an examination.
const (
	toldMost   = 20
	hashesRead = 5_000
)

// Examination is what was found of the desk's rows and bytes.
type Examination struct {
	Counters    []string // that are wrong, up to 20
	Files       int      // different bytes that rows need
	Missing     []string // hashes of those that are not there, up to 20
	MissingAll  int
	Unused      int // kept bytes that no row has needed for a day; tidying removes them
	UnusedBytes int64
}

// Examine counts the tickets anew and looks for every attachment's bytes. It
// reads much and holds nobody up.
func (d *Desk) Examine(ctx context.Context) (e Examination, err error) {
	s, err := d.Settings(ctx)
	if err != nil {
		return e, err
	}
	err = d.readAll(ctx, func(tx store.Tx) (err error) {
		e.Counters, err = tx.WrongCounters(toldMost)
		return err
	})
	if err != nil {
		return e, err
	}
	needed := map[string]bool{}
	for last := ""; ; {
		var some []string
		if err := d.read(ctx, func(tx store.Tx) (err error) {
			some, err = tx.Hashes(last, hashesRead)
			return err
		}); err != nil {
			return e, err
		}
		for _, hash := range some {
			needed[hash] = false
		}
		if len(some) < hashesRead {
			break
		}
		last = some[len(some)-1]
	}
	if s.Logo != "" {
		needed[s.Logo] = false
	}
	e.Files = len(needed)
	before := d.Now().Add(-uploadsWait)
	err = d.blob.Walk(ctx, func(b blob.Blob, put time.Time) error {
		if _, ok := needed[b.Hash]; ok {
			needed[b.Hash] = true
		} else if put.Before(before) {
			e.Unused++
			e.UnusedBytes += b.Size
		}
		return nil
	})
	for hash, there := range needed {
		if there {
			continue
		}
		e.MissingAll++
		if len(e.Missing) < toldMost {
			e.Missing = append(e.Missing, hash)
		}
	}
	return e, err
}

// Recount makes the counters of tickets what counting gives.
func (d *Desk) Recount(ctx context.Context) error {
	return d.write(ctx, func(tx store.Tx) error { return tx.Recount() })
}
