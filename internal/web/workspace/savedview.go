package workspace

import (
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// viewForm is a view that is made or changed.
type viewForm struct {
	list    *listView
	view    okno.View
	choices desk.ViewChoices
	wrong   map[string]string
	focus   int // the condition whose first control has the focus; 0: none
	preview *viewPreview
}

// viewPreview is what the conditions find as they are typed.
type viewPreview struct {
	list    *listView
	rows    []desk.Row
	counted desk.Counted
	partial bool
	misread []string
	refused bool // a condition asks nothing yet
}

// previewRows is how many tickets a preview shows.
const previewRows = 5

// newView begins a view, with what is looked for where one comes from the
// search; else with the tickets that are alive.
func (w *Workspace) newView(q *web.Request) error {
	view := okno.View{Order: okno.OrderChanged, Conditions: slices.Clone(okno.ViewOpen.View().Conditions)}
	if asked := q.Query("q"); asked != "" && len(asked) <= desk.MaxWords {
		conditions, err := w.desk.Conditions(q.Context(), q.Actor, asked)
		if err != nil {
			return err
		}
		view.Conditions, view.Order = conditions, okno.OrderNewest
	}
	return w.showViewForm(q, view, 0)
}

// editView shows a view to be changed.
func (w *Workspace) editView(q *web.Request) error {
	v, err := w.desk.SavedView(q.Context(), q.Actor, okno.Ref(q.Path("ref")))
	if err != nil {
		return err
	}
	if !v.MayBeChanged(q.Actor) {
		return okno.ErrNotFound
	}
	return w.showViewForm(q, v, 0)
}

func (w *Workspace) showViewForm(q *web.Request, view okno.View, focus int) error {
	v, err := w.viewForm(q, view)
	if err != nil {
		return err
	}
	v.focus = focus
	return q.Render(viewPage(v))
}

func (w *Workspace) viewForm(q *web.Request, view okno.View) (*viewForm, error) {
	title := "view.new"
	if view.Ref != "" {
		title = "view.edit"
	}
	list, err := w.aside(q, q.Locale.T(title))
	if err != nil {
		return nil, err
	}
	v := &viewForm{list: list, view: view}
	if v.choices, err = w.desk.ViewChoices(q.Context(), q.Actor); err != nil {
		return nil, err
	}
	v.preview, err = w.previewOf(q, list, view)
	return v, err
}

func (w *Workspace) previewOf(q *web.Request, list *listView, view okno.View) (*viewPreview, error) {
	p := &viewPreview{list: list}
	page, err := w.desk.ViewPage(q.Context(), q.Actor, view, "")
	if okno.ReasonOf(err) == okno.Invalid {
		p.refused = true
		return p, nil
	}
	if err != nil {
		return nil, err
	}
	counts, err := w.desk.ViewCounts(q.Context(), q.Actor, []okno.View{view})
	if err != nil {
		return nil, err
	}
	p.rows, p.partial, p.misread, p.counted = page.Rows[:min(previewRows, len(page.Rows))], page.Partial, page.Misread, counts[0]
	return p, nil
}

// draftView shows the form again as it was typed, with a condition more or
// less; or only what it would find. Nothing is kept.
func (w *Workspace) draftView(q *web.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	view, err := w.typedView(q, form)
	if err != nil {
		return err
	}
	if q.Fragment() && q.Query("part") == "preview" {
		p, err := w.previewOf(q, &listView{Page: q.Page("")}, view)
		if err != nil {
			return err
		}
		return q.Render(previewed(p))
	}
	focus := 0
	if form.Has("more") && len(view.Conditions) < okno.MaxConditions {
		if field := okno.ViewField(form.Get("field")); len(field.Ops()) > 0 {
			view.Conditions = append(view.Conditions, okno.Condition{Field: field, Op: field.Ops()[0]})
			focus = len(view.Conditions)
		}
	}
	if i, err := strconv.Atoi(form.Get("drop")); err == nil && i > 0 && i <= len(view.Conditions) {
		view.Conditions = slices.Delete(view.Conditions, i-1, i)
		focus = min(i, len(view.Conditions))
	}
	return w.showViewForm(q, view, focus)
}

// typedView is the view as the form holds it.
func (w *Workspace) typedView(q *web.Request, form *web.Form) (okno.View, error) {
	v := okno.View{Ref: okno.Ref(form.Get("ref")), Name: form.Word("name"), Order: okno.Order(form.Get("order")), Version: version(form)}
	n, err := strconv.Atoi(form.Get("conditions"))
	if err != nil || n < 0 || n > okno.MaxConditions {
		return v, okno.Refuse(okno.Invalid, "error.form")
	}
	for i := range n {
		at := strconv.Itoa(i + 1)
		c := okno.Condition{Field: okno.ViewField(form.Get("field" + at)), Op: okno.Op(form.Get("op" + at)), Values: form.All("value" + at)}
		if len(c.Field.Ops()) > 0 {
			v.Conditions = append(v.Conditions, c)
		}
	}
	switch share := form.Get("share"); share {
	case "":
	case shareAll:
		v.Shared = true
	default:
		choices, err := w.desk.ViewChoices(q.Context(), q.Actor)
		if err != nil {
			return v, err
		}
		i := slices.IndexFunc(choices.Teams, func(t okno.Team) bool { return t.Ref == okno.Ref(share) })
		if i < 0 {
			return v, okno.Errors{{Reason: okno.Invalid, Key: "error.choice", Field: "share"}}
		}
		v.Team = choices.Teams[i].ID
	}
	return v, nil
}

// shareAll shares a view with all agents.
const shareAll = "all"

// saveView keeps the view.
func (w *Workspace) saveView(q *web.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	view, err := w.typedView(q, form)
	if err != nil {
		return err
	}
	ref, err := w.desk.SaveView(q.Context(), q.Actor, view)
	if err != nil {
		return w.viewAgain(q, view, err)
	}
	q.Toast(web.Toast{Text: q.Locale.T("view.kept"), Kind: "success"})
	return q.Redirect(place{View: okno.ViewKind(ref), Rows: stepRows}.at("/desk"))
}

// viewAgain shows the form with what is wrong and all that was typed.
func (w *Workspace) viewAgain(q *web.Request, view okno.View, refusal error) error {
	if okno.ReasonOf(refusal) == okno.NotFound {
		return refusal
	}
	v, err := w.viewForm(q, view)
	if err != nil {
		return err
	}
	return q.Again(refusal, func(wrong map[string]string) templ.Component {
		v.wrong = wrong
		return viewPage(v)
	})
}

// dropView forgets a saved view.
func (w *Workspace) dropView(q *web.Request) error {
	if err := w.desk.DropView(q.Context(), q.Actor, okno.Ref(q.Path("ref"))); err != nil {
		return err
	}
	q.Toast(web.Toast{Text: q.Locale.T("view.dropped"), Kind: "success"})
	return q.Redirect(place{View: okno.ViewOpen, Rows: stepRows}.at("/desk"))
}

// next is the first field of which there is no condition yet.
func (v *viewForm) next() string {
	for _, o := range v.fields() {
		if !slices.ContainsFunc(v.view.Conditions, func(c okno.Condition) bool { return string(c.Field) == o.Value }) {
			return o.Value
		}
	}
	return ""
}

// opName is what a comparison is called for a field.
func opName(l *locale.Locale, field okno.ViewField, op okno.Op) string {
	switch {
	case field == okno.FieldHas:
		return l.T("view.op.has." + string(op))
	case !field.Several() && (op == okno.OpIs || op == okno.OpNot):
		return l.T("view.op.one." + string(op))
	}
	return l.T("view.op." + string(op))
}

// fields are those of which a condition can be added.
func (v *viewForm) fields() []ui.Option {
	var options []ui.Option
	for _, f := range okno.ViewFields {
		if !(f == okno.FieldTeam && len(v.choices.Teams) == 0 || f == okno.FieldTag && len(v.choices.Tags) == 0) {
			options = append(options, ui.Option{Value: string(f), Label: v.list.L.T("view.field." + string(f))})
		}
	}
	return options
}

func (v *viewForm) orders() []ui.Option {
	var options []ui.Option
	for _, o := range okno.Orders {
		options = append(options, ui.Option{Value: string(o), Label: v.list.L.T("view.order." + string(o))})
	}
	return options
}

// shares are with whom the view may be shared.
func (v *viewForm) shares() []ui.Option {
	l := v.list.L
	options := []ui.Option{{Value: "", Label: l.T("view.share.none")}}
	for _, t := range v.choices.Teams {
		own := slices.ContainsFunc(v.choices.Own, func(o okno.Team) bool { return o.ID == t.ID })
		if own && t.Closed.IsZero() || t.ID == v.view.Team {
			options = append(options, ui.Option{Value: string(t.Ref), Label: l.T("view.share.team", "Team", t.Name)})
		}
	}
	return append(options, ui.Option{Value: shareAll, Label: l.T("view.share.all")})
}

func (v *viewForm) share() string {
	if v.view.Shared {
		return shareAll
	}
	i := slices.IndexFunc(v.choices.Teams, func(t okno.Team) bool { return t.ID == v.view.Team })
	if i < 0 {
		return ""
	}
	return string(v.choices.Teams[i].Ref)
}

// values are what a condition of a field can be ticked with; a value that is
// none of them stands as it is.
func (v *viewForm) values(c okno.Condition) []ui.Option {
	options := v.offered(c.Field)
	for _, value := range c.Values {
		if !slices.ContainsFunc(options, func(o ui.Option) bool { return o.Value == value }) {
			options = append(options, ui.Option{Value: value, Label: value})
		}
	}
	return options
}

func (v *viewForm) offered(field okno.ViewField) (options []ui.Option) {
	l := v.list.L
	add := func(value, label string) { options = append(options, ui.Option{Value: value, Label: label}) }
	switch field {
	case okno.FieldStatus:
		for _, k := range okno.StatusKinds {
			add(string(k), l.T("status."+string(k)))
		}
	case okno.FieldChannel:
		for _, c := range okno.Channels {
			add(string(c), channelName(l, c))
		}
	case okno.FieldAssignee:
		add(okno.ValueMe, l.T("view.value.me"))
		add(okno.ValueNobody, l.T("view.value.nobody"))
		for _, p := range v.choices.Agents {
			add(string(p.Ref), p.Short())
		}
	case okno.FieldTeam:
		add(okno.ValueMine, l.T("view.value.mine"))
		for _, t := range v.choices.Teams {
			add(string(t.Ref), t.Name)
		}
	case okno.FieldDepartment:
		for _, d := range v.choices.Departments {
			add(string(d.Ref), d.Name)
		}
	case okno.FieldTag:
		for _, t := range v.choices.Tags {
			add(string(t.Ref), t.Name)
		}
	case okno.FieldHas:
		add(okno.ValueFile, l.T("view.value.file"))
		add(okno.ValueCall, l.T("view.value.call"))
	}
	return options
}
