package intake_test

import (
	"strings"
	"testing"
)

func TestAPipeEndsWithWhatTheMailServerUnderstands(t *testing.T) {
	r := one(t)
	r.smaller(1000)
	for _, c := range []struct {
		name, to, raw string
		want          int
	}{
		{"a letter", support, "Return-Path: <carl@customer.example>\n" + strings.ReplaceAll(simple("piped"), "\r\n", "\n"), 0},
		{"an address that is not ours", "nobody@desk.example", simple("x"), 67},
		{"nothing", support, "\n", 65},
		{"too much", support, simple("x") + strings.Repeat("x", 2000), 65},
	} {
		if got := r.receiver.Pipe(t.Context(), c.to, strings.NewReader(c.raw)); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	if k := r.last(); k.EnvelopeFrom != "carl@customer.example" || k.Source != "pipe" {
		t.Errorf("%+v", k)
	}
}
