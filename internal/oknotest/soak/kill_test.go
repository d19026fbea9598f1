package soak

import (
	"math/rand/v2"
	"os"
	"testing"
	"time"
)

// Whatever was answered for is there once, however often the process is killed.
func TestSoakNothingAnsweredForIsLostWhenTheProcessIsKilled(t *testing.T) {
	kills, until := plan(t)
	w := open(t, t.TempDir())
	c := gather(w, 5, 3, 0)
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	begun := time.Now()
	killed := 0
	for ; killed < kills && time.Since(begun) < until; killed++ {
		enough := c.answered.Load() + 1 + random.Int64N(150)
		w.until(insistTime, "the program takes in more", func() bool { return c.answered.Load() >= enough || t.Failed() })
		if t.Failed() {
			break
		}
		<-time.After(time.Duration(random.Int64N(int64(30 * time.Millisecond)))) // anywhere within its work
		w.must(w.Kill())
		w.start()
	}
	pieces := c.all()
	t.Logf("%d kills, %d pieces answered for, sent again %d times, %s", killed, len(pieces), c.again.Load(), time.Since(begun).Round(time.Second))
	w.finished(w.ledger(), 3*time.Minute)
	w.stop()
	w.account(pieces)
}

// plan is ten kills; with OKNO_TEST_SOAK=duration two hundred, or as many as
// the time allows.
func plan(t *testing.T) (kills int, until time.Duration) {
	given := os.Getenv("OKNO_TEST_SOAK")
	if given == "" {
		return 10, 10 * time.Minute
	}
	until, err := time.ParseDuration(given)
	if err != nil {
		t.Fatalf("OKNO_TEST_SOAK: %v", err)
	}
	return 200, until
}
