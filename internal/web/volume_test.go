package web

import (
	"net/netip"
	"testing"
	"time"
)

func TestVolumeOfAnAddressIsBoundedAndWearsOff(t *testing.T) {
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	v := newVolume(10)
	one, neighbour, other := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2"), netip.MustParseAddr("192.0.2.1")
	const quarter = guestBytes / 4
	for i := range 4 {
		if !v.take(one, quarter, now) {
			t.Fatalf("quarter %d is refused", i+1)
		}
	}
	if v.take(neighbour, 1, now) {
		t.Error("the same household has more")
	}
	if !v.take(other, guestBytes, now) {
		t.Error("another address has nothing")
	}
	v.giveBack(one, quarter)
	if !v.take(one, quarter, now) {
		t.Error("what was given back cannot be taken again")
	}
	if now = now.Add(guestsTime/4 - time.Minute); v.take(one, quarter, now) {
		t.Error("it wears off too early")
	}
	if now = now.Add(2 * time.Minute); !v.take(one, quarter, now) {
		t.Error("it does not wear off")
	}
	if now = now.Add(-time.Hour); v.take(one, quarter, now) {
		t.Error("a clock that was put back makes room")
	}
}

func TestUploadsOfGuestsAreCountedByAddress(t *testing.T) {
	r := newRig(t, func(c *Config) { c.MaxUpload = 8 << 20 })
	r.everyone()
	upload := func(cookie ...string) int {
		req := multipartForm("/uploads", "@file", "hello")
		return r.do(with(req, cookie...)).Code
	}
	here := netip.MustParseAddr("192.0.2.1") // where httptest's requests come from
	if !r.volume.take(here, guestBytes-3*leastFile/2, r.now) {
		t.Fatal("there is no room at first")
	}
	if code := upload(); code != 201 {
		t.Errorf("the last that fits is answered %d", code)
	}
	if code := upload(); code != 413 {
		t.Errorf("one more is answered %d", code)
	}
	if code := upload(as("ann")...); code != 201 {
		t.Errorf("whoever is signed in is answered %d", code)
	}
	if r.now = r.now.Add(time.Hour); upload() != 201 {
		t.Error("an hour later there is no room still")
	}
}
