package web

import (
	"context"
	"fmt"
	"net"
	"runtime"
	"testing"

	"go.uber.org/goleak"

	"github.com/oknodesk/okno"
)

func TestServerShutsDownWithStreamsOpen(t *testing.T) {
	before := goleak.IgnoreCurrent()
	r := newRig(t, nil, fourGates)
	r.everyone()
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	over := make(chan error)
	go func() { over <- r.Serve(ctx, on) }()
	c, begin := dial(t, on.Addr().String(), "ann")
	defer c.Close()
	if begin != "HTTP/1.1 200 OK" {
		t.Fatalf("the stream begins with %q", begin)
	}
	stop()
	if err := <-over; err != nil { // that it was held up
		t.Error(err)
	}
	goleak.VerifyNone(t, before)
}

func TestServerSaysWhyItCannotServe(t *testing.T) {
	r := newRig(t, nil)
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := on.Close(); err != nil {
		t.Fatal(err)
	}
	if err := r.Serve(t.Context(), on); err == nil {
		t.Error("a closed listener serves")
	}
}

// dial opens a stream with as little memory as can be, and returns the first
// line of the answer.
func dial(t testing.TB, address, token string) (net.Conn, string) {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(c, "GET /live HTTP/1.1\r\nHost: x\r\nCookie: okno=%s\r\n\r\n", token); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, len("HTTP/1.1 200 OK"))
	if _, err := c.Read(line); err != nil {
		t.Fatal(err)
	}
	return c, string(line)
}

// BenchmarkIdleStream tells what one open page costs in memory: the server's
// part and that of a bare connection at the other end.
func BenchmarkIdleStream(b *testing.B) {
	const pages = 400
	for range b.N {
		r := newRig(b, nil)
		on, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			b.Fatal(err)
		}
		ctx, stop := context.WithCancel(b.Context())
		over := make(chan error)
		go func() { over <- r.Serve(ctx, on) }()
		before := inUse()
		for i := range pages {
			s := customerAnn
			s.portal.Session = okno.SessionID(1000 + i)
			r.desk.seat(fmt.Sprint("page", i), s)
			c, begin := dial(b, on.Addr().String(), fmt.Sprint("page", i))
			if begin != "HTTP/1.1 200 OK" {
				b.Fatalf("page %d: %s", i, begin)
			}
			defer c.Close()
		}
		b.ReportMetric(float64(inUse()-before)/pages/1024, "KB/page")
		stop()
		if err := <-over; err != nil {
			b.Fatal(err)
		}
	}
}

func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}
