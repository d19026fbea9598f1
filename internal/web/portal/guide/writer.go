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
		"caption": w.caption, "word": w.word, "page": w.page, "status": w.status,
		"phrases": w.phrases, "section": w.section, "picture": w.picture,
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

// caption is a text of the catalogue, quoted as what stands on the screen.
func (w *writer) caption(key string, args ...any) (template.HTML, error) {
	text, err := w.word(key, args...)
	return w.quoted(text), err
}

func (w *writer) quoted(text string) template.HTML {
	return template.HTML(`<b class="caption">` + template.HTMLEscapeString(w.l.T("guide.quoted", "Text", text)) + `</b>`)
}

// page is a caption that leads to the page it opens.
func (w *writer) page(path, key string) (template.HTML, error) {
	caption, err := w.caption(key)
	return template.HTML(`<a href="`+template.HTMLEscapeString(path)+`">`) + caption + `</a>`, err
}

// status is what the reader's screen calls a status.
func (w *writer) status(kind okno.StatusKind) (template.HTML, error) {
	name := w.facts.Statuses[kind]
	if name == "" {
		return "", fmt.Errorf("there is no status %q", kind)
	}
	return w.quoted(name), nil
}

// phrases are examples of what closes a ticket by letter: the installation's
// own, else those given.
func (w *writer) phrases(examples ...string) template.HTML {
	if own := w.facts.Phrases; len(own) > 0 {
		examples = own[:min(len(own), len(examples))]
	}
	var quoted []string
	for _, e := range examples {
		quoted = append(quoted, string(w.quoted(e)))
	}
	return template.HTML(strings.Join(quoted, ", "))
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
