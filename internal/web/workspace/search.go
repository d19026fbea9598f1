package workspace

import (
	"net/http"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/web"
)

// offer is a way to go on with a question that is being typed.
type offer struct {
	Text string `json:"text"` // the whole question with it
	Name string `json:"name"`
	Hint string `json:"hint"`
}

// offersShown is how many there are at most.
const offersShown = 8

// offers answers the search box while one types: filters, and the values of
// the one that was begun.
func (w *Workspace) offers(q *web.Request) error {
	typed := q.Query("q")
	if len(typed) > desk.MaxWords {
		typed = ""
	}
	at := strings.LastIndexAny(typed, " \t") + 1
	before, last := typed[:at], typed[at:]
	found := []offer{}
	add := func(text, name, hint string, begun string) {
		if len(found) < offersShown && strings.HasPrefix(strings.ToLower(name), strings.ToLower(begun)) {
			found = append(found, offer{before + text, name, hint})
		}
	}
	key, value, ok := strings.Cut(last, ":")
	filter := desk.FilterNamed(key)
	switch {
	case !ok:
		for _, f := range desk.Filters {
			name := q.Locale.T("search.filter." + f)
			add(name+":", name, q.Locale.T("search.filter."+f+".hint"), last)
		}
	case filter != "":
		values, err := w.filterValues(q, filter)
		if err != nil {
			return err
		}
		for _, v := range values {
			text := v
			if strings.ContainsAny(v, " \t") {
				text = `"` + v + `"`
			}
			add(key+":"+text+" ", v, "", value)
		}
	}
	return q.JSON(http.StatusOK, found)
}

// filterValues are the values of a filter that can be listed.
func (w *Workspace) filterValues(q *web.Request, filter string) ([]string, error) {
	l := q.Locale
	switch filter {
	case "status":
		var names []string
		for _, kind := range okno.StatusKinds {
			names = append(names, strings.ToLower(l.T("status."+string(kind))))
		}
		return names, nil
	case "assignee":
		return []string{l.T("search.me"), l.T("search.nobody")}, nil
	case "channel":
		return []string{l.T("search.mail"), l.T("search.web"), l.T("search.phone")}, nil
	case "has":
		return []string{l.T("search.file")}, nil
	case "created":
		now := w.desk.Now()
		return []string{now.Format(time.DateOnly), ">" + now.AddDate(0, 0, -7).Format(time.DateOnly), now.Format("2006-01"), now.Format("2006")}, nil
	case "department":
		departments, err := w.desk.Departments(q.Context())
		var names []string
		for _, d := range departments {
			names = append(names, d.Name)
		}
		return names, err
	}
	return nil, nil
}
