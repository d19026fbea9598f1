package admin

import (
	"strconv"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// bans lists whose letters wait in quarantine, below the form that adds one.
func (a *Admin) bans(q *web.Request) error {
	v, err := a.banForm(q)
	if err != nil {
		return err
	}
	return q.Render(formPage(v))
}

func (a *Admin) banForm(q *web.Request) (formView, error) {
	l := q.Locale
	v := formView{view: sectionView(q, "bans"), action: "/admin/bans", send: l.T("admin.ban.add")}
	v.controls = []*control{{Field: ui.Field{Name: "what", Label: l.T("admin.ban.what"), Hint: l.T("admin.ban.what.hint"), Required: true, MaxLength: okno.MaxAddress, Autocomplete: "off"}}}
	all, people, err := a.desk.Bans(q.Context(), q.Actor)
	if err != nil || len(all) == 0 {
		v.beside = ui.Empty(l.T("admin.empty"), l.T("admin.ban.none"))
		return v, err
	}
	t := table{name: v.Title, head: []string{l.T("admin.ban.what"), l.T("admin.ban.by"), l.T("admin.field.time"), l.T("admin.job.act")}}
	for _, b := range all {
		t.rows = append(t.rows, []templ.Component{text(banned(b)), text(people[b.By].Short()), moment(l, b.At, q.Now), liftBan(l, b)})
	}
	v.beside = list(t)
	return v, nil
}

// banned is what a ban is about, as it is read: a domain has no "@".
func banned(b okno.Ban) string {
	if b.What != "" && b.What[0] == '@' {
		return b.What[1:]
	}
	return b.What
}

func (a *Admin) addBan(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	what := typed.Word("what")
	if what == "" {
		err = okno.Errors{okno.Missing("what")}
	} else {
		err = a.desk.AddBan(q.Context(), q.Actor, what)
	}
	if err == nil {
		return done(q, q.Locale.T("admin.ban.added", "What", what), "/admin/bans")
	}
	v, missing := a.banForm(q)
	if missing != nil {
		return missing
	}
	return v.again(q, err, typed)
}

func (a *Admin) liftBan(q *web.Request) error {
	if err := a.desk.LiftBan(q.Context(), q.Actor, okno.Ref(q.Path("ref"))); err != nil {
		return err
	}
	return done(q, q.Locale.T("admin.ban.lifted"), "/admin/bans")
}

// limitControls are the limits of what letters make happen.
func limitControls(l *locale.Locale, s okno.Settings) []*control {
	now := s.Limits.InForce()
	field := func(name string, n int) *control {
		return &control{Field: ui.Field{Name: "limit_" + name, Label: l.T("admin.setting.limits." + name), Value: strconv.Itoa(n), InputMode: "numeric", Hint: l.T("admin.setting.limits." + name + ".hint")}}
	}
	all := []*control{field("ticket", now.Ticket), field("answers", now.Answers), field("quarantine", now.Quarantine)}
	all[0].heading = l.T("admin.setting.limits")
	return all
}

// limitsTyped are those of the form; a field that is missing stays as it was.
func limitsTyped(f *web.Form, now okno.Limits) okno.Limits {
	for name, n := range map[string]*int{"limit_ticket": &now.Ticket, "limit_answers": &now.Answers, "limit_quarantine": &now.Quarantine} {
		if f.Has(name) {
			*n = int(number(f.Word(name)))
		}
	}
	return now
}
