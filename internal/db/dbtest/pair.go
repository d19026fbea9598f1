package dbtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/oknodesk/okno/internal/oknotest/port"
)

// Pair is a PostgreSQL primary with a synchronous standby, each a server of
// its own: a commit is answered once both have it.
type Pair struct {
	URL string // names both; changes go to whichever takes them

	dir              string
	as               runAs
	programs         string
	primary, standby *pairServer
}

type pairServer struct {
	dir, port string
	cmd       *exec.Cmd
	ended     chan error
}

// NewPair starts both servers with an empty database. They end with the test.
func NewPair(t testing.TB) *Pair {
	t.Helper()
	programs, err := serverPrograms()
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	dir, err := os.MkdirTemp(quickDir(), "okno-pair-")
	if err != nil {
		t.Fatal(err)
	}
	p := &Pair{dir: dir, programs: programs}
	t.Cleanup(func() {
		p.end(p.primary)
		p.end(p.standby)
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := p.start(t); err != nil {
		said, _ := os.ReadFile(filepath.Join(dir, "log"))
		t.Fatalf("%v\n%s", err, said)
	}
	p.URL = fmt.Sprintf("postgres://okno@127.0.0.1:%s,127.0.0.1:%s/okno?target_session_attrs=read-write", p.primary.port, p.standby.port)
	return p
}

func (p *Pair) start(t testing.TB) (err error) {
	if p.as, err = serverRunsAs(files{p.dir}); err != nil {
		return err
	}
	first, err := p.plan("first")
	if err != nil {
		return err
	}
	second, err := p.plan("second")
	if err != nil {
		return err
	}
	initdb := p.command("initdb", "-D", first.dir, "-U", "okno", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	if err := initdb.Run(); err != nil {
		return fmt.Errorf("initdb: %w", err)
	}
	if err := p.serve(first); err != nil {
		return err
	}
	p.primary = first
	must(t, run(first.url("postgres"), "CREATE DATABASE okno TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"))
	copying := p.command("pg_basebackup", "-D", second.dir, "-R", "-X", "stream", "-c", "fast", "--no-sync", "-h", "127.0.0.1", "-p", first.port, "-U", "okno")
	if err := copying.Run(); err != nil {
		return fmt.Errorf("pg_basebackup: %w", err)
	}
	if err := p.serve(second); err != nil {
		return err
	}
	p.standby = second
	if err := p.await(first, `SELECT count(*) > 0 FROM pg_stat_replication WHERE state = 'streaming'`); err != nil {
		return err
	}
	must(t, run(first.url("postgres"), "ALTER SYSTEM SET synchronous_standby_names = '*'"))
	must(t, run(first.url("postgres"), "SELECT pg_reload_conf()"))
	return p.await(first, `SELECT count(*) > 0 FROM pg_stat_replication WHERE sync_state = 'sync'`)
}

func (p *Pair) plan(name string) (*pairServer, error) {
	kept, err := port.Keep()
	if err != nil {
		return nil, err
	}
	_, number, err := net.SplitHostPort(kept)
	return &pairServer{dir: filepath.Join(p.dir, name), port: number}, err
}

func (s *pairServer) url(database string) string {
	return "postgres://okno@127.0.0.1:" + s.port + "/" + database
}

// command runs one of PostgreSQL's programs, which leave their words in a log.
func (p *Pair) command(name string, args ...string) *exec.Cmd {
	cmd := p.as.command(filepath.Join(p.programs, name), args...)
	cmd.Dir = "/"
	if log, err := os.OpenFile(filepath.Join(p.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666); err == nil {
		cmd.Stdout, cmd.Stderr = log, log
	}
	return cmd
}

func (p *Pair) serve(s *pairServer) error {
	s.cmd = p.command("postgres", "-D", s.dir, "-k", p.dir, "-p", s.port,
		"-c", "listen_addresses=127.0.0.1", "-c", "max_connections=100", "-c", "fsync=off", "-c", "full_page_writes=off",
		"-c", "shared_buffers=32MB", "-c", "max_wal_size=256MB", "-c", "wal_level=replica", "-c", "hot_standby=on")
	if s.cmd.SysProcAttr == nil {
		s.cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	s.cmd.SysProcAttr.Setpgid = true // its processes are killed with it
	s.cmd.SysProcAttr.Pdeathsig = syscall.SIGINT
	if err := s.cmd.Start(); err != nil {
		return err
	}
	s.ended = make(chan error, 1)
	go func() { s.ended <- s.cmd.Wait() }()
	return p.await(s, `SELECT true`)
}

// await asks a server until it says yes.
func (p *Pair) await(s *pairServer, question string) error {
	late := time.After(startTime)
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	var last error
	for {
		yes := false
		if last = s.ask(question, &yes); yes {
			return nil
		}
		select {
		case err := <-s.ended:
			s.ended <- err
			return fmt.Errorf("a server of the pair ended: %w", err)
		case <-late:
			return fmt.Errorf("after %s not yet: %s: %w", startTime, question, last)
		case <-look.C:
		}
	}
}

func (s *pairServer) ask(question string, yes *bool) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.url("postgres"))
	if err != nil {
		return err
	}
	return errors.Join(conn.QueryRow(ctx, question).Scan(yes), conn.Close(ctx))
}

// Fail kills the primary as a power cut would, waits out the time that it takes
// to notice, and makes the standby the primary, which is alone from then on.
func (p *Pair) Fail(t testing.TB, notice time.Duration) {
	t.Helper()
	p.end(p.primary)
	<-time.After(notice)
	s := p.standby
	promote := p.command("pg_ctl", "promote", "-D", s.dir, "-W")
	if err := promote.Run(); err != nil {
		t.Fatalf("promote: %v", err)
	}
	if err := p.await(s, `SELECT NOT pg_is_in_recovery()`); err != nil {
		t.Fatal(err)
	}
	p.primary, p.standby = s, nil
}

// end kills a server with all of its processes.
func (p *Pair) end(s *pairServer) {
	if s == nil || s.cmd == nil {
		return
	}
	if err := syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return
	}
	<-s.ended // it says only that it was killed
	s.cmd = nil
}
