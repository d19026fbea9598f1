package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Bucket is a Store in S3 or what speaks like it, for several processes at once.
// A Put makes an object of its own, PREFIX/ab/cd/HASH/NAME, and Delete removes
// only the objects that it has found old: bytes that somebody puts at the very
// moment when others find them useless are never lost.
type Bucket struct {
	client *minio.Client
	name   string
	prefix string // "" or with "/" at its end
	spool  string // directory where bytes stand until their hash is known
	now    func() time.Time
}

var _ Store = (*Bucket)(nil)

// BucketOptions say where a bucket is.
type BucketOptions struct {
	Endpoint string // host or host:port
	Plain    bool   // http, for a server on the same machine or network
	Region   string
	Access   string // key id
	Secret   string
	Bucket   string
	Prefix   string            // of every object; "": none
	Spool    string            // local directory, made if absent
	Wire     http.RoundTripper // nil: the library's own
	Now      func() time.Time
}

// fresh is for how long bytes that are there already are not put again: much
// shorter than the time after which bytes that nobody needs are deleted.
const fresh = 6 * time.Hour

// NewBucket opens the store; the bucket must exist. Errors: that it cannot be
// reached or is not there.
func NewBucket(ctx context.Context, o BucketOptions) (*Bucket, error) {
	client, err := minio.New(o.Endpoint, &minio.Options{
		Creds: credentials.NewStaticV4(o.Access, o.Secret, ""), Secure: !o.Plain, Region: o.Region, Transport: o.Wire, BucketLookup: minio.BucketLookupAuto,
	})
	if err != nil {
		return nil, err
	}
	there, err := client.BucketExists(ctx, o.Bucket)
	if err != nil {
		return nil, fmt.Errorf("bucket %s at %s: %w", o.Bucket, o.Endpoint, err)
	}
	if !there {
		return nil, fmt.Errorf("bucket %s at %s is not there", o.Bucket, o.Endpoint)
	}
	if err := os.MkdirAll(o.Spool, 0o700); err != nil {
		return nil, err
	}
	prefix := strings.Trim(o.Prefix, "/")
	if prefix != "" {
		prefix += "/"
	}
	return &Bucket{client: client, name: o.Bucket, prefix: prefix, spool: o.Spool, now: o.Now}, nil
}

