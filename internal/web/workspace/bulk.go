package workspace

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// bulkView is what can be done with the tickets that were chosen in a list, or
// what became of it.
type bulkView struct {
	list    *listView
	chosen  []desk.Chosen
	choices desk.ViewChoices
	refused []refusedTicket
	changed int
}

// refusedTicket is one that was left as it is, and why.
type refusedTicket struct {
	number okno.Number
	why    string
}

// bulk does with all chosen tickets what the button says; without one it asks
// what that is to be.
func (w *Workspace) bulk(q *web.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	at := placeOf(q)
	chosen := chosenTickets(form)
	if len(chosen) == 0 || len(chosen) > desk.MaxChosen {
		return okno.Refuse(okno.Invalid, "error.bulk.many", "Max", desk.MaxChosen)
	}
	act, ok := w.actTyped(form)
	if !ok {
		return w.askBulk(q, at, chosen)
	}
	changed, refused, err := w.desk.ChangeMany(q.Context(), q.Actor, chosen, act)
	if err != nil {
		return err
	}
	if len(refused) == 0 {
		q.Toast(web.Toast{Text: q.Locale.N("bulk.changed", changed), Kind: "success"})
		return q.Redirect(at.at("/desk"))
	}
	v, err := w.bulkView(q, at, chosen)
	if err != nil {
		return err
	}
	v.changed = changed
	for _, r := range refused {
		v.refused = append(v.refused, refusedTicket{r.Number, why(q, r.Why)})
	}
	return q.Render(bulkResult(v))
}

func (w *Workspace) bulkView(q *web.Request, at place, chosen []desk.Chosen) (*bulkView, error) {
	list, err := w.counted(q, at)
	if err != nil {
		return nil, err
	}
	list.Title = q.Locale.N("bulk.title", len(chosen))
	return &bulkView{list: list, chosen: chosen}, nil
}

func (w *Workspace) askBulk(q *web.Request, at place, chosen []desk.Chosen) error {
	v, err := w.bulkView(q, at, chosen)
	if err != nil {
		return err
	}
	if v.choices, err = w.desk.ViewChoices(q.Context(), q.Actor); err != nil {
		return err
	}
	return q.Render(bulkPage(v))
}

// chosenTickets are the ticked ones, "100123:7" each: number and version.
func chosenTickets(form *web.Form) (chosen []desk.Chosen) {
	for _, value := range form.All("ticket") {
		number, version, _ := strings.Cut(value, ":")
		if n, err := strconv.ParseInt(version, 10, 64); err == nil && len(number) <= maxNumber && len(chosen) <= desk.MaxChosen {
			chosen = append(chosen, desk.Chosen{Number: okno.Number(number), Version: n})
		}
	}
	return chosen
}

// actTyped is what the pressed button does; false: none says it.
func (w *Workspace) actTyped(form *web.Form) (act desk.Act, ok bool) {
	switch do := form.Get("do"); do {
	case "take":
		act.Take = true
	case "assignee":
		switch to := form.Get("assignee"); {
		case to == okno.ValueNobody:
			act.Release = true
		case strings.HasPrefix(to, "team:"):
			act.Team = okno.Ref(strings.TrimPrefix(to, "team:"))
		default:
			act.Assignee = okno.Ref(to)
		}
	case "status":
		act.Status = okno.StatusKind(form.Get("status"))
	case string(okno.StatusDone):
		act.Status = okno.StatusDone
	case "department":
		act.Department = okno.Ref(form.Get("department"))
	case "tag":
		act.Tags = tagsTyped(form.Word("add"))
		return act, len(act.Tags) > 0
	case "untag":
		for _, ref := range form.All("untag") {
			act.Untag = append(act.Untag, okno.Ref(ref))
		}
		return act, len(act.Untag) > 0
	default:
		return act, false
	}
	return act, true
}

// why says a refusal in the reader's words.
func why(q *web.Request, refusal error) string {
	said := q.FieldErrors(refusal)
	var words []string
	for _, field := range slices.Sorted(maps.Keys(said)) {
		words = append(words, said[field])
	}
	return strings.Join(words, " ")
}

func (v *bulkView) assignees() []ui.Option {
	l := v.list.L
	options := []ui.Option{{Value: okno.ValueNobody, Label: l.T("view.value.nobody")}}
	for _, p := range v.choices.Agents {
		options = append(options, ui.Option{Value: string(p.Ref), Label: p.Short()})
	}
	for _, t := range v.choices.Teams {
		if t.Closed.IsZero() {
			options = append(options, ui.Option{Value: "team:" + string(t.Ref), Label: l.T("assignee.team", "Team", t.Name)})
		}
	}
	return options
}

// statuses are those that want no date.
func (v *bulkView) statuses() (options []ui.Option) {
	for _, k := range okno.StatusKinds {
		if k != okno.StatusNew && k != okno.StatusHold {
			options = append(options, ui.Option{Value: string(k), Label: v.list.L.T("status." + string(k))})
		}
	}
	return options
}

func (v *bulkView) departments() (options []ui.Option) {
	for _, d := range v.choices.Departments {
		if d.Closed.IsZero() {
			options = append(options, ui.Option{Value: string(d.Ref), Label: d.Name})
		}
	}
	return options
}

func (v *bulkView) tags() (options []ui.Option) {
	for _, t := range v.choices.Tags {
		options = append(options, ui.Option{Value: string(t.Ref), Label: t.Name})
	}
	return options
}
