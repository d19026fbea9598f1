package port_test

import (
	"errors"
	"net"
	"syscall"
	"testing"

	"github.com/oknodesk/okno/internal/oknotest/port"
)

func TestAKeptPortIsListenedAtAgainAndAgain(t *testing.T) {
	address, err := port.Keep()
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := net.Dial("tcp", address); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("where nobody listens: %v", err)
		}
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(c.Close(), l.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

// ipLocalPortRange is IP_LOCAL_PORT_RANGE of Linux's ip(7): a range of a socket's own.
const ipLocalPortRange = 51

func TestAKeptPortIsGivenToNobodyWhoAsksForAny(t *testing.T) {
	address, err := port.Keep()
	if err != nil {
		t.Fatal(err)
	}
	at, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	s, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(s)
	if err := syscall.SetsockoptInt(s, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		t.Fatal(err)
	}
	err = syscall.SetsockoptInt(s, syscall.IPPROTO_IP, ipLocalPortRange, at.Port<<16|at.Port)
	if errors.Is(err, syscall.ENOPROTOOPT) {
		return // before Linux 6.3 nobody can ask for any of one
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Bind(s, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("somebody else is given it: %v", err)
	}
}
