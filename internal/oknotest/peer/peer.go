// Package peer runs the mail servers that Okno meets in the world, Dovecot and
// Postfix as Debian packs them, each with a throwaway configuration on free
// ports of this machine and in a directory of its own.
package peer

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/oknotest/port"
)

// Password is that of every mailbox at Dovecot and of every sender at Postfix.
const Password = "secret-of-the-peers"

// Host is the name that the servers' certificate bears.
const Host = "localhost"

// Missing says in words what keeps the servers from running here; nil: nothing.
// They take root, since each of their processes runs as a user of its own.
func Missing() error {
	if os.Getuid() != 0 {
		return errors.New("Dovecot and Postfix can only be run by root")
	}
	for _, program := range []string{dovecotProgram, "/usr/lib/dovecot/imap", "/usr/lib/dovecot/pop3", "/usr/lib/dovecot/lmtp", postfixProgram} {
		if _, err := os.Stat(program); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s is not there (apt install dovecot-imapd dovecot-pop3d dovecot-lmtpd postfix)", program)
		}
	}
	return nil
}

// startTime is how long a server may take until it answers.
const startTime = 20 * time.Second

// Certificate is that of the servers, and the file that vouches for it.
type Certificate struct {
	File string // PEM
	Key  string // PEM
}

// NewCertificate makes one for this machine, good for a day, in a directory.
// Whoever is to trust it reads File as an authority's.
func NewCertificate(dir string) (Certificate, error) {
	c := Certificate{filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return c, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		DNSNames: []string{Host}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return c, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return c, err
	}
	return c, errors.Join(
		os.WriteFile(c.File, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644),
		os.WriteFile(c.Key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o644), // guards nothing
	)
}

// Roots are the authorities of who trusts this certificate alone.
func (c Certificate) Roots() (*x509.CertPool, error) {
	text, err := os.ReadFile(c.File)
	roots := x509.NewCertPool()
	if err == nil && !roots.AppendCertsFromPEM(text) {
		err = errors.New("no certificate in " + c.File)
	}
	return roots, err
}

// Dir makes a directory that the servers' own users may pass through.
func Dir() (string, error) {
	dir, err := os.MkdirTemp("", "okno-peer-")
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o755)
}

// keptPorts are so many ports that stay a server's, also while it is down.
func keptPorts(n int) ([]int, error) {
	ports := make([]int, n)
	for i := range ports {
		kept, err := port.Keep()
		if err != nil {
			return nil, err
		}
		at, err := netip.ParseAddrPort(kept)
		if err != nil {
			return nil, err
		}
		ports[i] = int(at.Port())
	}
	return ports, nil
}

func address(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// server is one running server with all its processes.
type server struct {
	cmd   *exec.Cmd
	ended chan error
	said  *bytes.Buffer
}

// begin runs a server in the foreground, in a process group of its own that
// does not outlive a test that was killed.
func begin(program string, args ...string) (*server, error) {
	s := &server{cmd: exec.Command(program, args...), ended: make(chan error, 1), said: &bytes.Buffer{}}
	s.cmd.Dir = "/"
	s.cmd.Stdout, s.cmd.Stderr = s.said, s.said
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	s.cmd.WaitDelay = time.Second // its children may hold the pipe longer
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { s.ended <- s.cmd.Wait() }()
	return s, nil
}

// ready waits until the server greets at each port.
func (s *server) ready(greeting map[int]string) error {
	late := time.Now().Add(startTime)
	for port, words := range greeting {
		for !greets(port, words) {
			select {
			case err := <-s.ended:
				s.ended <- err
				return fmt.Errorf("%s ended: %w\n%s", s.cmd.Path, err, s.said)
			case <-time.After(20 * time.Millisecond):
			}
			if time.Now().After(late) {
				return errors.Join(fmt.Errorf("%s does not answer at port %d", s.cmd.Path, port), s.kill())
			}
		}
	}
	return nil
}

func greets(port int, words string) bool {
	conn, err := net.DialTimeout("tcp", address(port), time.Second)
	if err != nil {
		return false
	}
	defer conn.Close()
	if conn.SetDeadline(time.Now().Add(time.Second)) != nil {
		return false
	}
	line := make([]byte, 200)
	n, err := conn.Read(line)
	return err == nil && strings.HasPrefix(string(line[:n]), words)
}

// kill ends all its processes as a power cut would.
func (s *server) kill() error {
	err := syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
	<-s.ended
	if errors.Is(err, syscall.ESRCH) {
		return nil
	}
	return err
}

// Need ends a test where the servers cannot be run; where CI=true it fails.
func Need(t testing.TB) {
	t.Helper()
	err := Missing()
	if err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatal(err)
	}
	t.Skip(err)
}
