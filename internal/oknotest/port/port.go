// Package port gives tests ports that must be known before anybody listens there.
package port

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"syscall"
)

// Keep returns a TCP port of the loopback as host:port, which is nobody else's
// as long as this process lives. A socket is bound to it and does not listen:
// whoever sets SO_REUSEADDR, as every server does, may listen there, and again
// after it ended; until then connections are refused. The kernel gives it to
// nobody who asks for any port, as it would one that was tried and closed.
func Keep() (string, error) {
	s, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return "", os.NewSyscallError("socket", err)
	}
	if err := syscall.SetsockoptInt(s, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		return "", os.NewSyscallError("setsockopt", err)
	}
	if err := syscall.Bind(s, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return "", os.NewSyscallError("bind", err)
	}
	at, err := syscall.Getsockname(s)
	if err != nil {
		return "", os.NewSyscallError("getsockname", err)
	}
	in, ok := at.(*syscall.SockaddrInet4)
	if !ok {
		return "", fmt.Errorf("the socket is at a %T", at)
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(in.Port)), nil
}
