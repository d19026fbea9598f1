package dbtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	serverVariable = "OKNO_TEST_POSTGRES"
	startTime      = 90 * time.Second // a loaded machine is slow to make a cluster
)

// A test process holds files.joined shared as long as it lives; the kernel lets
// go of it however the process ends. The keeper, which owns the server, stops
// it once it gets that lock for itself.
type files struct{ dir string }

func (f files) starting() string { return filepath.Join(f.dir, "starting.lock") }
func (f files) joined() string   { return filepath.Join(f.dir, "joined.lock") }
func (f files) data() string     { return filepath.Join(f.dir, "data") }
func (f files) log() string      { return filepath.Join(f.dir, "log") }
func (f files) url() string      { return "postgres://okno@/postgres?host=" + f.dir }

func serverFiles() files {
	return files{filepath.Join(quickDir(), fmt.Sprintf("okno-postgres-%d", os.Getuid()))}
}

// quickDir is in memory where there is room: a database is 300 files, and
// making them on a disk takes longer than most tests.
func quickDir() string {
	const memory, enough = "/dev/shm", 2 << 30
	var room syscall.Statfs_t
	if err := syscall.Statfs(memory, &room); err == nil && uint64(room.Bavail)*uint64(room.Bsize) > enough {
		return memory
	}
	return os.TempDir()
}

func serverURL(t testing.TB) string {
	t.Helper()
	if url := os.Getenv(serverVariable); url != "" {
		return url
	}
	if _, err := serverPrograms(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	url, err := join()
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// serverPrograms returns the directory of the newest PostgreSQL installed.
func serverPrograms() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		return filepath.Dir(path), nil
	}
	return "", fmt.Errorf("PostgreSQL is not installed: apt-get install postgresql, or set %s to a server's url", serverVariable)
}

// join makes this process one of those the server runs for, once, starting the server
// if it is not there.
var join = sync.OnceValues(func() (string, error) {
	f := serverFiles()
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return "", err
	}
	starting, err := lockFile(f.starting(), syscall.LOCK_EX)
	if err != nil {
		return "", err
	}
	defer syscall.Close(starting)
	if _, err := lockFile(f.joined(), syscall.LOCK_SH); err != nil { // waits for a keeper that is just stopping
		return "", err
	}
	if answers(f.url()) {
		return f.url(), nil
	}
	return f.url(), startKeeper(f)
})

// lockFile returns a bare descriptor: unlike an os.File it is never collected,
// so a lock not closed lasts as long as the process.
func lockFile(path string, how int) (descriptor int, err error) {
	descriptor, err = syscall.Open(path, syscall.O_CREAT|syscall.O_RDWR|syscall.O_CLOEXEC, 0o600)
	if err != nil {
		return -1, &os.PathError{Op: "open", Path: path, Err: err}
	}
	for {
		err := syscall.Flock(descriptor, how)
		if err == nil {
			return descriptor, nil
		}
		if err != syscall.EINTR {
			return -1, errors.Join(&os.PathError{Op: "lock", Path: path, Err: err}, syscall.Close(descriptor))
		}
	}
}

func answers(url string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return false
	}
	return conn.Close(ctx) == nil
}

// startKeeper runs this program again as the keeper and waits for its server.
func startKeeper(f files) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	log, err := os.Create(f.log())
	if err != nil {
		return err
	}
	defer log.Close()
	keeper := exec.Command(program)
	keeper.Env = append(os.Environ(), keeperVariable+"="+f.dir)
	keeper.Dir = "/"
	keeper.Stdout, keeper.Stderr = log, log
	keeper.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // a Ctrl-C at the tests is not for it
	if err := keeper.Start(); err != nil {
		return err
	}
	deadline := time.After(startTime)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-deadline:
			return fmt.Errorf("PostgreSQL did not answer within %s; see %s", startTime, f.log())
		case <-tick.C:
			var status syscall.WaitStatus
			if pid, _ := syscall.Wait4(keeper.Process.Pid, &status, syscall.WNOHANG, nil); pid != 0 {
				said, _ := os.ReadFile(f.log())
				return fmt.Errorf("PostgreSQL did not start:\n%s", said)
			}
			if answers(f.url()) {
				return keeper.Process.Release()
			}
		}
	}
}
