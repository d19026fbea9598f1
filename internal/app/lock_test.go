package app

import (
	"bufio"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// TestMain lets this binary be the other process: with a directory in
// OKNO_TEST_HOLD it takes lock and socket there, says so, and waits to be killed;
// with a database in OKNO_TEST_OPEN it opens an installation there and closes it.
func TestMain(m *testing.M) {
	if dir := os.Getenv("OKNO_TEST_HOLD"); dir != "" {
		hold(dir)
	}
	if url := os.Getenv("OKNO_TEST_OPEN"); url != "" {
		openOnce(url)
	}
	os.Exit(m.Run())
}

func hold(dir string) {
	if _, err := LockData(dir, noon); err != nil {
		os.Stdout.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
	if _, err := NewControl().Listen(dir); err != nil {
		os.Stdout.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
	os.Stdout.WriteString("held\n")
	var b [1]byte
	os.Stdin.Read(b[:])
	os.Exit(0)
}

// holdElsewhere starts another process that holds dir; kill ends it with SIGKILL.
func holdElsewhere(t *testing.T, dir string) (pid int, kill func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "OKNO_TEST_HOLD="+dir)
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	said, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || said != "held\n" {
		t.Fatalf("the other process said %q (%v)", said, err)
	}
	return cmd.Process.Pid, func() {
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // its error is that it was killed
	}
}

func TestOneProcessHasTheDataDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	pid, kill := holdElsewhere(t, dir)
	_, err := LockData(dir, noon)
	if !errors.Is(err, ErrLocked) {
		t.Fatalf("error is %v, want ErrLocked", err)
	}
	if want := "process " + strconv.Itoa(pid) + ", since 2026-11-22T12:00:00Z"; !strings.Contains(err.Error(), want) {
		t.Errorf("error %q does not name the %s", err, want)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory was made %v (%v)", info.Mode(), err)
	}
	kill()
}

func TestKilledProcessLeavesNoLock(t *testing.T) {
	dir := t.TempDir()
	_, kill := holdElsewhere(t, dir)
	kill()
	lock, err := LockData(dir, noon)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "lock"))
	if err != nil || !strings.HasPrefix(string(text), strconv.Itoa(os.Getpid())+" ") {
		t.Errorf("the lock file says %q (%v)", text, err)
	}
	if _, err := LockData(dir, noon); !errors.Is(err, ErrLocked) {
		t.Errorf("a second lock in this process: %v", err)
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := LockData(dir, noon)
	if err != nil {
		t.Fatalf("after the release: %v", err)
	}
	if err := again.Release(); err != nil {
		t.Fatal(err)
	}
}

func TestCommandWaitsForNobodyWhileAnotherProcessStarts(t *testing.T) {
	dir := t.TempDir()
	_, kill := holdElsewhere(t, dir)
	defer kill()
	// As between taking the lock and listening: the lock is there, the socket is not.
	if err := os.Remove(socketPath(dir)); err != nil {
		t.Fatal(err)
	}
	err := AskOrLock(dir, noon, func() error { _, err := Ask(t.Context(), dir, "setup", nil, nil); return err }, func() error {
		t.Error("worked alone beside another process")
		return nil
	})
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Exit != ExitTempFail {
		t.Errorf("error is %v, want exit code 75", err)
	}
}

func TestCommandWorksAloneAfterAKill(t *testing.T) {
	dir := t.TempDir()
	_, kill := holdElsewhere(t, dir)
	kill()
	if _, err := os.Stat(socketPath(dir)); err != nil {
		t.Fatalf("no stale socket to try this with: %v", err)
	}
	alone := false
	err := AskOrLock(dir, noon, func() error { _, err := Ask(t.Context(), dir, "setup", nil, nil); return err }, func() error {
		alone = true
		if _, err := LockData(dir, noon); !errors.Is(err, ErrLocked) {
			t.Errorf("worked without the lock: %v", err)
		}
		return nil
	})
	if err != nil || !alone {
		t.Errorf("alone is %v, error is %v", alone, err)
	}
}

func TestNewServerTakesOverAStaleSocket(t *testing.T) {
	dir := t.TempDir()
	_, kill := holdElsewhere(t, dir)
	kill()
	serve(t, dir, NewControl())
	conn, err := net.Dial("unix", socketPath(dir))
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	left, err := filepath.Glob(filepath.Join(dir, ".sock*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}
