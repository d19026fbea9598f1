package workspace

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// listView is the views, and the list of the one that is open.
type listView struct {
	ui.Page
	place
	Counts  map[okno.ViewKind]int64
	Waiting int // letters in quarantine
	Rows    []desk.Row
	Next    string      // where the rows after these begin; "": there are none
	Current okno.Number // the ticket that is open beside the list; "": none

	Saved       []okno.View
	SavedCounts []desk.Counted // of the first of them
	open        *okno.View     // the saved view that is shown; nil: a built-in one is
	mayChange   bool           // the agent may change it

	quarantine bool     // its page is the one that is shown
	Partial    bool     // only so many of the tickets with the words were looked at
	Misread    []string // filters that mean nothing
}

// list shows the views and the tickets of one, or the part of it that an open
// page asks for anew. With a number to look for it leads to that ticket.
func (w *Workspace) list(q *web.Request) error {
	at := placeOf(q)
	if wanted := string(okno.TypedNumber(at.Find)); wanted != "" && !q.Fragment() {
		if found, err := w.exists(q, wanted); err != nil {
			return err
		} else if found {
			return q.Redirect(place{View: at.View, Rows: stepRows}.ticket(okno.Number(wanted), ""))
		}
	}
	if q.Fragment() && q.Query("part") == "views" {
		at.View = okno.ViewKind(q.Query("view")) // none: the page shows no list
		v, err := w.counted(q, at)
		if err != nil {
			return err
		}
		return q.Render(views(v))
	}
	v, err := w.listView(q, at, okno.Number(q.Query("current")))
	if err != nil {
		return err
	}
	if q.Fragment() && q.Query("part") == "list" {
		return q.Render(rows(v))
	}
	if q.Fragment() && q.Query("part") == "unread" {
		return q.JSON(http.StatusOK, v.unreads())
	}
	v.Title = v.heading()
	return q.Render(listPage(v))
}

// maxNumber is the longest ticket number that is looked for, in bytes.
const maxNumber = 40

func (w *Workspace) exists(q *web.Request, number string) (bool, error) {
	if len(number) > maxNumber || !strings.ContainsAny(number, "0123456789") { // every number has a digit
		return false, nil
	}
	return w.desk.SeesTicket(q.Context(), q.Actor, okno.Number(number))
}

// counted is the left pane alone: the views with their counts.
func (w *Workspace) counted(q *web.Request, at place) (*listView, error) {
	v := &listView{place: at}
	return v, w.readPane(q, v, nil)
}

// readPane reads the left pane, and the rows of the view with it if rows is not
// nil: those of a saved view once it is known what it asks.
func (w *Workspace) readPane(q *web.Request, v *listView, rows func() error) error {
	parts := []func() error{
		func() error {
			v.Page = q.Page("")
			v.Script = "workspace"
			return nil
		},
		func() (err error) {
			v.Counts, err = w.desk.Counts(q.Context(), q.Actor)
			return err
		},
		func() (err error) {
			v.Waiting, err = w.desk.QuarantineCount(q.Context(), q.Actor)
			return err
		},
	}
	beside := []func() error{func() (err error) {
		v.SavedCounts, err = w.desk.ViewCounts(q.Context(), q.Actor, v.Saved[:min(len(v.Saved), savedCounted)])
		return err
	}}
	switch {
	case rows == nil:
	case v.Find == "" && v.View != "" && !slices.Contains(okno.Views, v.View):
		beside = append(beside, rows)
	default:
		parts = append(parts, rows)
	}
	return q.Together(append(parts, func() (err error) {
		if v.Saved, err = w.desk.SavedViews(q.Context(), q.Actor); err != nil {
			return err
		}
		v.settle(q.Actor)
		return q.Together(beside...)
	})...)
}

// savedCounted is of how many saved views the tickets are counted.
const savedCounted = 20

// settle finds the saved view of the address; where there is none any longer,
// all open tickets are shown.
func (v *listView) settle(by okno.Actor) {
	if v.View == "" || slices.Contains(okno.Views, v.View) {
		return
	}
	i := slices.IndexFunc(v.Saved, func(s okno.View) bool { return string(s.Ref) == string(v.View) })
	if i < 0 {
		v.View = okno.ViewOpen
		return
	}
	v.open, v.mayChange = &v.Saved[i], v.Saved[i].MayBeChanged(by)
}

// aside is the left pane of a page that shows no list.
func (w *Workspace) aside(q *web.Request, title string) (*listView, error) {
	v, err := w.counted(q, place{})
	if err != nil {
		return nil, err
	}
	v.Title = title
	return v, nil
}

