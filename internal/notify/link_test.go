package notify_test

import (
	"regexp"
	"testing"
)

var linkForm = regexp.MustCompile(`https://desk\.example/(?:t|entry|register|address)/([A-Za-z0-9_-]+)`)

// linkIn is the first link of a letter's text that gives its holder a right.
func linkIn(t *testing.T, l sent) string {
	t.Helper()
	found := linkForm.FindString(l.read.Text)
	if found == "" {
		t.Fatalf("no link in %q", l.read.Text)
	}
	return found
}

func tokenIn(t *testing.T, l sent) string {
	t.Helper()
	linkIn(t, l)
	return linkForm.FindStringSubmatch(l.read.Text)[1]
}
