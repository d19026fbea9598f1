package dbtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Durable is a PostgreSQL server of its own whose data are on a disk and
// survive a power cut, as it is set up by those who depend on it: the one to
// measure on.
type Durable struct {
	dir   string
	kept  bool // its data outlive it
	pid   int
	ended chan error
}

// StartDurable starts one with its data in the directory, which keeps them for
// the next start; "": in one for temporary files, until it is stopped.
func StartDurable(dir string) (*Durable, error) {
	programs, err := serverPrograms()
	if err != nil {
		return nil, err
	}
	d := &Durable{dir: dir, kept: dir != "", ended: make(chan error, 1)}
	if d.kept {
		err = os.MkdirAll(dir, 0o755) // the server's user must come through
	} else {
		d.dir, err = os.MkdirTemp("", "okno-durable-")
	}
	if err != nil {
		return nil, err
	}
	if err := d.start(programs); err != nil {
		said, _ := os.ReadFile(d.log()) // there may be none yet
		return nil, errors.Join(fmt.Errorf("start PostgreSQL: %w\n%s", err, said), d.forget())
	}
	if err := d.await(); err != nil {
		return nil, errors.Join(err, d.Stop())
	}
	return d, nil
}

// start begins where a former server of the directory ended, or anew.
func (d *Durable) start(programs string) error {
	as, err := serverRunsAs(files{d.dir})
	if err != nil {
		return err
	}
	initdb := as.command(filepath.Join(programs, "initdb"), "-D", d.data(), "-U", "okno", "-A", "trust", "-E", "UTF8", "--locale=C")
	server := as.command(filepath.Join(programs, "postgres"), "-D", d.data(), "-k", d.dir,
		"-c", "listen_addresses=", "-c", "shared_buffers=1GB", "-c", "max_wal_size=4GB")
	log, err := os.Create(d.log())
	if err != nil {
		return err
	}
	defer log.Close()
	initdb.Stdout, initdb.Stderr, server.Stdout, server.Stderr = log, log, log, log
	server.SysProcAttr.Setpgid = true             // a Ctrl-C ends the measuring first
	server.SysProcAttr.Pdeathsig = syscall.SIGINT // the fast shutdown
	if _, err := os.Stat(d.data()); errors.Is(err, os.ErrNotExist) {
		if err := initdb.Run(); err != nil {
			return err
		}
	}
	if err := server.Start(); err != nil {
		return err
	}
	d.pid = server.Process.Pid
	go func() { d.ended <- server.Wait() }()
	return nil
}

func (d *Durable) forget() error {
	if d.kept {
		return nil
	}
	return os.RemoveAll(d.dir)
}

func (d *Durable) log() string { return filepath.Join(d.dir, "log") }

func (d *Durable) data() string { return filepath.Join(d.dir, "data") }

// URL leads to a database of it.
func (d *Durable) URL(database string) string {
	return "postgres://okno@/" + database + "?host=" + d.dir
}

func (d *Durable) await() error {
	late := time.After(startTime)
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for !answers(d.URL("postgres")) {
		select {
		case err := <-d.ended:
			d.ended <- err
			return fmt.Errorf("PostgreSQL ended: %w", err)
		case <-late:
			return fmt.Errorf("PostgreSQL did not answer within %s", startTime)
		case <-look.C:
		}
	}
	return nil
}

// Database makes an empty database of that name, in the place of a former one,
// and returns its url.
func (d *Durable) Database(ctx context.Context, name string) (string, error) {
	conn, err := pgx.Connect(ctx, d.URL("postgres"))
	if err != nil {
		return "", err
	}
	_, err = conn.Exec(ctx, "DROP DATABASE IF EXISTS "+name)
	if err == nil {
		_, err = conn.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
	}
	return d.URL(name), errors.Join(err, conn.Close(ctx))
}

// CPU is the processor time that all of the server's processes have used.
func (d *Durable) CPU() (time.Duration, error) {
	sum, err := cpuOf(d.pid, 4) // with that of those it has seen end
	if err != nil {
		return 0, err
	}
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", d.pid, d.pid))
	if err != nil {
		return 0, err
	}
	for child := range strings.FieldsSeq(string(children)) {
		pid, err := strconv.Atoi(child)
		if err != nil {
			return 0, err
		}
		one, err := cpuOf(pid, 2)
		if err != nil && !errors.Is(err, os.ErrNotExist) && !errors.Is(err, syscall.ESRCH) {
			return 0, err
		}
		sum += one
	}
	return sum, nil
}

// cpuOf sums the first of utime, stime, cutime and cstime of proc(5).
func cpuOf(pid, fields int) (sum time.Duration, err error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	f := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(f) < 15 {
		return 0, fmt.Errorf("proc stat: %q", stat)
	}
	for _, field := range f[11 : 11+fields] {
		n, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil {
			return 0, err
		}
		sum += time.Duration(n) * 10 * time.Millisecond // USER_HZ is 100 on Linux
	}
	return sum, nil
}

// Stop ends the server and removes what is not kept.
func (d *Durable) Stop() error {
	err := syscall.Kill(d.pid, syscall.SIGINT) // the fast shutdown
	if errors.Is(err, syscall.ESRCH) {
		err = nil
	}
	<-d.ended
	return errors.Join(err, d.forget())
}
