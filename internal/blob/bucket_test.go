package blob

import (
	"bytes"
	"errors"
	"io"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// newBucket is a bucket on an S3 server of the test's own.
func newBucket(t *testing.T) *Bucket {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("attachments"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	b, err := NewBucket(t.Context(), BucketOptions{
		Endpoint: strings.TrimPrefix(server.URL, "http://"), Plain: true, Region: "us-east-1", Access: "id", Secret: "secret",
		Bucket: "attachments", Prefix: "/desk/", Spool: filepath.Join(t.TempDir(), "spool"), Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func read(t *testing.T, s Store, hash string) string {
	t.Helper()
	r, err := s.Open(t.Context(), hash)
	if err != nil {
		t.Errorf("open %s: %v", hash, err)
		return ""
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

func TestBucketKeepsWhatADiskKeeps(t *testing.T) {
	b := newBucket(t)
	ctx := t.Context()
	first, err := b.Put(ctx, strings.NewReader("first"), 5)
	if err != nil || first.Size != 5 {
		t.Fatal(first, err)
	}
	if again, err := b.Put(ctx, strings.NewReader("first"), 5); err != nil || again != first {
		t.Errorf("the same bytes: %v, %v", again, err)
	}
	if _, err := b.Put(ctx, strings.NewReader("too long"), 5); !errors.Is(err, ErrTooLarge) {
		t.Errorf("over the limit: %v", err)
	}
	broken := errors.New("broken")
	if _, err := b.Put(ctx, io.MultiReader(strings.NewReader("half"), breaking{broken}), 100); !errors.Is(err, broken) {
		t.Errorf("a reader that fails: %v", err)
	}
	large := strings.Repeat("0123456789abcdef", 1<<17) // 2 MB
	second, err := b.Put(ctx, strings.NewReader(large), 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	if read(t, b, first.Hash) != "first" || read(t, b, second.Hash) != large {
		t.Error("other bytes came back")
	}
	r, err := b.Open(ctx, second.Hash)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Seek(-16, io.SeekEnd); err != nil {
		t.Fatal(err)
	}
	if end, err := io.ReadAll(r); err != nil || string(end) != "0123456789abcdef" {
		t.Errorf("the end is %q, %v", end, err)
	}
	r.Close()
	found := map[string]int64{}
	if err := b.Walk(ctx, func(b Blob, put time.Time) error { found[b.Hash] += b.Size; return nil }); err != nil || len(found) != 2 || found[second.Hash] != 2<<20 {
		t.Errorf("walked over %v, %v", found, err)
	}
	for _, hash := range []string{"", "../x", strings.Repeat("0", 64)} {
		if _, err := b.Open(ctx, hash); !errors.Is(err, ErrNotFound) {
			t.Errorf("open %q: %v", hash, err)
		}
		if err := b.Delete(ctx, hash, time.Now()); !errors.Is(err, ErrNotFound) {
			t.Errorf("delete %q: %v", hash, err)
		}
	}
	if err := b.Delete(ctx, first.Hash, time.Now().Add(-time.Hour)); err != nil || read(t, b, first.Hash) != "first" {
		t.Errorf("what was put since is gone: %v", err)
	}
	if err := b.Delete(ctx, first.Hash, time.Now().Add(time.Hour)); err != nil {
		t.Error(err)
	}
	if _, err := b.Open(ctx, first.Hash); !errors.Is(err, ErrNotFound) {
		t.Errorf("deleted: %v", err)
	}
}

// watched looks, while bytes are read for a Put, what of them has a name.
type watched struct {
	io.Reader
	dir   string
	named []string
}

func (w *watched) Read(p []byte) (int, error) {
	names, err := filepath.Glob(filepath.Join(w.dir, "*"))
	if err != nil {
		return 0, err
	}
	w.named = append(w.named, names...)
	return w.Reader.Read(p)
}

func TestProcessKilledWhileItPutsIntoABucketLeavesNothing(t *testing.T) {
	b := newBucket(t)
	w := &watched{Reader: strings.NewReader("somebody's attachment"), dir: b.spool}
	if _, err := b.Put(t.Context(), w, 100); err != nil || len(w.named) > 0 {
		t.Errorf("a kill would leave %v, %v", w.named, err)
	}
}

type breaking struct{ err error }

func (f breaking) Read([]byte) (int, error) { return 0, f.err }

func TestBytesPutWhileOthersDeleteThemStay(t *testing.T) {
	b := newBucket(t)
	old, err := b.Put(t.Context(), strings.NewReader("the same"), 100)
	if err != nil {
		t.Fatal(err)
	}
	useless, err := b.older(t.Context(), old.Hash, time.Now().Add(time.Hour))
	if err != nil || len(useless) != 1 {
		t.Fatal(useless, err)
	}
	later := *b
	later.now = func() time.Time { return time.Now().Add(2 * fresh) } // by another process, for which it has grown old
	if _, err := later.Put(t.Context(), strings.NewReader("the same"), 100); err != nil {
		t.Fatal(err)
	}
	if err := b.remove(t.Context(), useless); err != nil {
		t.Fatal(err)
	}
	if got := read(t, b, old.Hash); got != "the same" {
		t.Errorf("holds %q", got)
	}
}

func TestStoresAreCopiedBothWaysAndGoOn(t *testing.T) {
	b := newBucket(t)
	disk, dir := newDisk(t)
	var blobs []Blob
	for _, text := range []string{"", "one", "two", "three"} {
		blobs = append(blobs, put(t, disk, text))
	}
	if _, err := b.Put(t.Context(), strings.NewReader("one"), 10); err != nil {
		t.Fatal(err)
	}
	if n, there, err := Copy(t.Context(), disk, b); n != 3 || there != 1 || err != nil {
		t.Errorf("to the bucket: %d put, %d there, %v", n, there, err)
	}
	if n, there, err := Copy(t.Context(), disk, b); n != 0 || there != 4 || err != nil {
		t.Errorf("again: %d put, %d there, %v", n, there, err)
	}
	back, _ := newDisk(t)
	if n, _, err := Copy(t.Context(), b, back); n != 4 || err != nil {
		t.Errorf("back: %d, %v", n, err)
	}
	for _, blob := range blobs {
		if _, err := back.Open(t.Context(), blob.Hash); err != nil {
			t.Errorf("%s: %v", blob.Hash, err)
		}
	}
	if opened, err := OpenDisk(dir); err != nil || read(t, opened, blobs[1].Hash) != "one" {
		t.Error(err)
	}
}

func TestBucketThatIsNotThereIsRefused(t *testing.T) {
	server := httptest.NewServer(gofakes3.New(s3mem.New()).Server())
	defer server.Close()
	_, err := NewBucket(t.Context(), BucketOptions{Endpoint: strings.TrimPrefix(server.URL, "http://"), Plain: true, Region: "us-east-1",
		Access: "id", Secret: "sesame", Bucket: "none", Spool: t.TempDir(), Now: time.Now})
	if err == nil || !strings.Contains(err.Error(), "none") || bytes.Contains([]byte(err.Error()), []byte("sesame")) {
		t.Error(err)
	}
}
