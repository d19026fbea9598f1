package web

import (
	"net/netip"
	"testing"
	"time"
)

func TestVolumeIsBoundedAndWearsOff(t *testing.T) {
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	v := newVolume(10)
	one, other := uploader{address: netip.MustParseAddr("2001:db8::")}, uploader{person: 1}
	const quarter = dayBytes / 4
	for i := range 4 {
		if !v.take(one, quarter, now) {
			t.Fatalf("quarter %d is refused", i+1)
		}
	}
	if v.take(one, 1, now) {
		t.Error("there is more than all of it")
	}
	if !v.take(other, dayBytes, now) {
		t.Error("another has nothing")
	}
	v.giveBack(one, quarter)
	if !v.take(one, quarter, now) {
		t.Error("what was given back cannot be taken again")
	}
	if now = now.Add(dayTime/4 - time.Minute); v.take(one, quarter, now) {
		t.Error("it wears off too early")
	}
	if now = now.Add(2 * time.Minute); !v.take(one, quarter, now) {
		t.Error("it does not wear off")
	}
	if now = now.Add(-time.Hour); v.take(one, quarter, now) {
		t.Error("a clock that was put back makes room")
	}
}

func TestUploadsAreCountedByCustomerAndByAddress(t *testing.T) {
	r := newRig(t, func(c *Config) { c.MaxUpload = 8 << 20 })
	r.everyone()
	upload := func(cookie ...string) int {
		return r.do(with(multipartForm("/uploads", "@file", "hello"), cookie...)).Code
	}
	for who, c := range map[string]struct {
		by     uploader
		cookie []string
	}{
		"a guest":    {by: uploader{address: netip.MustParseAddr("192.0.2.1")}}, // where httptest's requests come from
		"a customer": {uploader{person: customerAnn.person.ID}, as("ann")},
	} {
		if !r.volume.take(c.by, dayBytes-3*leastFile/2, r.now) {
			t.Fatalf("there is no room for %s at first", who)
		}
		if code := upload(c.cookie...); code != 201 {
			t.Errorf("the last that fits of %s is answered %d", who, code)
		}
		if code := upload(c.cookie...); code != 429 {
			t.Errorf("one more of %s is answered %d", who, code)
		}
	}
	if code := upload(as("boris")...); code != 201 {
		t.Errorf("an agent is answered %d", code)
	}
	if r.now = r.now.Add(time.Hour); upload() != 201 || upload(as("ann")...) != 201 {
		t.Error("an hour later there is no room still")
	}
}
