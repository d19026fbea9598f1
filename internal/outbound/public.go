package outbound

import "net/netip"

func prefixes(list ...string) (out []netip.Prefix) {
	for _, text := range list {
		out = append(out, netip.MustParsePrefix(text))
	}
	return out
}

// From the IANA special-purpose address registries (RFC 6890), with what cloud
// providers answer their machines' metadata on.
var (
	specialV4 = prefixes(
		"0.0.0.0/8",        // this network
		"10.0.0.0/8",       // private
		"100.64.0.0/10",    // carrier-grade NAT; also Alibaba's metadata
		"127.0.0.0/8",      // loopback
		"169.254.0.0/16",   // link-local; metadata of most clouds
		"172.16.0.0/12",    // private
		"192.0.0.0/24",     // protocol assignments; Oracle's metadata
		"192.0.2.0/24",     // documentation
		"192.88.99.0/24",   // 6to4 relays
		"192.168.0.0/16",   // private
		"198.18.0.0/15",    // benchmarks
		"198.51.100.0/24",  // documentation
		"203.0.113.0/24",   // documentation
		"224.0.0.0/4",      // multicast
		"240.0.0.0/4",      // reserved, broadcast
		"168.63.129.16/32", // Azure's host
	)
	globalV6  = netip.MustParsePrefix("2000::/3")
	specialV6 = prefixes(
		"2001::/23",     // protocol assignments, Teredo (holds an IPv4 address)
		"2001:db8::/32", // documentation
		"2002::/16",     // 6to4 (holds an IPv4 address)
		"3fff::/20",     // documentation
	)
	// nat64 addresses lead to the IPv4 address in their last four bytes (RFC 6052).
	nat64 = netip.MustParsePrefix("64:ff9b::/96")
)

// Public says whether addr is an ordinary address of the public internet.
func Public(addr netip.Addr) bool {
	addr = addr.Unmap()
	if !addr.IsValid() || addr.Zone() != "" {
		return false
	}
	if nat64.Contains(addr) {
		bytes := addr.As16()
		return Public(netip.AddrFrom4([4]byte(bytes[12:])))
	}
	special := specialV4
	if addr.Is6() {
		if !globalV6.Contains(addr) {
			return false
		}
		special = specialV6
	}
	for _, prefix := range special {
		if prefix.Contains(addr) {
			return false
		}
	}
	return true
}
