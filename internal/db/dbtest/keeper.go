package dbtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// keeperVariable, set to the server's directory, makes a test program the
// keeper of the server instead of running its tests.
const keeperVariable = "OKNO_TEST_POSTGRES_KEEPER"

// linger is how long the server outlives the last test process: the next package's
// tests often begin just then.
const linger = 3 * time.Second

func init() {
	dir := os.Getenv(keeperVariable)
	if dir == "" {
		return
	}
	if err := keep(files{dir}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// keep makes a cluster, runs a server on it until nobody uses it, and removes it.
func keep(f files) error {
	programs, err := serverPrograms()
	if err != nil {
		return err
	}
	if err := os.RemoveAll(f.data()); err != nil {
		return err
	}
	as, err := serverRunsAs(f)
	if err != nil {
		return err
	}
	initdb := as.command(filepath.Join(programs, "initdb"), "-D", f.data(), "-U", "okno", "-A", "trust",
		"-E", "UTF8", "--locale=C", "--no-sync")
	if err := initdb.Run(); err != nil {
		return fmt.Errorf("initdb: %w", err)
	}
	server := as.command(filepath.Join(programs, "postgres"), "-D", f.data(), "-k", f.dir,
		"-c", "listen_addresses=", "-c", "max_connections=300", "-c", "fsync=off", "-c", "full_page_writes=off",
		"-c", "synchronous_commit=off", "-c", "shared_buffers=64MB", "-c", "max_wal_size=256MB")
	if err := server.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	unused := make(chan error, 1)
	go func() { unused <- waitUnused(f) }()
	select {
	case err := <-ended:
		return fmt.Errorf("postgres: %v", err)
	case err = <-unused:
	}
	err = errors.Join(err, server.Process.Signal(syscall.SIGINT)) // the fast shutdown
	<-ended
	return errors.Join(err, os.RemoveAll(f.data()))
}

// waitUnused returns, holding the lock until this process ends, when
// nobody has used the server for a while.
func waitUnused(f files) error {
	for {
		joined, err := lockFile(f.joined(), syscall.LOCK_EX)
		if err != nil {
			return err
		}
		if err := syscall.Close(joined); err != nil { // newcomers are welcome meanwhile
			return err
		}
		time.Sleep(linger)
		_, err = lockFile(f.joined(), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return err
		}
	}
}

// runAs is who the server runs as; nil means whoever we are.
type runAs struct{ credential *syscall.Credential }

// serverRunsAs picks the user "postgres" when we are root, whom PostgreSQL refuses.
func serverRunsAs(f files) (runAs, error) {
	if os.Getuid() != 0 {
		return runAs{}, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return runAs{}, fmt.Errorf("PostgreSQL does not run as root: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return runAs{}, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return runAs{}, err
	}
	if err := os.Chown(f.dir, int(uid), int(gid)); err != nil {
		return runAs{}, err
	}
	return runAs{&syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}

func (o runAs) command(program string, args ...string) *exec.Cmd {
	c := exec.Command(program, args...)
	c.Dir = "/"
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	c.SysProcAttr = &syscall.SysProcAttr{Credential: o.credential}
	return c
}
