package app

import (
	"testing"
	"time"
)

func TestACrowdThatWasAnsweredTogetherIsStillThere(t *testing.T) {
	inside, now := int64(0), noon
	c := &crowd{inside: func() int64 { return inside }, many: 4, now: func() time.Time { return now }}
	for _, step := range []struct {
		after  time.Duration
		inside int64
		waits  bool
		what   string
	}{
		{0, 4, false, "a few"},
		{0, 5, true, "many"},
		{5 * time.Millisecond, 0, true, "just answered"},
		{5 * time.Millisecond, 0, false, "gone"},
		{time.Hour, 1, false, "one much later"},
		{0, 8, true, "many again"},
		{20 * time.Millisecond, 8, true, "who have not gone"},
		{7 * time.Millisecond, 4, true, "some of them answered"},
	} {
		now, inside = now.Add(step.after), step.inside
		if c.waits() != step.waits {
			t.Errorf("%s: waits %v", step.what, !step.waits)
		}
	}
}
