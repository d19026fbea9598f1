package workspace

import (
	"maps"
	"slices"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// callView is the form by which an agent files a ticket for someone who
// phones (spec R2).
type callView struct {
	list        *listView
	key         string
	departments []ui.Option
	topics      []ui.Option
	companies   []ui.Option // of the caller, who must choose; none: nothing to choose
	typed       *web.Form   // nil: shown for the first time
	wrong       map[string]string
	uploads     []ui.File
}

func (w *Workspace) callForm(q *web.Request) error {
	v, err := w.callView(q)
	if err != nil {
		return err
	}
	return q.Render(callPage(v))
}

// openForCaller makes the ticket, and the agent its assignee when he said so.
func (w *Workspace) openForCaller(q *web.Request) error {
	form, err := q.Form()
	if err != nil {
		return w.callAgain(q, form, err)
	}
	opened, err := w.desk.OpenTicket(q.Context(), q.Actor, desk.Opening{
		Key: q.Key(), Name: form.Word("name"), Address: form.Word("email"), Phone: form.Word("phone"),
		Channel: okno.ChannelPhone, Department: okno.Ref(form.Get("department")), Topic: okno.Ref(form.Get("topic")), Company: okno.Ref(form.Get("company")),
		Subject: form.Word("subject"), Text: form.Text("text"), Uploads: kept(form), Mine: form.Has("mine"),
		Lang: locale.Detect(form.Word("subject")+"\n"+form.Text("text"), q.Settings.Lang),
	})
	if err != nil {
		return w.callAgain(q, form, err)
	}
	if form.Has("mine") && !opened.Again {
		if err := w.desk.Take(q.Context(), q.Actor, opened.Number, 0); err != nil {
			return err
		}
	}
	return q.Redirect(placeOf(q).ticket(opened.Number, ""))
}

// callAgain shows the form with what is wrong beside each field and all that
// was typed (spec R10).
func (w *Workspace) callAgain(q *web.Request, form *web.Form, refusal error) error {
	v, err := w.callView(q)
	if err != nil {
		return err
	}
	if v.uploads, err = w.uploads(q, form); err != nil {
		return err
	}
	companies, err := w.desk.CallerCompanies(q.Context(), q.Actor, form.Word("email"))
	if err != nil {
		return err
	}
	if len(companies) > 1 {
		v.companies = []ui.Option{{Label: q.Locale.T("workspace.call.company")}}
		for _, c := range companies {
			v.companies = append(v.companies, ui.Option{Value: string(c.Ref), Label: c.Name})
		}
	}
	v.typed = form
	return q.Again(refusal, func(wrong map[string]string) templ.Component {
		v.wrong = wrong
		return callPage(v)
	})
}

func (w *Workspace) callView(q *web.Request) (*callView, error) {
	list, err := w.aside(q, q.Locale.T("workspace.new"))
	if err != nil {
		return nil, err
	}
	v := &callView{list: list, key: q.Key()}
	departments, err := w.desk.Departments(q.Context())
	if err != nil {
		return nil, err
	}
	for _, d := range departments {
		if q.Actor.MayIn(okno.OpenTicket, d.ID) {
			v.departments = append(v.departments, ui.Option{Value: string(d.Ref), Label: d.Name})
		}
	}
	topics, err := w.desk.Topics(q.Context())
	if err != nil {
		return nil, err
	}
	for _, t := range topics {
		v.topics = append(v.topics, ui.Option{Value: string(t.Ref), Label: t.Name(q.Locale.Lang())})
	}
	return v, nil
}

// field is a control with what was typed and what is wrong with it.
func (v *callView) field(f ui.Field) ui.Field {
	if v.typed != nil {
		f.Value = v.typed.Text(f.Name)
	}
	f.Error = v.wrong[f.Name]
	return f
}

// labels name the fields in the list of what is wrong.
func (v *callView) labels() map[string]string {
	l := v.list.L
	return map[string]string{
		"name": l.T("workspace.call.name"), "phone": l.T("workspace.call.phone"), "email": l.T("workspace.call.email"),
		"department": l.T("words.department"), "topic": l.T("words.topic"), "company": l.T("words.company"), "subject": l.T("words.subject"),
		"text": l.T("workspace.call.text"), "file": l.T("workspace.files"),
	}
}

func (v *callView) faults() []ui.Wrong {
	labels := v.labels()
	var lines []ui.Wrong
	for _, name := range slices.Sorted(maps.Keys(v.wrong)) {
		line := ui.Wrong{Text: v.wrong[name]}
		if label, ok := labels[name]; ok {
			line.Field, line.Label = name, label
		}
		lines = append(lines, line)
	}
	return lines
}

// mine reports whether the ticket is to be the agent's own: so it is unless he
// says otherwise.
func (v *callView) mine() bool { return v.typed == nil || v.typed.Has("mine") }
