package intake

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxRates bounds how many addresses' rates are remembered.
const maxRates = 10_000

// gate counts connections, in all and by address.
type gate struct {
	o        ServerOptions
	receiver *Receiver

	mu     sync.Mutex
	all    int
	byPeer map[netip.Prefix]int
	rates  map[netip.Prefix]*rate.Limiter
}

func newGate(o ServerOptions, r *Receiver) *gate {
	return &gate{o: o, receiver: r, byPeer: map[netip.Prefix]int{}, rates: map[netip.Prefix]*rate.Limiter{}}
}

// enter counts a connection in; leave, called once, counts it out. nil: there
// is no room.
func (g *gate) enter(from net.Addr, now time.Time) (leave func()) {
	key, counted := g.key(from)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.all >= g.o.Connections {
		return nil
	}
	if counted && (g.byPeer[key] >= g.o.PerAddress || !g.rate(key).AllowN(now, 1)) {
		return nil
	}
	g.all++
	if counted {
		g.byPeer[key]++
	}
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.all--
		if !counted {
			return
		}
		if g.byPeer[key]--; g.byPeer[key] == 0 {
			delete(g.byPeer, key)
		}
	}
}

// key is by what a peer is counted: his address, or the network of one who
// has many (IPv6).
func (g *gate) key(from net.Addr) (key netip.Prefix, counted bool) {
	addr, err := netip.ParseAddr(peerName(from))
	if err != nil || g.o.LMTP || len(g.receiver.relaysAt(addr.String())) > 0 {
		return key, false
	}
	bits := 32
	if addr.Is6() {
		bits = 64
	}
	return netip.PrefixFrom(addr, bits).Masked(), true
}

// rate is an address's; g.mu is held.
func (g *gate) rate(key netip.Prefix) *rate.Limiter {
	if g.rates[key] == nil {
		if len(g.rates) >= maxRates {
			clear(g.rates)
		}
		g.rates[key] = rate.NewLimiter(rate.Limit(float64(g.o.PerMinute)/60), g.o.PerMinute)
	}
	return g.rates[key]
}

// peerName is what is kept of where a letter came from: an IP address, or
// "unix" for the socket.
func peerName(from net.Addr) string {
	switch a := from.(type) {
	case *net.TCPAddr:
		return a.AddrPort().Addr().Unmap().WithZone("").String()
	case *net.UnixAddr:
		return unixPeer
	}
	return ""
}
