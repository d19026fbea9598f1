package post

import (
	"context"
	"crypto/x509"
	"net"
	"strconv"
)

// TLS is how the connection to the relay is protected.
type TLS int

const (
	TLSOffered  TLS = iota // STARTTLS where the relay offers it
	TLSRequired            // STARTTLS, or the letter waits
	TLSImplicit            // TLS from the first byte (RFC 8314)
	TLSNone                // never
)

// Relay is the mail server that letters leave through.
type Relay struct {
	Host     string
	Port     int
	Login    string // empty: the relay asks for none
	Password string
	// Token is what is shown in the password's place, good for some time yet, and
	// Refused is told of one that the relay said no to; nil: the password is.
	Token   func(ctx context.Context) (string, error)
	Refused func(ctx context.Context, token string)
	TLS     TLS
	// Name is what we call ourselves (EHLO); empty: localhost.
	Name string
	// Roots are the authorities the relay's certificate is checked against;
	// nil: the system's.
	Roots *x509.CertPool
	// Dial reaches the relay; nil: as any host is reached.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Connections is how many are open at once; 0: maxConnections.
	Connections int
}

func (r *Relay) address() string { return net.JoinHostPort(r.Host, strconv.Itoa(r.Port)) }
