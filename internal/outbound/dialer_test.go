package outbound

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// names is a DNS server of the test's own. Each name has a list of answers,
// each a list of addresses; every lookup takes the next, the last stays.
type names struct {
	mu      sync.Mutex
	answers map[string][][]string
	asked   map[string]int
}

// resolver starts the server and returns a resolver that asks nobody else.
func (n *names) resolver(t *testing.T) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	n.asked = map[string]int{}
	go func() {
		packet := make([]byte, 1500)
		for {
			size, from, err := conn.ReadFrom(packet)
			if err != nil {
				return
			}
			if reply := n.reply(packet[:size]); reply != nil {
				conn.WriteTo(reply, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func (n *names) reply(packet []byte) []byte {
	var m dnsmessage.Message
	if m.Unpack(packet) != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	name := canonical(q.Name.String())
	n.mu.Lock()
	defer n.mu.Unlock()
	answers := n.answers[name]
	if q.Type == dnsmessage.TypeA {
		n.asked[name]++
	}
	m.Response, m.Authoritative, m.Additionals = true, true, nil
	if len(answers) == 0 {
		m.RCode = dnsmessage.RCodeNameError
	} else {
		turn := min(max(n.asked[name], 1), len(answers)) - 1
		for _, text := range answers[turn] {
			head := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class}
			addr := netip.MustParseAddr(text)
			switch {
			case q.Type == dnsmessage.TypeA && addr.Is4():
				m.Answers = append(m.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.AResource{A: addr.As4()}})
			case q.Type == dnsmessage.TypeAAAA && addr.Is6():
				m.Answers = append(m.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.AAAAResource{AAAA: addr.As16()}})
			}
		}
	}
	reply, err := m.Pack()
	if err != nil {
		return nil
	}
	return reply
}

func newDialer(t *testing.T, allow []string, answers map[string][][]string) *Dialer {
	t.Helper()
	d, err := New(allow)
	if err != nil {
		t.Fatal(err)
	}
	d.resolver = (&names{answers: answers}).resolver(t)
	return d
}

// listen accepts connections on addr until the test ends and returns its port.
func listen(t *testing.T, addr string) string {
	t.Helper()
	listener, err := net.Listen("tcp", net.JoinHostPort(addr, "0"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

var world = map[string][][]string{
	"inside.example":  {{"127.0.0.1"}},
	"mixed.example":   {{"127.0.0.1", "127.0.0.2"}},
	"rebind.example":  {{"127.0.0.2"}, {"127.0.0.1"}},
	"mapped.example":  {{"::ffff:127.0.0.1"}},
	"nat64.example":   {{"64:ff9b::7f00:1"}},
	"private.example": {{"10.0.0.7", "fd00::7"}},
	"cloud.example":   {{"169.254.169.254"}},
}

func TestNothingInsideIsReached(t *testing.T) {
	port := listen(t, "127.0.0.1")
	d := newDialer(t, []string{"127.0.0.2"}, world)
	for _, host := range []string{
		"127.0.0.1", "::1", "::ffff:127.0.0.1", "::", "0.0.0.0", "10.0.0.7", "fe80::1%lo",
		"localhost", "inside.example", "INSIDE.example.", "mapped.example", "nat64.example", "private.example", "cloud.example",
	} {
		conn, err := d.DialContext(t.Context(), "tcp", net.JoinHostPort(host, port))
		var forbidden ErrForbidden
		if !errors.As(err, &forbidden) || forbidden.Host != host || !forbidden.Addr.IsValid() {
			t.Errorf("%s: %v, want ErrForbidden", host, err)
		}
		if conn != nil {
			conn.Close()
		}
	}
}

func TestTheCheckedAddressIsDialledWhateverTheNameSaysNext(t *testing.T) {
	port := listen(t, "127.0.0.2")
	d := newDialer(t, []string{"127.0.0.2/32"}, world)
	for _, host := range []string{"rebind.example", "mixed.example"} {
		conn, err := d.DialContext(t.Context(), "tcp", net.JoinHostPort(host, port))
		if err != nil {
			t.Errorf("%s: %v", host, err)
			continue
		}
		if got := conn.RemoteAddr().String(); got != net.JoinHostPort("127.0.0.2", port) {
			t.Errorf("%s: connected to %s", host, got)
		}
		conn.Close()
	}
	_, err := d.DialContext(t.Context(), "tcp", net.JoinHostPort("rebind.example", port))
	if !errors.As(err, new(ErrForbidden)) {
		t.Errorf("the second answer: %v", err)
	}
}

func TestASettingAllowsWhatItNames(t *testing.T) {
	port := listen(t, "127.0.0.1")
	for _, c := range []struct {
		allow, host string
		want        bool
	}{
		{"inside.example", "inside.example", true},
		{"Inside.Example.", "inside.EXAMPLE", true},
		{"inside.example", "mapped.example", false},
		{"example", "inside.example", false},
		{"127.0.0.1", "inside.example", true},
		{"::ffff:127.0.0.1", "inside.example", true},
		{"127.0.0.0/8", "inside.example", true},
		{"10.0.0.0/8", "inside.example", false},
		{" localhost ", "localhost", true},
	} {
		d := newDialer(t, []string{c.allow}, world)
		conn, err := d.DialContext(t.Context(), "tcp", net.JoinHostPort(c.host, port))
		if (err == nil) != c.want {
			t.Errorf("allow %q, dial %s: %v", c.allow, c.host, err)
		}
		if conn != nil {
			conn.Close()
		}
	}
	for _, wrong := range []string{"", "*", "http://host", "host:80", "10.0.0.0/33", "a b"} {
		if _, err := New([]string{wrong}); err == nil {
			t.Errorf("New accepts %q", wrong)
		}
	}
}

func TestOnlyTCPToHostAndPort(t *testing.T) {
	d := newDialer(t, []string{"127.0.0.0/8"}, world)
	for _, c := range [][2]string{{"udp", "127.0.0.1:53"}, {"unix", "/run/docker.sock"}, {"tcp", "127.0.0.1"}, {"tcp", "nowhere.example:80"}} {
		if conn, err := d.DialContext(t.Context(), c[0], c[1]); err == nil {
			conn.Close()
			t.Errorf("dialled %v", c)
		}
	}
}
