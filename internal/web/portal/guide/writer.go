package guide

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/locale"
)

// writer is what a part's text may call upon. It gathers the headings.
type writer struct {
	l        *locale.Locale
	facts    Facts
	pictures map[string]picture
	sections []Section
}

func (w *writer) words() template.FuncMap {
	return template.FuncMap{
		"word": w.word, "said": w.said, "caption": w.caption, "page": w.page,
		"status": w.status, "statusname": w.statusName, "phrases": w.phrases, "section": w.section, "picture": w.picture,
	}
}

// word is a text of the catalogue; args are pairs as [locale.Locale.T] takes
// them.
func (w *writer) word(key string, args ...any) (string, error) {
	if !w.l.Has(key) {
		return "", fmt.Errorf("the catalogue has no %q", key)
	}
	return w.l.T(key, args...), nil
}

// said is a text of the catalogue in quotation marks.
func (w *writer) said(key string, args ...any) (string, error) {
	text, err := w.word(key, args...)
	return w.l.T("guide.quoted", "Text", text), err
}

// caption is what to look for on the screen: a text of the catalogue, quoted
// and set apart.
func (w *writer) caption(key string, args ...any) (template.HTML, error) {
	text, err := w.word(key, args...)
	return w.apart(text), err
}

func (w *writer) apart(text string) template.HTML {
	return template.HTML(`<b class="caption">` + template.HTMLEscapeString(w.l.T("guide.quoted", "Text", text)) + `</b>`)
}

// page is a caption that leads to the page it opens.
func (w *writer) page(path, key string) (template.HTML, error) {
	caption, err := w.caption(key)
	return template.HTML(`<a href="`+template.HTMLEscapeString(path)+`">`) + caption + `</a>`, err
}

// statusName is what the reader's screen calls a status.
func (w *writer) statusName(kind okno.StatusKind) (string, error) {
	name := w.facts.Statuses[kind]
	if name == "" {
		return "", fmt.Errorf("there is no status %q", kind)
	}
	return name, nil
}

// status is a status as a caption.
func (w *writer) status(kind okno.StatusKind) (template.HTML, error) {
	name, err := w.statusName(kind)
	return w.apart(name), err
}

// phrases are examples of what closes a ticket by letter: the installation's
// own, else those given.
func (w *writer) phrases(examples ...string) string {
	if own := w.facts.Phrases; len(own) > 0 {
		examples = own[:min(len(own), len(examples))]
	}
	var quoted []string
	for _, e := range examples {
		quoted = append(quoted, w.l.T("guide.quoted", "Text", e))
	}
	return strings.Join(quoted, ", ")
}

// section is a heading that can be linked to.
func (w *writer) section(anchor, title string) template.HTML {
	w.sections = append(w.sections, Section{anchor, title})
	return template.HTML(`<h3 id="` + template.HTMLEscapeString(anchor) + `">` + template.HTMLEscapeString(title) + `</h3>`)
}

// picture shows one of the guide's pictures; about tells it to whoever cannot
// see it.
func (w *writer) picture(name, title, about string) (template.HTML, error) {
	p, ok := w.pictures[w.l.Lang()+"/"+name]
	if !ok {
		return "", fmt.Errorf("there is no picture %q", name)
	}
	return template.HTML(fmt.Sprintf(
		`<figure><a href="%[1]s"><img src="%[1]s" alt="%[2]s" width="%[3]d" height="%[4]d" loading="lazy" decoding="async"></a><figcaption>%[5]s</figcaption></figure>`,
		p.path, template.HTMLEscapeString(about), p.width, p.height, template.HTMLEscapeString(title))), nil
}
