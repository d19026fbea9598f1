package web

import (
	"net/netip"
	"testing"
	"time"
)

func TestRoutesAreThrottledByAddress(t *testing.T) {
	r := newRig(t, nil, func(r *Router) {
		r.Anyone("POST /status", func(q *Request) error { return q.Done() }, Limit("status", 3, time.Minute))
		r.Anyone("POST /other", func(q *Request) error { return q.Done() }, Limit("other", 3, time.Minute))
	})
	for i := range 3 {
		if w := r.post("/status", ""); w.Code != 204 {
			t.Fatalf("request %d: %d", i+1, w.Code)
		}
	}
	w := r.post("/status", "")
	if w.Code != 429 || w.Header().Get("Retry-After") != "20" {
		t.Errorf("the fourth: %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
	if w := r.post("/other", ""); w.Code != 204 {
		t.Errorf("another bucket: %d", w.Code)
	}
	r.now = r.now.Add(20 * time.Second)
	if w := r.post("/status", ""); w.Code != 204 {
		t.Errorf("after the time that was named: %d", w.Code)
	}
}

var once = limit{bucket: "x", n: 1, per: time.Minute}

func TestThrottleCountsAnIPv6HouseholdAsOne(t *testing.T) {
	th, now := newThrottle(10), time.Unix(1e9, 0)
	wait := func(a string) bool { return th.wait(once, netip.MustParseAddr(a), now) > 0 }
	for _, c := range []struct {
		address string
		want    bool
	}{
		{"2001:db8:1:1::1", false}, {"2001:db8:1:1:ffff::9", true}, {"2001:db8:1:2::1", false},
		{"198.51.100.1", false}, {"198.51.100.1", true}, {"198.51.100.2", false},
	} {
		if wait(c.address) != c.want {
			t.Errorf("%s waits: %v", c.address, !c.want)
		}
	}
}

func TestThrottleForgetsTheQuietest(t *testing.T) {
	th, now := newThrottle(2), time.Unix(1e9, 0)
	a, b, c := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2"), netip.MustParseAddr("192.0.2.3")
	for _, x := range []netip.Addr{a, b, a, c} {
		th.wait(once, x, now)
	}
	if len(th.limiters.entries) != 2 || th.limiters.order.Len() != 2 {
		t.Errorf("%d remembered", len(th.limiters.entries))
	}
	if th.wait(once, a, now) == 0 {
		t.Error("one that asked again was forgotten")
	}
	if th.wait(once, b, now) > 0 {
		t.Error("the quietest is remembered")
	}
}
