package admin

import (
	"net/url"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// view is what every page of the administration is made of.
type view struct {
	ui.Page
	here section // zero: the index
	lead string  // the sentence under the heading
	sub  bool    // a page of one thing within its section
}

// sectionView is a section's own page.
func sectionView(q *web.Request, name string) view {
	var here section
	for _, s := range sections {
		if s.name == name {
			here = s
		}
	}
	v := view{Page: q.Page(here.title(q.Locale)), here: here, lead: here.lead(q.Locale)}
	v.Script = "portal"
	return v
}

// subView is the page of one thing of a section.
func subView(q *web.Request, name, title string) view {
	v := sectionView(q, name)
	v.Title, v.lead, v.sub = title, "", true
	return v
}

// table is a list: a heading for each column, a cell for each in every row.
type table struct {
	name string // what it lists, for those who hear it
	head []string
	rows [][]templ.Component
}

// listView is a page of one list.
type listView struct {
	view
	table
	tabs      []tab
	add       string // words of the link to a new one; empty: none can be added
	older     string // where the list goes on; empty: it ends here
	emptyText string
	beside    templ.Component // above the list; nil: nothing
}

// tab is one of the states that a list can be cut down to.
type tab struct {
	href, name string
	current    bool
}

// stateTabs are a list's tabs, one for each state and first one for all.
func stateTabs(path, chosen, all string, states []string, name func(string) string) []tab {
	tabs := []tab{{path, all, chosen == ""}}
	for _, s := range states {
		tabs = append(tabs, tab{path + "?" + url.Values{"state": {s}}.Encode(), name(s), chosen == s})
	}
	return tabs
}

// mood is how a state looks: beside its words, an icon and a colour.
type mood struct{ mark, icon string }

var (
	good = mood{"success", "check"}
	bad  = mood{"error", "alert-circle"}
	slow = mood{"warning", "clock"}
	off  = mood{"info", "minus"}
)

// olderThan is where a list goes on after its last row.
func olderThan(path, state, last string) string {
	values := url.Values{"before": {last}}
	if state != "" {
		values.Set("state", state)
	}
	return path + "?" + values.Encode()
}

// done says what was done and leads back.
func done(q *web.Request, words, path string) error {
	q.Toast(web.Toast{Text: words, Kind: "success"})
	return q.Redirect(path)
}

// currentness tells the index which of its lines is this page, or holds it.
func currentness(v view) string {
	if v.sub {
		return "true"
	}
	return "page"
}