// listView reads the views' counts and the rows of the place.
func (w *Workspace) listView(q *web.Request, at place, current okno.Number) (*listView, error) {
	v := &listView{place: at, Current: current}
	return v, w.readList(q, v)
}

func (w *Workspace) readList(q *web.Request, v *listView) error {
	return w.readPane(q, v, func() error {
		v.Rows, v.Next = nil, v.From
		for more := true; more && len(v.Rows) < v.place.Rows; more = v.Next != "" && !v.Partial {
			if err := w.readRows(q.Context(), q.Actor, v); err != nil {
				return err
			}
		}
		return nil
	})
}

// add has a page's rows follow those before it. Most lists are one page, whose
// rows are large and stay where they are.
func (v *listView) add(rows []desk.Row, next string) {
	if len(v.Rows) > 0 {
		rows = append(v.Rows, rows...)
	}
	v.Rows, v.Next = rows, next
}

func (w *Workspace) readRows(ctx context.Context, by okno.Actor, v *listView) error {
	if v.Find != "" {
		found, err := w.desk.Search(ctx, by, desk.Asked{Text: v.Find, From: v.Next})
		if err != nil {
			return err
		}
		v.add(found.Rows, found.Next)
		v.Partial, v.Misread = found.Partial, found.Misread
		return nil
	}
	page, err := w.page(ctx, by, v)
	if err != nil {
		return err
	}
	v.add(page.Rows, page.Next)
	v.Partial, v.Misread = page.Partial, page.Misread
	return nil
}

func (w *Workspace) page(ctx context.Context, by okno.Actor, v *listView) (*desk.List, error) {
	if v.open != nil {
		return w.desk.ViewPage(ctx, by, *v.open, v.Next)
	}
	return w.desk.View(ctx, by, v.View, v.Next)
}

// heading is what the list is called.
func (v *listView) heading() string {
	if v.Find != "" {
		return v.L.T("search.title")
	}
	if v.open != nil {
		return v.open.Name
	}
	return v.L.T("workspace.view." + string(v.View))
}

// emptyWords say what would stand in a view that holds nothing.
func (v *listView) emptyWords() string {
	if v.open != nil {
		return v.L.T("view.empty")
	}
	return v.L.T("workspace.empty." + string(v.View))
}

// fresh tells an administrator's desk that no ticket has come to yet.
func (v *listView) fresh() bool {
	return v.Reader != nil && v.Reader.Admin && v.Find == "" && len(v.Rows) == 0 &&
		v.count(okno.ViewOpen) == 0 && v.count(okno.ViewDone) == 0 && v.count(okno.ViewClosed) == 0
}

// count is how many tickets a view holds, never below none while the counters
// are being changed.
func (v *listView) count(view okno.ViewKind) int { return int(max(v.Counts[view], 0)) }

// more is where the rest of the view is: below these rows, or on a page of its
// own when these are very many. "": there is no more.
func (v *listView) more() string {
	if v.Next == "" {
		return ""
	}
	if next, ok := v.longer(); ok && !v.Partial {
		return v.Here(next)
	}
	return v.Here(place{View: v.View, Find: v.Find, Rows: stepRows, From: v.Next})
}

// onward is the address of the list with more rows, for who scrolls to its end;
// "": the next ones stand on a page of their own, or would be looked for at
// length.
func (v *listView) onward() string {
	next, ok := v.longer()
	if !ok || v.Next == "" || v.Partial {
		return ""
	}
	return next.at("/desk", "part", "list", "current", string(v.Current))
}

// Here is the present page seen from another place.
func (v *listView) Here(at place) string {
	if v.Current != "" {
		return at.ticket(v.Current, "")
	}
	return at.at("/desk")
}

// part is the address of a part of the list as it is shown.
func (v *listView) part(name string) string {
	return v.at("/desk", "part", name, "current", string(v.Current))
}

// unread reports whether a row has words that the agent has not seen; those of
// the open ticket he is looking at.
func (v *listView) unread(r *desk.Row) bool { return r.Unread > 0 && r.Number != v.Current }

// unreads counts such rows.
func (v *listView) unreads() int {
	n := 0
	for i := range v.Rows {
		if v.unread(&v.Rows[i]) {
			n++
		}
	}
	return n
}

// name is what a person is called in a list.
func name(v *listView, p okno.Person) string {
	switch short := p.Short(); {
	case !p.Erased.IsZero():
		return ui.Erased(v.L, p.Agent)
	case short != "":
		return short
	}
	return v.L.T("workspace.nameless")
}
