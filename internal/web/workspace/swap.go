package workspace

import (
	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
)

// liveList is when what tells of many tickets is to be fetched anew.
const liveList = "live-list from:body, live-all from:body"

// liveTicket is when what tells of one ticket is to be fetched anew.
func liveTicket(n okno.Number) string {
	return "live-" + string(n) + " from:body, live-all from:body"
}

// livePresence is when it is to be found out anew who is at one ticket.
func livePresence(n okno.Number) string {
	return "presence-" + string(n) + " from:body, " + liveTicket(n)
}

// whole makes a link fetch its page and morph the present one into it: what
// the two share (the list and where it is scrolled to) stays untouched. A
// refusal, or the sign-in, is a page too and comes the same way.
func whole(href string) templ.Attributer {
	return templ.OrderedAttributes{{Key: "hx-get", Value: href}, {Key: "hx-target", Value: "body"}, {Key: "hx-swap", Value: "innerMorph"}, {Key: "hx-push-url", Value: "true"}}
}

// wholeForm makes a form do the same with the page that its command leads to.
func wholeForm(action string) templ.Attributer {
	return templ.OrderedAttributes{
		{Key: "hx-post", Value: action}, {Key: "hx-target", Value: "body"}, {Key: "hx-swap", Value: "innerMorph"}, {Key: "hx-sync", Value: "this:drop"}, {Key: "hx-config", Value: "timeout:0"},
	}
}
