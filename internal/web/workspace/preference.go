package workspace

import (
	"slices"
	"time"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// preferenceView is what an agent sets for himself.
type preferenceView struct {
	list   *listView
	person okno.Person
	back   ui.Field // the first day on which he is here again

	switches ui.SwitchTable
	push     ui.PushView
}

func (w *Workspace) preferences(q *web.Request) error {
	v, err := w.preferenceView(q)
	if err != nil {
		return err
	}
	return q.Render(preferencePage(v))
}

func (w *Workspace) preferenceView(q *web.Request) (*preferenceView, error) {
	list, err := w.aside(q, q.Locale.T("workspace.settings"))
	if err != nil {
		return nil, err
	}
	v := &preferenceView{list: list, person: q.Person, switches: q.Switches("/desk/settings/notices")}
	if v.push, err = q.Push(switchesPath); err != nil {
		return nil, err
	}
	v.person.Away = q.Person.AwayAt(q.Now)
	v.back = ui.Field{
		Name: "back", Type: "date", Label: q.Locale.T("workspace.settings.back"), Hint: q.Locale.T("workspace.settings.back.hint"),
		Min: q.Now.In(q.Locale.Zone()).AddDate(0, 0, 1).Format(time.DateOnly),
	}
	if v.person.Away && !v.person.AwayUntil.IsZero() {
		v.back.Value = v.person.AwayUntil.In(q.Locale.Zone()).Format(time.DateOnly)
	}
	return v, nil
}

// backOn is when an agent who is away is here again; zero: he does not say.
func backOn(q *web.Request, form *web.Form) (time.Time, error) {
	if !form.Has("away") || form.Word("back") == "" {
		return time.Time{}, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, form.Word("back"), q.Locale.Zone())
	if err != nil || !day.After(q.Now) {
		return time.Time{}, okno.Errors{{Reason: okno.Invalid, Key: "error.away.past", Field: "back"}}
	}
	return day, nil
}

// setPreferences keeps the agent's own settings; what the page does not offer
// stays as it was.
func (w *Workspace) setPreferences(q *web.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	back, err := backOn(q, form)
	if err != nil {
		return w.preferencesAgain(q, form, err)
	}
	err = w.desk.SetOwn(q.Context(), q.Actor, func(p *okno.Person) {
		if slices.ContainsFunc(locale.Languages(), func(l locale.Language) bool { return l.Code == form.Get("lang") }) {
			p.Lang = form.Get("lang")
		}
		if slices.Contains(web.Themes, form.Get("theme")) {
			p.Theme = form.Get("theme")
		}
		p.Shortcuts, p.Away, p.AwayUntil = form.Has("shortcuts"), form.Has("away"), back
	})
	if err == nil {
		err = w.desk.JoinNotices(q.Context(), q.Actor, form.Has("join"))
	}
	if err != nil {
		return err
	}
	q.Toast(web.Toast{Text: q.Locale.T("workspace.settings.saved"), Kind: "success"})
	return q.Redirect("/desk/settings")
}

// preferencesAgain shows the settings with what is wrong; nothing was kept.
func (w *Workspace) preferencesAgain(q *web.Request, form *web.Form, refusal error) error {
	v, err := w.preferenceView(q)
	if err != nil {
		return err
	}
	v.person.Shortcuts, v.person.Away, v.person.Theme = form.Has("shortcuts"), form.Has("away"), form.Get("theme")
	v.person.Switches = v.person.Switches.SetJoins(form.Has("join"))
	v.back.Value = form.Word("back")
	return q.Again(refusal, func(wrong map[string]string) templ.Component {
		v.back.Error = wrong[v.back.Name]
		return preferencePage(v)
	})
}

func (v *preferenceView) languages() []ui.Option {
	var options []ui.Option
	for _, l := range locale.Languages() {
		options = append(options, ui.Option{Value: l.Code, Label: l.Name})
	}
	return options
}

func (v *preferenceView) themes() []ui.Option {
	l := v.list.L
	return []ui.Option{
		{Value: "", Label: l.T("ui.theme.system")}, {Value: "light", Label: l.T("ui.theme.light")}, {Value: "dark", Label: l.T("ui.theme.dark")},
	}
}
