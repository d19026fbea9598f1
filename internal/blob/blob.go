// Package blob keeps attachment bytes by their content: the same bytes are
// stored once, and nothing is changed after it is written. Who may read them is
// not decided here.
package blob

import (
	"context"
	"errors"
	"io"
	"time"
)

// Refusals of a Store.
var (
	// ErrNotFound says that no blob has this hash (also when the hash is not one).
	ErrNotFound = errors.New("blob: not found")
	// ErrTooLarge says that the bytes went over Put's limit; nothing was kept.
	ErrTooLarge = errors.New("blob: larger than allowed")
	// ErrFull says that the storage has no room; nothing was kept.
	ErrFull = errors.New("blob: storage is full")
)

// Blob is a stored run of bytes.
type Blob struct {
	Hash string // SHA-256 of the bytes, 64 lower-case hex digits
	Size int64  // bytes
}

// Store keeps blobs. All methods may be called by many at once.
type Store interface {
	// Put reads r to its end and keeps the bytes; they are durable when it
	// returns. It reads at most limit+1 bytes. Errors: ErrTooLarge, ErrFull, ctx's, r's.
	Put(ctx context.Context, r io.Reader, limit int64) (Blob, error)
	// Open returns the bytes for reading, or ErrNotFound.
	Open(ctx context.Context, hash string) (io.ReadSeekCloser, error)
	// Delete removes the blob if it was last put before a moment, or returns
	// ErrNotFound. One that was put again since stays: whoever put it is about
	// to refer to it. A reader that has it open reads on.
	Delete(ctx context.Context, hash string, putBefore time.Time) error
	// Walk calls visit for each blob, in order of hash, with the time of the
	// last Put of it, and ends with visit's first error.
	Walk(ctx context.Context, visit func(b Blob, put time.Time) error) error
}
