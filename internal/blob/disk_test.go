package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

func newDisk(t *testing.T) (*Disk, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "files")
	disk, err := NewDisk(dir)
	if err != nil {
		t.Fatal(err)
	}
	return disk, dir
}

func put(t *testing.T, disk *Disk, text string) Blob {
	t.Helper()
	blob, err := disk.Put(t.Context(), strings.NewReader(text), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return blob
}

// files lists the regular files under dir, temporary ones included.
func files(t *testing.T, dir string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o700)
		if !entry.IsDir() {
			want, paths = 0o600, append(paths, path)
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", path, info.Mode().Perm(), want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

func TestWhatIsPutIsReadBack(t *testing.T) {
	disk, dir := newDisk(t)
	for _, text := range []string{"", "снимок экрана", strings.Repeat("x", 100_000)} {
		blob := put(t, disk, text)
		sum := sha256.Sum256([]byte(text))
		if want := (Blob{hex.EncodeToString(sum[:]), int64(len(text))}); blob != want {
			t.Errorf("Put: %v, want %v", blob, want)
		}
		file, err := disk.Open(t.Context(), blob.Hash)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(file)
		if err != nil || string(got) != text {
			t.Errorf("read %d bytes, %v; want %d", len(got), err, len(text))
		}
		if end, err := file.Seek(0, io.SeekEnd); end != blob.Size || err != nil {
			t.Errorf("Seek: %d, %v", end, err)
		}
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	}
	if got := files(t, dir); len(got) != 3 {
		t.Errorf("files: %v", got)
	}
	again, err := NewDisk(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := again.Open(t.Context(), put(t, disk, "снимок экрана").Hash); err != nil {
		t.Errorf("after a restart: %v", err)
	}
}

func TestSameContentIsKeptOnceAlsoWhenPutTogether(t *testing.T) {
	disk, dir := newDisk(t)
	text := strings.Repeat("the same picture ", 10_000)
	blobs := make([]Blob, 16)
	var all sync.WaitGroup
	for i := range blobs {
		all.Go(func() {
			var err error
			if blobs[i], err = disk.Put(t.Context(), strings.NewReader(text), math.MaxInt64); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, blob := range blobs {
		if blob != blobs[0] {
			t.Errorf("%v differs from %v", blob, blobs[0])
		}
	}
	if got := files(t, dir); len(got) != 1 {
		t.Errorf("files: %v", got)
	}
}

func TestLimitIsExactAndLeavesNothing(t *testing.T) {
	disk, dir := newDisk(t)
	if _, err := disk.Put(t.Context(), strings.NewReader("12345"), 4); !errors.Is(err, ErrTooLarge) {
		t.Errorf("5 bytes into 4: %v", err)
	}
	endless := rand.NewChaCha8([32]byte{})
	if _, err := disk.Put(t.Context(), endless, 1<<20); !errors.Is(err, ErrTooLarge) {
		t.Errorf("endless: %v", err)
	}
	if got := files(t, dir); len(got) != 0 {
		t.Errorf("left: %v", got)
	}
	if _, err := disk.Put(t.Context(), strings.NewReader("1234"), 4); err != nil {
		t.Errorf("4 bytes into 4: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestBrokenUploadLeavesNothing(t *testing.T) {
	disk, dir := newDisk(t)
	lost := errors.New("connection lost")
	half := io.MultiReader(strings.NewReader("half"), failing{lost})
	if _, err := disk.Put(t.Context(), half, 100); !errors.Is(err, lost) {
		t.Errorf("lost connection: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := disk.Put(ctx, strings.NewReader("x"), 100); !errors.Is(err, context.Canceled) {
		t.Errorf("ended request: %v", err)
	}
	if got := files(t, dir); len(got) != 0 {
		t.Errorf("left: %v", got)
	}
}

func TestDeletedIsGoneAndReadersReadOn(t *testing.T) {
	disk, _ := newDisk(t)
	blob := put(t, disk, "to be deleted")
	file, err := disk.Open(t.Context(), blob.Hash)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := disk.Delete(t.Context(), blob.Hash, time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(file); string(got) != "to be deleted" {
		t.Errorf("the open reader got %q, %v", got, err)
	}
	if _, err := disk.Open(t.Context(), blob.Hash); !errors.Is(err, ErrNotFound) {
		t.Errorf("Open: %v", err)
	}
	if err := disk.Delete(t.Context(), blob.Hash, time.Now().Add(time.Minute)); !errors.Is(err, ErrNotFound) {
		t.Errorf("Delete again: %v", err)
	}
	if put(t, disk, "to be deleted") != blob {
		t.Error("put again it is another")
	}
}

func TestOnlyHashesReachTheFileSystem(t *testing.T) {
	disk, dir := newDisk(t)
	if err := os.WriteFile(filepath.Join(dir, "..", "outside"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	known := put(t, disk, "known").Hash
	for _, hash := range []string{
		"", "a", "../outside", "/etc/passwd", strings.ToUpper(known), known + "\x00", known[:63],
		"../../" + known[:58], strings.Repeat("g", 64), strings.Repeat(".", 64), strings.Repeat("/", 64),
	} {
		if _, err := disk.Open(t.Context(), hash); !errors.Is(err, ErrNotFound) {
			t.Errorf("Open(%q): %v", hash, err)
		}
		if err := disk.Delete(t.Context(), hash, time.Now().Add(time.Minute)); !errors.Is(err, ErrNotFound) {
			t.Errorf("Delete(%q): %v", hash, err)
		}
	}
}

func TestWalkMeetsEveryBlobWithItsTime(t *testing.T) {
	disk, dir := newDisk(t)
	want := map[Blob]bool{put(t, disk, "one"): true, put(t, disk, "two"): true, put(t, disk, "three"): true}
	old := put(t, disk, "put again later")
	long := time.Now().Add(-48 * time.Hour)
	if err := os.Chtimes(disk.path(old.Hash), long, long); err != nil {
		t.Fatal(err)
	}
	want[put(t, disk, "put again later")] = true
	for _, stray := range []string{"README", filepath.Join(tempName, old.Hash)} {
		if err := os.WriteFile(filepath.Join(dir, stray), []byte("stray"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	last := ""
	err := disk.Walk(t.Context(), func(b Blob, put time.Time) error {
		if !want[b] || b.Hash <= last {
			t.Errorf("met %v after %s", b, last)
		}
		if age := time.Since(put); age > time.Hour {
			t.Errorf("%v was put %v ago", b, age)
		}
		delete(want, b)
		last = b.Hash
		return nil
	})
	if err != nil || len(want) != 0 {
		t.Errorf("not met: %v (%v)", want, err)
	}
	enough := errors.New("enough")
	if err := disk.Walk(t.Context(), func(Blob, time.Time) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("Walk did not end: %v", err)
	}
}

func TestLargeFileIsStreamed(t *testing.T) {
	disk, _ := newDisk(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	const size = 32 << 20
	blob, err := disk.Put(t.Context(), io.LimitReader(rand.NewChaCha8([32]byte{1}), size), size)
	runtime.ReadMemStats(&after)
	if err != nil || blob.Size != size {
		t.Fatalf("%v, %v", blob, err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 {
		t.Errorf("putting 32 MB allocated %d bytes", used)
	}
}

func TestDeleteLeavesWhatWasPutAgain(t *testing.T) {
	disk, err := NewDisk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	before := time.Now().Add(-time.Hour)
	blob, err := disk.Put(t.Context(), strings.NewReader("wanted after all"), 100)
	if err != nil {
		t.Fatal(err)
	}
	if err := disk.Delete(t.Context(), blob.Hash, before); err != nil {
		t.Fatal(err)
	}
	if _, err := disk.Open(t.Context(), blob.Hash); err != nil {
		t.Errorf("a blob put after the moment was deleted: %v", err)
	}
}
