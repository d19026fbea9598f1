package workspace

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/web"
)

// mergeView asks into which ticket another one goes, and shows what that would
// do once it was chosen.
type mergeView struct {
	list   *listView
	ticket okno.Ticket
	path   string // of this page
	back   string

	typed  string
	found  []okno.Ticket // to choose from
	others bool          // found are the requester's other tickets, not what was looked for
	into   *desk.MergeView
	why    []string          // into is refused
	wrong  map[string]string // of the decision, by field
}

// mergePlaces is how many tickets are offered at most.
const mergePlaces = 15

// askMerge is the page on which an agent merges a ticket into another: he
// finds the other one, sees what would happen, and decides.
func (w *Workspace) askMerge(q *web.Request) error {
	v, err := w.mergeView(q, q.Query("into"))
	if err != nil {
		return err
	}
	return q.Render(mergePage(v))
}

// mergeView reads the ticket and, with a number, what merging it into that one
// would do; else the tickets to choose from.
func (w *Workspace) mergeView(q *web.Request, into string) (*mergeView, error) {
	number := okno.Number(q.Path("number"))
	page, err := w.desk.Ticket(q.Context(), q.Actor, number, 0)
	if err != nil {
		return nil, err
	}
	if !page.May(okno.MergeTicket) {
		return nil, okno.ErrForbidden
	}
	number = page.Ticket.Number
	at := placeOf(q)
	at.Find = ""
	v := &mergeView{ticket: page.Ticket, path: at.ticket(number, "/merge"), back: at.ticket(number, ""), wrong: map[string]string{}}
	if v.list, err = w.aside(q, q.Locale.T("workspace.merge.title", "Number", string(number))); err != nil {
		return nil, err
	}
	v.typed = q.Query("find")
	if len(v.typed) > desk.MaxWords {
		v.typed = ""
	}
	if into == "" {
		into = v.typed
	}
	if len(into) <= maxNumber && into != "" {
		v.into, err = w.desk.MergeView(q.Context(), q.Actor, number, okno.TypedNumber(into))
		if err == nil {
			v.why = inOrder(q.FieldErrors(v.into.Refused))
		}
		if err == nil || okno.ReasonOf(err) != okno.NotFound && okno.ReasonOf(err) != okno.Forbidden {
			return v, err
		}
		v.into = nil
		if q.Query("into") != "" {
			v.wrong["into"] = q.Locale.T("error.merge.target")
		}
	}
	return v, w.mergeChoices(q, v, page.Other)
}

// mergeChoices are the tickets that were looked for, else the requester's
// others.
func (w *Workspace) mergeChoices(q *web.Request, v *mergeView, others []okno.Ticket) error {
	if v.typed == "" {
		v.found, v.others = others, true
		return nil
	}
	found, err := w.desk.Search(q.Context(), q.Actor, desk.Asked{Text: v.typed})
	if err != nil {
		return err
	}
	for _, r := range found.Rows {
		if r.ID != v.ticket.ID && r.Merged == 0 && len(v.found) < mergePlaces {
			v.found = append(v.found, r.Ticket)
		}
	}
	return nil
}

// inOrder are the words of what is wrong.
func inOrder(wrong map[string]string) (texts []string) {
	for _, field := range slices.Sorted(maps.Keys(wrong)) {
		texts = append(texts, wrong[field])
	}
	return texts
}

// troubles is why the decision was refused, but for what stands beside its
// field.
func (v *mergeView) troubles() []string {
	rest := maps.Clone(v.wrong)
	delete(rest, "shown")
	return inOrder(rest)
}

// tags are the names of those that the other ticket will have too.
func (v *mergeView) tags() string {
	names := make([]string, len(v.into.Tags))
	for i, t := range v.into.Tags {
		names[i] = t.Name
	}
	return strings.Join(names, ", ")
}

// choice is the address of this page with a ticket chosen.
func (v *mergeView) choice(n okno.Number) string { return v.path + "&into=" + string(n) }

// merge carries it out.
func (w *Workspace) merge(q *web.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	into := okno.TypedNumber(form.Word("into"))
	number := okno.Number(q.Path("number"))
	intoVersion, _ := strconv.ParseInt(form.Get("into_version"), 10, 64)
	refusal := w.desk.Merge(q.Context(), q.Actor, number, desk.Merging{
		Into: into, Version: version(form), IntoVersion: intoVersion, Shown: form.Has("shown"),
	})
	if refusal == nil {
		q.Toast(web.Toast{Kind: "success", Text: q.Locale.T("workspace.merged", "Number", string(number))})
		return q.Redirect(placeOf(q).ticket(into, ""))
	}
	v, err := w.mergeView(q, string(into))
	if err != nil {
		return err
	}
	if reason := okno.ReasonOf(refusal); reason == okno.NotFound || reason == okno.Forbidden { // the other one: this is there
		refusal = okno.Errors{{Reason: okno.Invalid, Key: "error.merge.target", Field: "into"}}
	}
	return q.Again(refusal, func(wrong map[string]string) templ.Component {
		v.wrong = wrong
		return mergePage(v)
	})
}

// splitView asks whether a ticket that was merged into another is to be split
// off.
type splitView struct {
	list         *listView
	number, part okno.Number
	version      int64
	tagged       bool // the ticket has tags
	path, back   string
	wrong        map[string]string
}

func (w *Workspace) splitView(q *web.Request) (*splitView, error) {
	page, err := w.desk.Ticket(q.Context(), q.Actor, okno.Number(q.Path("number")), 0)
	if err != nil {
		return nil, err
	}
	v := &splitView{number: page.Ticket.Number, version: page.Ticket.Version, tagged: len(page.Tags) > 0}
	for _, m := range page.Merges {
		if m.Into == page.Ticket.ID && string(m.Number) == q.Path("part") {
			v.part = m.Number
		}
	}
	switch {
	case v.part == "":
		return nil, okno.ErrNotFound
	case !page.May(okno.MergeTicket):
		return nil, okno.ErrForbidden
	}
	v.path, v.back = placeOf(q).ticket(v.number, "/parts/"+string(v.part)), placeOf(q).ticket(v.number, "")
	v.list, err = w.aside(q, q.Locale.T("workspace.split.title", "Part", string(v.part), "Number", string(v.number)))
	return v, err
}

// askSplit asks.
func (w *Workspace) askSplit(q *web.Request) error {
	v, err := w.splitView(q)
	if err != nil {
		return err
	}
	return q.Render(splitPage(v))
}

// splitOff has a ticket that was merged into another stand by itself again.
func (w *Workspace) splitOff(q *web.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	v, err := w.splitView(q)
	if err != nil {
		return err
	}
	if err := w.desk.SplitOff(q.Context(), q.Actor, v.number, v.part, version(form)); err != nil {
		return q.Again(err, func(wrong map[string]string) templ.Component {
			v.wrong = wrong
			return splitPage(v)
		})
	}
	return q.Redirect(placeOf(q).ticket(v.part, ""))
}
