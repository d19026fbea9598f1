package admin

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// control is one labelled control of a form.
type control struct {
	ui.Field
	kind    controlKind
	ticked  bool     // of a tick
	chosen  []string // of several
	heading string   // stands above it; empty: it belongs to those before
}

type controlKind string

const (
	line    controlKind = ""        // one line to type in
	area    controlKind = "area"    // many
	choice  controlKind = "choice"  // one of Options
	several controlKind = "several" // any of Options
	tick    controlKind = "tick"    // yes or no
)

// formView is a page of one form.
type formView struct {
	view
	action   string
	send     string // the button's words
	key      string // submission key of a form that creates
	version  int64  // that the form was filled from; 0: nothing is there yet
	controls []*control
	wrong    []ui.Wrong
	said     *said           // what a test found; nil: nothing was tested
	other    []button        // beside the main one
	beside   templ.Component // below the form; nil: nothing
}

// said is what a button that is no saving led to.
type said struct{ kind, words string }

// button sends the same form elsewhere.
type button struct{ path, words string }

// typed puts what was typed in the place of what is kept.
func (v *formView) typed(f *web.Form) {
	for _, c := range v.controls {
		switch {
		case c.Type == "password", c.Type == "file", c.Disabled:
		case c.kind == tick:
			c.ticked = f.Has(c.Name)
		case c.kind == several:
			c.chosen = f.All(c.Name)
		default:
			c.Value = f.Text(c.Name)
		}
	}
}

// again shows the form again after err, with what was typed. A form that was
// overtaken takes the version it lost against and says what is kept now, so
// that sending it once more is a decision.
func (v formView) again(q *web.Request, err error, f *web.Form) error {
	return q.Again(err, func(wrong map[string]string) templ.Component {
		if okno.ReasonOf(err) == okno.Conflict && wrong[""] != "" {
			v.overtaken(q.Locale, f)
		} else {
			v.version = versionOf(f)
		}
		v.typed(f)
		v.mark(wrong)
		return formPage(v)
	})
}

// overtaken says beside each control what is kept now, where that differs
// from what was typed.
func (v *formView) overtaken(l *locale.Locale, f *web.Form) {
	for _, c := range v.controls {
		if c.Type == "password" || c.Disabled {
			continue
		}
		now, same := c.kept(l, f)
		if !same {
			c.Hint = l.T("admin.form.now", "Value", now)
		}
	}
}

// kept is what is kept for a control, in words, and whether the form says the
// same.
func (c *control) kept(l *locale.Locale, f *web.Form) (words string, same bool) {
	switch c.kind {
	case tick:
		return yesNo(l, c.ticked), c.ticked == f.Has(c.Name)
	case several:
		names := ""
		for _, o := range c.Options {
			if slices.Contains(c.chosen, o.Value) {
				names += o.Label + " "
			}
		}
		return names, slices.Equal(slices.Sorted(slices.Values(c.chosen)), slices.Sorted(slices.Values(f.All(c.Name))))
	case choice:
		i := slices.IndexFunc(c.Options, func(o ui.Option) bool { return o.Value == c.Value })
		if i >= 0 {
			words = c.Options[i].Label
		}
		return words, c.Value == f.Get(c.Name)
	}
	return c.Value, c.Value == f.Text(c.Name)
}

func yesNo(l *locale.Locale, yes bool) string {
	if yes {
		return l.T("admin.yes")
	}
	return l.T("admin.no")
}

// mark puts what is wrong beside its control, and all of it in the lines above
// the form: those of controls in their order, then the rest.
func (v *formView) mark(wrong map[string]string) {
	v.wrong = nil
	said := map[string]bool{}
	for _, c := range v.controls {
		if words := wrong[c.Name]; words != "" {
			c.Error, said[c.Name] = words, true
			v.wrong = append(v.wrong, ui.Wrong{Field: c.Name, Label: c.Label, Text: words})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(wrong)) {
		if !said[name] {
			v.wrong = append(v.wrong, ui.Wrong{Text: wrong[name]})
		}
	}
}

// versionOf is the version that the form was filled from.
func versionOf(f *web.Form) int64 { return number(f.Get("version")) }

// number reads what stands in a form; what is none is -1.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// closedAt is the time of closing that a form asks for.
func closedAt(q *web.Request, f *web.Form) time.Time {
	if f.Has("closed") {
		return q.Now
	}
	return time.Time{}
}

// closing is the tick that closes what is no longer wanted.
func closing(l *locale.Locale, closed time.Time, hint string) *control {
	return &control{kind: tick, ticked: !closed.IsZero(), Field: ui.Field{Name: "closed", Label: l.T("admin.field.closed"), Hint: hint}}
}

// languages are the choices of a language.
func languages() []ui.Option {
	var options []ui.Option
	for _, lang := range locale.Languages() {
		options = append(options, ui.Option{Value: lang.Code, Label: lang.Name})
	}
	return options
}

// openDepartments are the choices of a department; the one chosen is among
// them even if it is closed.
func openDepartments(all []okno.Department, chosen okno.DepartmentID) []ui.Option {
	var options []ui.Option
	for _, d := range all {
		if d.Closed.IsZero() || d.ID == chosen {
			options = append(options, ui.Option{Value: string(d.Ref), Label: d.Name})
		}
	}
	return options
}
