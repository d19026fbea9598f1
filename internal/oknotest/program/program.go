// Package program runs the real okno as a process of its own, to be killed,
// starved and measured.
package program

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/oknodesk/okno/internal/oknotest/port"
)

// Support is the address of the mailbox that takes letters in.
const Support = "support@desk.example"

// Who administers the installation.
const (
	Admin    = "ada@desk.example"
	Password = "correct horse battery"
)

// Build makes the program in a directory and returns its path.
func Build(ctx context.Context, dir string) (string, error) {
	bin := filepath.Join(dir, "okno")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", bin, "github.com/oknodesk/okno/cmd/okno")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build okno: %w\n%s", err, out)
	}
	return bin, nil
}

// Program is one installation and the process that serves it, if one does. Its
// methods are for one goroutine, but for those that only read.
type Program struct {
	Bin   string
	Data  string   // directory of the installation
	Said  string   // file that takes what the process says, over all its lives
	Pages string   // host:port
	SMTP  string   // host:port where letters come in
	Args  []string // further options
	DB    string   // PostgreSQL's address, that --db names; empty: the directory's own database
	// As is whose processes the program's are; nil: the tester's own.
	As *syscall.Credential

	cmd   *exec.Cmd
	ended chan error
}

// New plans an installation on ports of its own; letters leave to the
// relay (host:port), and the loopback's word about letters is trusted.
func New(bin, data, log, relay string, args ...string) (*Program, error) {
	p := &Program{Bin: bin, Data: data, Said: log}
	for _, at := range []*string{&p.Pages, &p.SMTP} {
		var err error
		if *at, err = port.Keep(); err != nil {
			return nil, err
		}
	}
	p.Args = append([]string{
		"--data", data, "--lang", "en", "--listen", p.Pages, "--base-url", p.URL(), "--smtp-listen", p.SMTP,
		"--smtp", "smtp://" + relay + "?tls=none", "--trusted-relay", Relay + "=127.0.0.1/32", "--trusted-proxies", "127.0.0.1/32",
	}, args...)
	return p, nil
}

// Relay is the name under which the loopback vouches for letters.
const Relay = "relay.desk.example"

// URL begins the address of every page.
func (p *Program) URL() string { return "http://" + p.Pages }

// SetUp makes the first administrator and the mailbox.
func (p *Program) SetUp(ctx context.Context) error {
	cmd := p.command(ctx, "setup", "--name", "Ada", "--email", Admin, "--company", "Supplier", "--support-address", Support, "--password-file", "-")
	cmd.Stdin = strings.NewReader(Password + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("okno setup: %w\n%s", err, out)
	}
	return nil
}

// Run carries a command of one or two words out and returns what it says.
func (p *Program) Run(ctx context.Context, words string, args ...string) ([]byte, error) {
	first, second, _ := strings.Cut(words, " ")
	if second != "" {
		args = append([]string{second}, args...)
	}
	cmd := p.command(ctx, first)
	cmd.Args = slices.Concat([]string{p.Bin, first}, args, p.Args)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("okno %s: %w\n%s", words, err, complaint.String())
	}
	return out, nil
}

// command is okno with the installation's options and none of the tester's own.
func (p *Program) command(ctx context.Context, word string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.Bin, slices.Concat([]string{word}, p.Args, args)...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(s string) bool { return strings.HasPrefix(s, "OKNO_") })
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.As, Pdeathsig: syscall.SIGKILL} // it does not outlive a test that was killed
	return cmd
}

// Start serves the installation and returns once it says where it is: from
// then on its listeners are open.
func (p *Program) Start(ctx context.Context) error {
	log, err := os.OpenFile(p.Said, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := p.command(context.WithoutCancel(ctx), "serve")
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	said, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		lines := bufio.NewReader(out)
		if _, err := lines.ReadString('\n'); err == nil {
			close(said)
		}
		_, err := io.Copy(io.Discard, lines)
		ended <- errors.Join(err, cmd.Wait())
	}()
	select {
	case <-said:
		p.cmd, p.ended = cmd, ended
		return nil
	case err := <-ended:
		return fmt.Errorf("okno ended before it served (%w), see %s", err, p.Said)
	case <-ctx.Done():
		return errors.Join(ctx.Err(), cmd.Process.Kill(), ignored(<-ended))
	}
}

// Kill ends the process as a power cut would (SIGKILL).
func (p *Program) Kill() error {
	if p.cmd == nil {
		return nil
	}
	err := p.cmd.Process.Kill()
	ignored(<-p.ended)
	p.cmd = nil
	return err
}

// ignored is for the word of a process that was killed: it says only that.
func ignored(error) error { return nil }

// Stop asks the process to end, and returns an error unless it ends well.
func (p *Program) Stop(ctx context.Context) error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case err := <-p.ended:
		p.cmd = nil
		return err
	case <-ctx.Done():
		return errors.Join(ctx.Err(), p.Kill())
	}
}
