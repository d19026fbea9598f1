package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
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
	Orphans     []string // what kinds of rows refer to rows that are not there, and how many do
	Files       int      // different bytes that rows need
	Missing     []string // hashes of those that are not there, up to 20
	MissingAll  int
	Changed     []string // hashes of those that are others than they were, up to 20; only where they were read
	ChangedAll  int
	Unread      []string // hashes of those that could not be read, each with the reason, up to 20; only where that was tried
	UnreadAll   int
	Unused      int // kept bytes that no row has needed for a day; tidying removes them
	UnusedBytes int64
}

// Examine counts the tickets anew, looks for what every row refers to and for
// every attachment's bytes; with whole it reads those, too. It reads much and
// holds nobody up.
func (d *Desk) Examine(ctx context.Context, whole bool) (e Examination, err error) {
	s, err := d.Settings(ctx)
	if err != nil {
		return e, err
	}
	err = d.readAll(ctx, func(tx store.Tx) (err error) {
		if e.Counters, err = tx.WrongCounters(toldMost); err != nil {
			return err
		}
		e.Orphans, err = tx.Orphans()
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
			if whole {
				return d.examineBytes(ctx, b, &e)
			}
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

// examineBytes reads an attachment and compares it with its name. One that
// cannot be read is told of and ends nothing.
func (d *Desk) examineBytes(ctx context.Context, b blob.Blob, e *Examination) error {
	sum, err := d.sumOf(ctx, b.Hash)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, blob.ErrNotFound): // tidied meanwhile
	case err != nil:
		if e.UnreadAll++; len(e.Unread) < toldMost {
			e.Unread = append(e.Unread, b.Hash+": "+err.Error())
		}
	case sum != b.Hash:
		if e.ChangedAll++; len(e.Changed) < toldMost {
			e.Changed = append(e.Changed, b.Hash)
		}
	}
	return nil
}

// sumOf is the hash of an attachment's bytes as they are.
func (d *Desk) sumOf(ctx context.Context, hash string) (string, error) {
	content, err := d.blob.Open(ctx, hash)
	if err != nil {
		return "", err
	}
	defer content.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, content); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// Recount makes the counters of tickets what counting gives.
func (d *Desk) Recount(ctx context.Context) error {
	return d.write(ctx, func(tx store.Tx) error { return tx.Recount() })
}
