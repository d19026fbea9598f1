package workspace

import (
	"slices"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// preferenceView is what an agent sets for himself.
type preferenceView struct {
	list   *listView
	person okno.Person

	switches ui.SwitchTable
	push     ui.PushView
}

func (w *Workspace) preferences(q *web.Request) error {
	list, err := w.aside(q, q.Locale.T("workspace.settings"))
	if err != nil {
		return err
	}
	v := &preferenceView{list: list, person: q.Person, switches: q.Switches("/desk/settings/notices")}
	if v.push, err = q.Push(switchesPath); err != nil {
		return err
	}
	return q.Render(preferencePage(v))
}

// setPreferences keeps the agent's own settings; what the page does not offer
// stays as it was.
func (w *Workspace) setPreferences(q *web.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	err = w.desk.SetOwn(q.Context(), q.Actor, func(p *okno.Person) {
		if slices.ContainsFunc(locale.Languages(), func(l locale.Language) bool { return l.Code == form.Get("lang") }) {
			p.Lang = form.Get("lang")
		}
		if slices.Contains(web.Themes, form.Get("theme")) {
			p.Theme = form.Get("theme")
		}
		p.Shortcuts, p.Away = form.Has("shortcuts"), form.Has("away")
	})
	if err != nil {
		return err
	}
	q.Toast(web.Toast{Text: q.Locale.T("workspace.settings.saved"), Kind: "success"})
	return q.Redirect("/desk/settings")
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
