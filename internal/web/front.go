package web

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// front is what the world calls us, and whose word on that counts.
type front struct {
	base    *url.URL // nil: any name
	proxies []netip.Prefix
}

func newFront(base string, proxies []netip.Prefix) (front, error) {
	f := front{proxies: proxies}
	if base == "" {
		return f, nil
	}
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" ||
		u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return f, fmt.Errorf("base URL %q: want http(s)://host[:port] and nothing after it", base)
	}
	f.base = &url.URL{Scheme: u.Scheme, Host: u.Host}
	return f, nil
}

func (f front) link(path string) string {
	if f.base == nil {
		return path
	}
	return f.base.String() + path
}

// ours reports whether the request asks for the host that we are. A page that
// another name leads to could be made to set its cookies or links there.
func (f front) ours(r *http.Request) bool {
	return f.base == nil || bareHost(r.Host, f.base.Scheme) == bareHost(f.base.Host, f.base.Scheme)
}

func bareHost(host, scheme string) string {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if scheme == "https" {
		return strings.TrimSuffix(host, ":443")
	}
	return strings.TrimSuffix(host, ":80")
}

func (f front) secure(r *http.Request) bool {
	if f.base != nil {
		return f.base.Scheme == "https"
	}
	return r.TLS != nil || f.trusts(peer(r)) && r.Header.Get("X-Forwarded-Proto") == "https"
}

func (f front) trusts(a netip.Addr) bool {
	for _, p := range f.proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// client walks X-Forwarded-For from its end, since only what our own proxies
// appended is true; the first address that is none of theirs is the client.
func (f front) client(r *http.Request) netip.Addr {
	at := peer(r)
	if !f.trusts(at) {
		return at
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			return at
		}
		at = hop.Unmap().WithZone("")
		if !f.trusts(at) {
			return at
		}
	}
	return at
}

// peer is the other end of the connection; invalid for a Unix socket.
func peer(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap().WithZone("")
}

// household is the address as limits count it: an IPv6 customer has a whole
// /64 to choose addresses from.
func household(a netip.Addr) netip.Addr {
	if !a.Is6() {
		return a
	}
	p, err := a.Prefix(64)
	if err != nil {
		return a
	}
	return p.Addr()
}
