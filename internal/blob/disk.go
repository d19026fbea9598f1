package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// Disk is a Store in a directory of a POSIX file system: the blob "abcd…" is
// the file ab/cd/abcd…, mode 0600. One process owns the directory.
type Disk struct {
	root string
	temp string
	// making holds two Puts of the same bytes apart while they look and rename.
	making sync.Mutex
}

var _ Store = (*Disk)(nil)

// tempName is where bytes stand until they are whole; it cannot be a shard's name.
const tempName = "incoming"

// NewDisk opens the store in dir, made if absent (mode 0700), and removes what
// an interrupted Put left behind.
func NewDisk(dir string) (*Disk, error) {
	d := &Disk{root: dir, temp: filepath.Join(dir, tempName)}
	if err := os.RemoveAll(d.temp); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(d.temp, 0o700); err != nil {
		return nil, err
	}
	// The directory's own name must be durable too, or a crash takes all of it.
	return d, errors.Join(syncDir(dir), syncDir(filepath.Dir(dir)))
}

// Put is Store's.
func (d *Disk) Put(ctx context.Context, r io.Reader, limit int64) (Blob, error) {
	file, err := os.CreateTemp(d.temp, "") // 0600
	if err != nil {
		return Blob{}, full(err)
	}
	blob, err := fill(ctx, file, r, limit)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = d.keep(file.Name(), blob.Hash)
	}
	if err != nil {
		if gone := os.Remove(file.Name()); !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
		return Blob{}, full(err)
	}
	return blob, nil
}

// fill streams r into file, hashing, until its end or over the limit.
func fill(ctx context.Context, file *os.File, r io.Reader, limit int64) (Blob, error) {
	// MaxInt64 means no limit; one more would overflow.
	bounded := io.LimitReader(r, max(limit, limit+1))
	hash := sha256.New()
	size, err := io.Copy(io.MultiWriter(file, hash), reader{ctx, bounded})
	if err != nil {
		return Blob{}, err
	}
	if size > limit {
		return Blob{}, ErrTooLarge
	}
	return Blob{Hash: hex.EncodeToString(hash.Sum(nil)), Size: size}, nil
}

// keep gives the whole file at temp its final name, or, if these bytes are kept
// already, renews their time.
func (d *Disk) keep(temp, hash string) error {
	path := d.path(hash)
	dir := filepath.Dir(path)
	d.making.Lock()
	defer d.making.Unlock()
	now := time.Now()
	err := os.Chtimes(path, now, now)
	if err == nil {
		err = os.Remove(temp)
	} else if errors.Is(err, fs.ErrNotExist) {
		if err = os.MkdirAll(dir, 0o700); err == nil {
			err = os.Rename(temp, path)
		}
	}
	// All names on the way, also old ones: whoever made them may have crashed
	// before syncing. For a clean directory it costs nearly nothing.
	return errors.Join(err, syncDir(dir), syncDir(filepath.Dir(dir)), syncDir(d.root))
}

// Open is Store's.
func (d *Disk) Open(ctx context.Context, hash string) (io.ReadSeekCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !isHash(hash) {
		return nil, ErrNotFound
	}
	file, err := os.Open(d.path(hash))
	if err != nil {
		return nil, absent(err)
	}
	return file, nil
}

// Delete is Store's.
func (d *Disk) Delete(ctx context.Context, hash string, putBefore time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !isHash(hash) {
		return ErrNotFound
	}
	path := d.path(hash)
	d.making.Lock()
	defer d.making.Unlock()
	info, err := os.Stat(path)
	if err != nil {
		return absent(err)
	}
	if !info.ModTime().Before(putBefore) {
		return nil
	}
	if err := os.Remove(path); err != nil {
		return absent(err)
	}
	return syncDir(filepath.Dir(path))
}

// Walk is Store's. Files that are not blobs are passed over.
func (d *Disk) Walk(ctx context.Context, visit func(b Blob, put time.Time) error) error {
	return filepath.WalkDir(d.root, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // deleted while we walked
		}
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		if path == d.temp {
			return fs.SkipDir
		}
		if entry.IsDir() || !isHash(entry.Name()) || path != d.path(entry.Name()) {
			return nil
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		return visit(Blob{Hash: entry.Name(), Size: info.Size()}, info.ModTime())
	})
}

func (d *Disk) path(hash string) string {
	return filepath.Join(d.root, hash[:2], hash[2:4], hash)
}

// isHash keeps everything but 64 lower-case hex digits away from file names.
func isHash(s string) bool {
	if len(s) != hex.EncodedLen(sha256.Size) {
		return false
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// reader ends a long copy when its request ends.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}

func absent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNotFound
	}
	return err
}

func syncDir(dir string) error {
	file, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}