// Put is Store's.
func (b *Bucket) Put(ctx context.Context, r io.Reader, limit int64) (blob Blob, err error) {
	file, err := os.CreateTemp(b.spool, "")
	if err != nil {
		return Blob{}, full(err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := os.Remove(file.Name()); err != nil { // without a name nothing is left of it, however the process ends
		return Blob{}, err
	}
	if blob, err = fill(ctx, file, r, limit); err != nil {
		return Blob{}, full(err)
	}
	last, err := b.lastPut(ctx, blob.Hash)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Blob{}, err
	}
	if err == nil && b.now().Sub(last.at) < fresh && last.size == blob.Size {
		return blob, nil
	}
	_, err = b.client.PutObject(ctx, b.name, path.Join(b.dir(blob.Hash), rand.Text()), io.NewSectionReader(file, 0, blob.Size), blob.Size,
		minio.PutObjectOptions{ContentType: "application/octet-stream", DisableContentSha256: true})
	if err != nil {
		return Blob{}, fmt.Errorf("put %s: %w", blob.Hash, err)
	}
	return blob, nil
}

func (b *Bucket) dir(hash string) string { return b.prefix + path.Join(hash[:2], hash[2:4], hash) }

// object is one of those that hold the same bytes.
type object struct {
	key  string
	size int64
	at   time.Time
}

// lastPut is the youngest object of a hash, or ErrNotFound.
func (b *Bucket) lastPut(ctx context.Context, hash string) (last object, err error) {
	err = b.list(ctx, b.dir(hash)+"/", func(o object) error {
		if last.key == "" || o.at.After(last.at) {
			last = o
		}
		return nil
	})
	if err == nil && last.key == "" {
		err = ErrNotFound
	}
	return last, err
}

// list shows all objects below a prefix, by name.
func (b *Bucket) list(ctx context.Context, prefix string, visit func(object) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the listing where visit ends it
	for info := range b.client.ListObjects(ctx, b.name, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if info.Err != nil {
			return info.Err
		}
		if err := visit(object{info.Key, info.Size, info.LastModified}); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Open is Store's.
func (b *Bucket) Open(ctx context.Context, hash string) (io.ReadSeekCloser, error) {
	if !isHash(hash) {
		return nil, ErrNotFound
	}
	last, err := b.lastPut(ctx, hash)
	if err != nil {
		return nil, err
	}
	// Reading outlives the call that opened; its own connection's time limits bound it.
	return b.client.GetObject(context.WithoutCancel(ctx), b.name, last.key, minio.GetObjectOptions{})
}

// Delete is Store's.
func (b *Bucket) Delete(ctx context.Context, hash string, putBefore time.Time) error {
	if !isHash(hash) {
		return ErrNotFound
	}
	old, err := b.older(ctx, hash, putBefore)
	if err != nil {
		return err
	}
	return b.remove(ctx, old)
}

// older are the objects of a hash put before a moment, or ErrNotFound where
// there is none of any age.
func (b *Bucket) older(ctx context.Context, hash string, putBefore time.Time) (old []string, err error) {
	there := false
	err = b.list(ctx, b.dir(hash)+"/", func(o object) error {
		there = true
		if o.at.Before(putBefore) {
			old = append(old, o.key)
		}
		return nil
	})
	if err == nil && !there {
		err = ErrNotFound
	}
	return old, err
}

func (b *Bucket) remove(ctx context.Context, keys []string) error {
	for _, key := range keys {
		if err := b.client.RemoveObject(ctx, b.name, key, minio.RemoveObjectOptions{}); err != nil {
			return err
		}
	}
	return nil
}

// Walk is Store's.
func (b *Bucket) Walk(ctx context.Context, visit func(b Blob, put time.Time) error) error {
	var now Blob
	var put time.Time
	tell := func() error {
		if now.Hash == "" {
			return nil
		}
		return visit(now, put)
	}
	err := b.list(ctx, b.prefix, func(o object) error {
		hash := path.Base(path.Dir(o.key))
		if !isHash(hash) || path.Dir(o.key) != b.dir(hash) {
			return nil
		}
		if hash != now.Hash {
			if err := tell(); err != nil {
				return err
			}
			now, put = Blob{hash, o.size}, o.at
		} else if o.at.After(put) {
			put = o.at
		}
		return nil
	})
	if err != nil {
		return err
	}
	return tell()
}

// Copy puts every blob of one store into another that lacks it, and returns how
// many it put and how many were there. Broken off, it goes on with what is
// missing. A blob whose bytes are not what its name says is an error.
func Copy(ctx context.Context, from, to Store) (put, there int, err error) {
	have := map[string]bool{}
	if err := to.Walk(ctx, func(b Blob, _ time.Time) error { have[b.Hash] = true; return nil }); err != nil {
		return 0, 0, err
	}
	err = from.Walk(ctx, func(b Blob, _ time.Time) error {
		if have[b.Hash] {
			there++
			return nil
		}
		r, err := from.Open(ctx, b.Hash)
		if errors.Is(err, ErrNotFound) {
			return nil // deleted while we walked
		}
		if err != nil {
			return err
		}
		defer r.Close()
		kept, err := to.Put(ctx, r, b.Size)
		if err != nil {
			return fmt.Errorf("%s: %w", b.Hash, err)
		}
		if kept.Hash != b.Hash {
			return fmt.Errorf("%s is damaged: its bytes have the hash %s", b.Hash, kept.Hash)
		}
		put++
		return nil
	})
	return put, there, err
}

// OpenDisk is NewDisk for a directory that another process may be working on:
// nothing that stands there is removed.
func OpenDisk(dir string) (*Disk, error) {
	d := &Disk{root: dir, temp: filepath.Join(dir, tempName)}
	return d, os.MkdirAll(d.temp, 0o700)
}
