package outbound

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"syscall"
)

// Fault is why a server was not reached, or not believed; "": neither.
type Fault string

// Faults.
const (
	NoHost      Fault = "host"        // its name is not known
	Refused     Fault = "refused"     // nobody listens at the port
	Private     Fault = "private"     // ErrForbidden
	Silent      Fault = "silent"      // no answer in time, or no way there
	Certificate Fault = "certificate" // it does not prove who it is
	Unprotected Fault = "security"    // it does not speak TLS there, or not with us
)

// FaultOf tells the fault in an error of a connection.
func FaultOf(err error) Fault {
	var name *net.DNSError
	var op *net.OpError
	var timed net.Error
	switch {
	case errors.As(err, &name) && !name.IsTimeout:
		return NoHost
	case errors.As(err, new(ErrForbidden)):
		return Private
	case errors.Is(err, syscall.ECONNREFUSED):
		return Refused
	case errors.As(err, new(*tls.CertificateVerificationError)), errors.As(err, new(x509.HostnameError)), errors.As(err, new(x509.UnknownAuthorityError)):
		return Certificate
	case errors.As(err, new(tls.RecordHeaderError)), errors.As(err, &op) && (op.Op == "remote error" || op.Op == "local error"): // crypto/tls's names for alerts
		return Unprotected
	case errors.As(err, &timed) && timed.Timeout(), errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return Silent
	}
	return ""
}
