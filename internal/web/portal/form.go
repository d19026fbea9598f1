package portal

import (
	"maps"
	"slices"

	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// fields are the controls of a form in their order.
type fields []ui.Field

// fill puts into the controls what was typed and what is wrong with it. What
// was typed into a password field is not shown again. typed may be nil: the
// form is shown for the first time.
func (fs fields) fill(typed *web.Form, wrong map[string]string) fields {
	for i := range fs {
		f := &fs[i]
		if typed != nil && f.Type != "password" && f.Type != "file" {
			f.Value = typed.Text(f.Name)
		}
		f.Error = wrong[f.Name]
	}
	return fs
}

// get is the control of that name.
func (fs fields) get(name string) ui.Field {
	i := slices.IndexFunc(fs, func(f ui.Field) bool { return f.Name == name })
	if i < 0 {
		return ui.Field{Name: name}
	}
	return fs[i]
}

// faults are the lines of the summary over a form: its controls' in their
// order, then what concerns none of them.
func (fs fields) faults(wrong map[string]string) []ui.Wrong {
	var lines []ui.Wrong
	said := map[string]bool{}
	for _, f := range fs {
		if text := wrong[f.Name]; text != "" {
			lines = append(lines, ui.Wrong{Field: f.Name, Label: f.Label, Text: text})
			said[f.Name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(wrong)) {
		if !said[name] {
			lines = append(lines, ui.Wrong{Text: wrong[name]})
		}
	}
	return lines
}
