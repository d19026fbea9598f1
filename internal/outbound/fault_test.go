package outbound_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/outbound"
)

// dialled is the error of TLS with whoever listens.
func dialled(t *testing.T, address string, config *tls.Config) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	conn, err := (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", address)
	if err == nil {
		_, err = conn.Read(make([]byte, 1)) // what the server says against us comes behind the handshake
		conn.Close()
	}
	return fmt.Errorf("connect: %w", err)
}

func TestFaultsOfServersAreToldApart(t *testing.T) {
	secure := httptest.NewTLSServer(nil)
	defer secure.Close()
	demanding := httptest.NewUnstartedServer(nil)
	demanding.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	demanding.StartTLS()
	defer demanding.Close()
	plain := httptest.NewServer(nil)
	defer plain.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	conn, err := net.Dial("tcp", silent.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetReadDeadline(time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	_, late := conn.Read(make([]byte, 1))
	late = fmt.Errorf("greeting: %w", late)
	guarded, err := outbound.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	_, private := guarded.DialContext(t.Context(), "tcp", "127.0.0.1:1")
	for name, c := range map[string]struct {
		err  error
		want outbound.Fault
	}{
		"no such name":      {&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}, outbound.NoHost},
		"nobody names it":   {&net.DNSError{Err: "i/o timeout", IsTimeout: true}, outbound.Silent},
		"nobody listens":    {dialled(t, closed.Addr().String(), nil), outbound.Refused},
		"inner network":     {private, outbound.Private},
		"says nothing":      {late, outbound.Silent},
		"time is over":      {fmt.Errorf("sign in: %w", context.DeadlineExceeded), outbound.Silent},
		"not its name":      {dialled(t, secure.Listener.Addr().String(), &tls.Config{ServerName: "mail.desk.example", RootCAs: pool(secure.Certificate())}), outbound.Certificate},
		"unknown authority": {dialled(t, secure.Listener.Addr().String(), &tls.Config{ServerName: "example.com", RootCAs: x509.NewCertPool()}), outbound.Certificate},
		"speaks no TLS":     {dialled(t, plain.Listener.Addr().String(), nil), outbound.Unprotected},
		"not TLS with us":   {dialled(t, demanding.Listener.Addr().String(), &tls.Config{InsecureSkipVerify: true}), outbound.Unprotected},
		"went away":         {fmt.Errorf("sign in: %w", io.ErrUnexpectedEOF), ""},
		"something else":    {errors.New("connection refused"), ""},
	} {
		if got := outbound.FaultOf(c.err); got != c.want {
			t.Errorf("%s: %q, want %q: %v", name, got, c.want, c.err)
		}
	}
}

func pool(c *x509.Certificate) *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(c)
	return p
}
