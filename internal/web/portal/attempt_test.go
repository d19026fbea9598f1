package portal

import (
	"net/netip"
	"strconv"
	"testing"
	"time"
)

func TestAttemptsAreCountedByAddressAndLogin(t *testing.T) {
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	first := attemptOf(netip.MustParseAddr("2001:db8::1"), "Ada")
	for _, c := range []struct {
		from, login string
		same        bool
	}{
		{"2001:db8::2", "ada", true}, // one customer has the whole /64
		{"2001:db8:0:1::1", "ada", false},
		{"2001:db8::1", "eve", false},
		{"192.0.2.1", "ada", false},
	} {
		if same := attemptOf(netip.MustParseAddr(c.from), c.login) == first; same != c.same {
			t.Errorf("%s %s: the same is %t", c.from, c.login, same)
		}
	}
	a := newAttempts("sign-in", attemptsAtOnce, attemptEvery)
	for range attemptsAtOnce {
		if wait := a.wait(first, now); wait != 0 {
			t.Fatalf("held up for %s", wait)
		}
	}
	for range 3 { // who is refused does not wait the longer for asking
		if wait := a.wait(first, now); wait != attemptEvery {
			t.Errorf("wait %s, want %s", wait, attemptEvery)
		}
	}
	a.forget(first)
	if wait := a.wait(first, now); wait != 0 {
		t.Errorf("held up for %s after a sign-in that went well", wait)
	}
}

func TestAttemptsAreForgottenInTheirOrder(t *testing.T) {
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	a := newAttempts("sign-in", attemptsAtOnce, attemptEvery)
	guessed := attemptOf(netip.Addr{}, "ada")
	for range attemptsAtOnce {
		a.wait(guessed, now)
	}
	for i := range attemptPairs {
		a.wait(attemptOf(netip.Addr{}, strconv.Itoa(i)), now)
	}
	if a.wait(guessed, now) == 0 {
		t.Error("a crowd of others makes a guesser be forgotten at once")
	}
	for i := range 3 * attemptPairs {
		a.wait(attemptOf(netip.Addr{}, "x"+strconv.Itoa(i)), now)
	}
	if n := len(a.young) + len(a.older); n > 2*attemptPairs {
		t.Errorf("%d pairs are remembered", n)
	}
}
