// Package outbound is the one guarded way to the world: it connects to public
// addresses only, unless a setting names the host, so that nobody can make the
// program speak to the machine it runs on or to the network around it (SSRF).
package outbound

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"
)

// ErrForbidden says that Host is, or resolves to, an address that is not public
// and that no setting allows. Nothing was sent.
type ErrForbidden struct {
	Host string
	Addr netip.Addr
}

func (e ErrForbidden) Error() string {
	return fmt.Sprintf("outbound: %s is at %s, which is not a public address", e.Host, e.Addr)
}

// connectTimeout bounds the attempt at each of a host's addresses.
const connectTimeout = 10 * time.Second

// maxAddresses bounds how many of a host's addresses are tried.
const maxAddresses = 8

// Dialer connects to public addresses and to what it was told to allow. It may
// be used by many at once.
type Dialer struct {
	hosts    map[string]bool
	prefixes []netip.Prefix
	resolver *net.Resolver
}

// New returns a Dialer that also connects to what allow names: host names
// (whatever they resolve to), addresses and CIDR prefixes. A Dialer for links
// that strangers write should be given none: a redirect may lead to an allowed host.
func New(allow []string) (*Dialer, error) {
	d := &Dialer{hosts: map[string]bool{}, resolver: net.DefaultResolver}
	for _, entry := range allow {
		entry = strings.TrimSpace(entry)
		addr, errAddr := netip.ParseAddr(entry)
		prefix, errPrefix := netip.ParsePrefix(entry)
		switch {
		case errPrefix == nil:
			d.prefixes = append(d.prefixes, prefix.Masked())
		case errAddr == nil:
			addr = addr.Unmap().WithZone("")
			d.prefixes = append(d.prefixes, netip.PrefixFrom(addr, addr.BitLen()))
		case entry == "" || strings.ContainsAny(entry, "/:@ *"):
			return nil, fmt.Errorf("outbound: %q is not a host name, an address or a CIDR prefix", entry)
		default:
			d.hosts[canonical(entry)] = true
		}
	}
	return d, nil
}

// DialContext resolves address ("host:port"), refuses with ErrForbidden when no
// address of the host may be reached, and connects to one of those it has
// checked: the name is not resolved again. network is tcp, tcp4 or tcp6.
func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	family, ok := map[string]string{"tcp": "ip", "tcp4": "ip4", "tcp6": "ip6"}[network]
	if !ok {
		return nil, net.UnknownNetworkError(network)
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	addrs, err := d.resolver.LookupNetIP(ctx, family, host)
	if err != nil {
		return nil, err
	}
	permitted, refused := d.sift(host, addrs)
	if len(permitted) == 0 {
		return nil, ErrForbidden{Host: host, Addr: refused}
	}
	var failures []error
	dialer := net.Dialer{Timeout: connectTimeout}
	for _, addr := range permitted {
		conn, err := dialer.DialContext(ctx, network, net.JoinHostPort(addr.String(), port))
		if err == nil {
			return conn, nil
		}
		failures = append(failures, err)
	}
	return nil, errors.Join(failures...)
}

// sift returns the addresses that may be dialled and one of those that may not.
func (d *Dialer) sift(host string, addrs []netip.Addr) (permitted []netip.Addr, refused netip.Addr) {
	named := d.hosts[canonical(host)]
	for _, addr := range addrs {
		addr = addr.Unmap()
		if !named && !d.mayReach(addr) {
			refused = addr
		} else if len(permitted) < maxAddresses {
			permitted = append(permitted, addr)
		}
	}
	return permitted, refused
}

func (d *Dialer) mayReach(addr netip.Addr) bool {
	for _, prefix := range d.prefixes {
		if prefix.Contains(addr.WithZone("")) {
			return true
		}
	}
	return Public(addr)
}

func canonical(host string) string {
	return strings.ToLower(strings.TrimSuffix(host, "."))
}
