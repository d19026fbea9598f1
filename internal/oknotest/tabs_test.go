package oknotest_test

import (
	"fmt"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/oknotest"
)

// A browser gives a host but six connections over HTTP/1.1: were each tab to
// hold one, the seventh would not even open.
func TestTenTabsOfOneBrowserLiveUntilSignedOut(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	n, _ := asked(t, r, "A lamp that flickers")
	ann := r.Browser(t).Person("Ann").SignIn(oknotest.Ann).Open("/desk/tickets/" + string(n)).Sees("Please help.")
	tabs := []*oknotest.Visitor{ann}
	for len(tabs) < 10 {
		tabs = append(tabs, ann.Tab().Open("/desk/tickets/"+string(n)).Sees("Please help."))
	}
	mark(tabs...)
	note := func(text string) {
		_, err := r.Desk.AddNote(t.Context(), r.Agent(oknotest.Ada), n, desk.Words{Key: text + " as a key", Text: text, Channel: okno.ChannelWeb})
		must(t, err)
	}
	note("The same batch as last month.")
	for i, tab := range tabs {
		tab.Front().Sees("The same batch as last month.")
		marked(t, tab, fmt.Sprint("tab ", i))
	}

	ann.Front().Press("Sign out").Sees("Sign in")
	note("And the third this week.")
	r.Settle()
	for _, tab := range tabs[1:] {
		// What a tab still shows it may show; nothing new reaches it.
		if tab.Front(); oknotest.Ask[bool](tab, `document.body.innerText.includes("And the third this week.")`) {
			t.Error("a tab goes on after the person has signed out")
		}
		if code := oknotest.Ask[float64](tab, `(() => { const x = new XMLHttpRequest(); x.open("GET", "/live", false); x.send(); return x.status })()`); code < 400 {
			t.Errorf("the stream of a tab answers %v", code)
		}
	}
}
