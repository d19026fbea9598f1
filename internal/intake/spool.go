package intake

import (
	"bytes"
	"context"
	"io"
	"os"
)

// spoolMemory is how much of a letter waits in memory, in bytes; the rest of a
// larger one waits in a file that has no name.
const spoolMemory = 1 << 20

// spool takes a letter in while it arrives, so that slow and large ones do
// not fill the memory.
type spool struct {
	memory bytes.Buffer
	file   *os.File
	size   int64
}

// expect makes room for a letter that is said to have so many bytes (RFC 1870),
// so that what is there need not be copied as more comes.
func (s *spool) expect(size int64) {
	s.memory.Grow(int(min(max(size, 0), spoolMemory)) + bytes.MinRead)
}

// fill takes r in to its end.
func (s *spool) fill(r io.Reader) error {
	n, err := s.memory.ReadFrom(io.LimitReader(r, spoolMemory))
	s.size = n
	if err != nil || n < spoolMemory {
		return err
	}
	if s.file, err = os.CreateTemp("", "okno-letter-"); err != nil {
		return err
	}
	if err := os.Remove(s.file.Name()); err != nil {
		return err
	}
	n, err = io.Copy(s.file, r)
	s.size += n
	return err
}

// bytes is the whole letter.
func (s *spool) bytes() ([]byte, error) {
	if s.file == nil {
		return s.memory.Bytes(), nil
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	whole := make([]byte, s.size)
	n := copy(whole, s.memory.Bytes())
	_, err := io.ReadFull(s.file, whole[n:])
	return whole, err
}

func (s *spool) close() {
	if s.file != nil {
		s.file.Close() // it has no name: nothing of it stays
	}
}

// makeRoom waits until one more large letter may be worked on in memory.
func (r *Receiver) makeRoom(ctx context.Context) (letGo func(), err error) {
	select {
	case r.large <- struct{}{}:
		return func() { <-r.large }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// whole hands the letter to use. Few large ones at a time are in memory.
func (r *Receiver) whole(ctx context.Context, s *spool, use func(raw []byte) error) error {
	if s.file != nil {
		letGo, err := r.makeRoom(ctx)
		if err != nil {
			return err
		}
		defer letGo()
	}
	raw, err := s.bytes()
	if err != nil {
		return err
	}
	return use(raw)
}
