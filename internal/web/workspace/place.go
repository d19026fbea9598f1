package workspace

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/web"
)

// Rows of the list: at first as many as a window may hold, twice as many each
// time its end is reached, and from maxRows on a page of its own.
const (
	stepRows  = 25
	maxRows   = 400
	foundRows = 200 // of what was found, where each takes twice the room
)

// place is where the agent is in the list. It stands in every address of the
// workspace, so that the list stays where it was.
type place struct {
	View okno.ViewKind // or a saved view's ref
	Find string        // what is looked for instead; "": the view is shown
	Rows int           // how many of the view are shown
	From string        // where the view's page begins; "": at the top
}

// savedRef is how the name of a saved view looks in an address.
var savedRef = regexp.MustCompile(`^[a-z0-9]{13}$`)

// placeOf reads the place of an address; what is none is all open tickets.
func placeOf(q *web.Request) place {
	p := place{View: okno.ViewKind(q.Query("view")), Rows: stepRows, From: q.Query("from")}
	if !slices.Contains(okno.Views, p.View) && !savedRef.MatchString(string(p.View)) {
		p.View = okno.ViewOpen
	}
	if len(p.From) > 40 {
		p.From = ""
	}
	if p.Find = strings.TrimLeft(q.Query("q"), " "); len(p.Find) > desk.MaxWords || strings.TrimSpace(p.Find) == "" {
		p.Find = ""
	}
	if n, err := strconv.Atoi(q.Query("rows")); err == nil {
		p.Rows = min(max(n, stepRows), p.most())
	}
	return p
}

// most is how many rows are shown on one page.
func (p place) most() int {
	if p.Find != "" {
		return foundRows
	}
	return maxRows
}

// longer is the place with more rows; false: there are as many as one page
// shows.
func (p place) longer() (place, bool) {
	next := p
	next.Rows = min(2*p.Rows, p.most())
	return next, next.Rows > p.Rows
}

// at is the address of a page seen from this place. pairs are more of its
// query. A page has a hundred such addresses.
func (p place) at(path string, pairs ...string) string {
	to := path + "?view=" + url.QueryEscape(string(p.View))
	if p.Rows > stepRows {
		to += "&rows=" + strconv.Itoa(p.Rows)
	}
	if p.From != "" {
		to += "&from=" + url.QueryEscape(p.From)
	}
	if p.Find != "" {
		to += "&q=" + url.QueryEscape(p.Find)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		to += "&" + pairs[i] + "=" + url.QueryEscape(pairs[i+1])
	}
	return to
}

// ticket is the address of a ticket seen from this place; under is "" or what
// belongs to the ticket, as "/messages".
func (p place) ticket(n okno.Number, under string, pairs ...string) string {
	return p.at("/desk/tickets/"+url.PathEscape(string(n))+under, pairs...)
}
