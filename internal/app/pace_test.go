package app

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestLongWorkRestsAsLongAsItWorkedWhilePeopleWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inside := int64(0)
		p := newPace(func() int64 { return inside })
		for _, step := range []struct {
			worked time.Duration
			inside int64
			rested time.Duration
			what   string
		}{
			{time.Second, 0, 0, "nobody waits"},
			{3 * time.Millisecond, 1, 0, "a short stretch"},
			{3 * time.Millisecond, 1, 6 * time.Millisecond, "which goes on"},
			{5 * time.Millisecond, 8, 5 * time.Millisecond, "many wait"},
			{time.Minute, 1, 50 * time.Millisecond, "the disk was slow"},
			{5 * time.Millisecond, 0, 0, "all are gone"},
		} {
			inside = step.inside
			<-time.After(step.worked)
			begun := time.Now()
			if err := p.rest(t.Context()); err != nil {
				t.Fatal(err)
			}
			if rested := time.Since(begun); rested != step.rested {
				t.Errorf("%s: rested %v", step.what, rested)
			}
		}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		inside = 1
		<-time.After(time.Second)
		if err := p.rest(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("told to stop it said %v", err)
		}
	})
}
