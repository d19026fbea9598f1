//go:build linux

package blob

import (
	"bufio"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// crashDir names, to this test program run again as a child, the store in
// which to put one whole blob and then another that never ends.
const crashDir = "OKNO_TEST_BLOB_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		putUntilKilled(dir)
	}
	os.Exit(m.Run())
}

func putUntilKilled(dir string) {
	disk, err := NewDisk(dir)
	if err == nil {
		var whole Blob
		whole, err = disk.Put(context.Background(), strings.NewReader("whole"), 100)
		io.WriteString(os.Stdout, whole.Hash+"\n")
	}
	if err == nil {
		// The second line tells that a megabyte of the endless one is on disk.
		endless := io.MultiReader(io.LimitReader(rand.NewChaCha8([32]byte{}), 1<<20), teller{}, os.Stdin)
		_, err = disk.Put(context.Background(), endless, 1<<40)
	}
	panic(err)
}

// teller writes a line when it is reached and holds nothing.
type teller struct{}

func (teller) Read([]byte) (int, error) {
	io.WriteString(os.Stdout, "halfway\n")
	return 0, io.EOF
}

func TestKilledHalfwayKeepsWholeBlobsOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "files")
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), crashDir+"="+dir)
	child.Stderr = os.Stderr
	// A pipe that is never written to: the sender has gone silent.
	silence, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer silence.Close()
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Scan()
	hash := lines.Text()
	if lines.Scan(); lines.Text() != "halfway" {
		t.Errorf("the child said %q", lines.Text())
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := child.Wait(); err == nil {
		t.Fatal("the child was not killed")
	}
	if left := files(t, dir); len(left) != 2 {
		t.Fatalf("the kill did not come halfway: %v", left)
	}
	disk, err := NewDisk(dir)
	if err != nil {
		t.Fatal(err)
	}
	if left := files(t, dir); len(left) != 1 {
		t.Errorf("after the restart: %v", left)
	}
	file, err := disk.Open(t.Context(), hash)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if got, err := io.ReadAll(file); string(got) != "whole" || err != nil {
		t.Errorf("the whole one is %q, %v", got, err)
	}
}

func TestFullDiskRefusesAndKeepsWhatItHas(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=256k,mode=0700"); err != nil {
		t.Skipf("mounting a small file system takes root: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	disk, err := NewDisk(dir)
	if err != nil {
		t.Fatal(err)
	}
	small := put(t, disk, "small")
	for range 3 {
		endless := rand.NewChaCha8([32]byte{})
		if _, err := disk.Put(t.Context(), endless, 1<<30); !errors.Is(err, ErrFull) || !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("Put: %v, want ErrFull", err)
		}
	}
	if left := files(t, dir); len(left) != 1 {
		t.Errorf("left: %v", left)
	}
	if put(t, disk, "small") != small {
		t.Error("what was kept cannot be put again")
	}
	put(t, disk, strings.Repeat("fits ", 20_000))
}
