package mail

import (
	"bytes"
	"math"
	"strings"
	"testing"
)

func replies() *ReplyAddresses { return NewReplyAddresses(bytes.Repeat([]byte{7}, 32)) }

func TestReplyAddressComesBackHoweverItsCaseWasChanged(t *testing.T) {
	r := replies()
	for _, ids := range [][2]int64{{1, 2}, {0, 0}, {100001, 4_000_000}, {1 << 40, 1 << 40}} {
		addr := r.For("Support@Desk.example", ids[0], ids[1])
		if at := strings.IndexByte(addr, '@'); at > 64 || at < 16+2 {
			t.Fatalf("%s: local part of %d", addr, at)
		}
		for _, form := range []string{addr, strings.ToUpper(addr), strings.ToLower(addr), " " + addr + " "} {
			mailbox, ticket, person, ok := r.Parse(form)
			if !ok || mailbox != "support@desk.example" || ticket != ids[0] || person != ids[1] {
				t.Errorf("%s: %s %d %d %t", form, mailbox, ticket, person, ok)
			}
		}
	}
}

func TestReplyAddressHidesItsTicket(t *testing.T) {
	r := replies()
	a, b := r.For("s@desk.example", 5, 1), r.For("s@desk.example", 5, 2)
	if a[:14] == b[:14] || a != r.For("s@desk.example", 5, 1) {
		t.Errorf("%s and %s", a, b)
	}
}

func TestReplyAddressIsRefused(t *testing.T) {
	r := replies()
	good := r.For("support@desk.example", 5, 6)
	flipped := []byte(good)
	for i := len("support+r"); good[i] != '@'; i++ {
		changed := bytes.Clone(flipped)
		if changed[i]++; changed[i] == '{' || changed[i] == '8' {
			changed[i] = 'a'
		}
		if _, ticket, person, ok := r.Parse(string(changed)); ok && (ticket != 5 || person != 6) {
			t.Errorf("%s is accepted for %d, %d", changed, ticket, person)
		}
	}
	for name, addr := range map[string]string{
		"another mailbox": strings.Replace(good, "support+", "sales+", 1),
		"another domain":  strings.Replace(good, "desk.", "other.", 1),
		"another key":     NewReplyAddresses(bytes.Repeat([]byte{8}, 32)).For("support@desk.example", 5, 6),
		"cut":             strings.Replace(good, "@", "", 1)[:20] + "@desk.example",
		"plain mailbox":   "support@desk.example",
		"empty mark":      "support+r@desk.example",
		"no mailbox":      good[len("support"):],
		"empty":           "",
		"long":            "support+r" + strings.Repeat("a", 250) + "@desk.example",
	} {
		if _, _, _, ok := r.Parse(addr); ok {
			t.Errorf("%s: %s is accepted", name, addr)
		}
	}
}

func TestReplyAddressGivesTheMailboxWhereItDoesNotFit(t *testing.T) {
	r := replies()
	for _, mailbox := range []string{strings.Repeat("m", 40) + "@desk.example", "no address", ""} {
		if got := r.For(mailbox, math.MaxInt64, math.MaxInt64); got != mailbox {
			t.Errorf("%q gave %q", mailbox, got)
		}
	}
	if got := r.For("s@desk.example", -1, 1); got != "s@desk.example" {
		t.Errorf("a negative id gave %q", got)
	}
}

func FuzzReplyAddress(f *testing.F) {
	r := replies()
	f.Add("support@desk.example", int64(5), int64(6), "support+raaaa@desk.example")
	f.Add("поддержка@почта.рф", int64(1)<<50, int64(0), r.For("s@desk.example", 1, 2))
	f.Add("a+r+r@b.example", int64(1), int64(1), "+r@x")
	f.Fuzz(func(t *testing.T, mailbox string, ticket, person int64, foreign string) {
		addr := r.For(mailbox, ticket, person)
		if addr != mailbox {
			m, tk, p, ok := r.Parse(addr)
			if !ok || m != Fold(mailbox) || tk != ticket || p != person {
				t.Errorf("%q at %q came back as %q %d %d %t", addr, mailbox, m, tk, p, ok)
			}
		}
		if m, tk, p, ok := r.Parse(foreign); ok && Fold(r.For(m, tk, p)) != Fold(foreign) {
			t.Errorf("%q is accepted but was never made", foreign)
		}
	})
}
