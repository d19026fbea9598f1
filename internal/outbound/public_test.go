package outbound

import (
	"net/netip"
	"testing"
)

func TestPublic(t *testing.T) {
	for addr, want := range map[string]bool{
		"8.8.8.8": true, "93.184.216.34": true, "100.63.255.255": true, "100.128.0.0": true,
		"172.15.255.255": true, "172.32.0.0": true, "223.255.255.255": true, "11.0.0.0": true,
		"2606:4700::1111": true, "2a02:6b8::feed:ff": true, "2001:200::1": true,
		"::ffff:8.8.8.8": true, "64:ff9b::808:808": true,

		"0.0.0.0": false, "0.1.2.3": false, "127.0.0.1": false, "127.255.255.254": false,
		"10.1.2.3": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false,
		"169.254.169.254": false, "168.63.129.16": false, "192.0.0.192": false, "100.100.100.200": false,
		"100.64.0.1": false, "198.18.0.1": false, "198.19.255.255": false, "192.0.2.1": false,
		"198.51.100.7": false, "203.0.113.9": false, "192.88.99.1": false,
		"224.0.0.1": false, "239.255.255.250": false, "240.0.0.1": false, "255.255.255.255": false,

		"::": false, "::1": false, "::127.0.0.1": false, "::8.8.8.8": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::ffff:169.254.169.254": false,
		"64:ff9b::7f00:1": false, "64:ff9b::a9fe:a9fe": false, "64:ff9b:1::808:808": false,
		"fe80::1": false, "fe80::1%eth0": false, "fec0::1": false, "fc00::1": false, "fd00:ec2::254": false,
		"ff02::1": false, "100::1": false, "2001:db8::1": false, "3fff::1": false, "5f00::1": false,
		"2002:7f00:1::": false, "2002:808:808::": false, "2001:0:7f00:1::": false,
		"2606:4700::1111%eth0": false,
	} {
		if got := Public(netip.MustParseAddr(addr)); got != want {
			t.Errorf("Public(%s) = %v", addr, got)
		}
	}
	if Public(netip.Addr{}) {
		t.Error("no address is public")
	}
}
