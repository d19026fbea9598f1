package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// ErrLocked: another process works on the data directory.
var ErrLocked = errors.New("the data directory is in use")

// DataLock is this process's sole right to the data directory. The kernel gives
// it up when the process ends, however it ends.
type DataLock struct{ file *flock.Flock }

// LockData makes the data directory (0700) where it is absent and takes its
// lock, DATA/lock, without waiting. It writes its process number and start time
// there; an error that is ErrLocked names those of the other process.
func LockData(dir string, now time.Time) (*DataLock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return lockData(dir, now, (*flock.Flock).TryLock)
}

// ShareData is LockData for one of several processes that change nothing there:
// the directory must exist, and nobody has it for himself alone meanwhile.
func ShareData(dir string, now time.Time) (*DataLock, error) {
	return lockData(dir, now, (*flock.Flock).TryRLock)
}

func lockData(dir string, now time.Time, take func(*flock.Flock) (bool, error)) (*DataLock, error) {
	path := filepath.Join(dir, "lock")
	file := flock.New(path, flock.SetPermissions(0o600))
	ours, err := take(file)
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	if !ours {
		return nil, fmt.Errorf("%w: %s%s", ErrLocked, dir, holder(path))
	}
	// The file stays in place for good: removing it would let two processes lock two files of one name.
	text := fmt.Sprintf("%d %s\n", os.Getpid(), now.UTC().Format(time.RFC3339))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &DataLock{file: file}, nil
}

// Release gives the directory up.
func (l *DataLock) Release() error { return l.file.Close() }

// holder says who wrote the lock file; between locking and writing it is the one
// before, so this is for people to read and nothing is decided by it.
func holder(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	pid, since, ok := strings.Cut(strings.TrimSpace(string(text)), " ")
	if _, err := strconv.Atoi(pid); err != nil || !ok {
		return ""
	}
	return fmt.Sprintf(" (process %s, since %s)", pid, since)
}

// lockAll takes the locks of directories, some for this process alone, others to
// be shared; one that is named twice is taken once.
func lockAll(alone, shared []string) (release func() error, err error) {
	var locks []*DataLock
	release = func() (err error) {
		for _, l := range locks {
			err = errors.Join(err, l.Release())
		}
		return err
	}
	taken := map[string]bool{}
	for i, dir := range slices.Concat(alone, shared) {
		whole, err := filepath.Abs(dir)
		if err != nil {
			return nil, errors.Join(err, release())
		}
		if taken[whole] {
			continue
		}
		taken[whole] = true
		take := LockData
		if i >= len(alone) {
			take = ShareData
		}
		lock, err := take(whole, time.Now())
		if err != nil {
			return nil, errors.Join(err, release())
		}
		locks = append(locks, lock)
	}
	return release, nil
}

// homes are the directories that the SQLite files among the databases lie in.
func homes(urls ...string) (dirs []string) {
	for _, url := range urls {
		if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
			dirs = append(dirs, filepath.Dir(path))
		}
	}
	return dirs
}
