package admin

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// Templates are the letters whose words can be changed.
type Templates struct {
	Names []string
	// Phrases are a template's texts in a language; none: there is no such
	// template.
	Phrases func(name, lang string) []Phrase
	// Check leaves of texts what differs from the built-in ones and says what
	// is wrong with it.
	Check func(name, lang string, texts map[string]string) (own map[string]string, err error)
	// Preview writes a letter about made-up things.
	Preview func(name, lang string, texts map[string]string, s okno.Settings) LetterPreview
}

// Phrase is one text of a template.
type Phrase struct {
	Key, Builtin string
	Places       []string // that it may name
	OneLine      bool
}

// LetterPreview is a letter as it would read.
type LetterPreview struct{ Subject, Text, HTML string }

// templateView is what of a template stands below its form.
type templateView struct {
	name, lang string
	version    int64
	preview    LetterPreview
	saved      bool // the preview is of what is kept
	versions   []okno.LetterTemplate
	people     map[okno.PersonID]okno.Person
}

func (v templateView) path(under string) string {
	return "/admin/templates/" + v.name + "/" + v.lang + under
}

// templates lists the letters with how they stand in each language.
func (a *Admin) templates(q *web.Request) error {
	all, _, err := a.desk.Templates(q.Context(), q.Actor)
	if err != nil {
		return err
	}
	l := q.Locale
	v := listView{view: sectionView(q, "templates")}
	v.table = table{name: v.Title, head: []string{l.T("admin.letter.kind")}}
	for _, lang := range locale.Languages() {
		v.head = append(v.head, lang.Name)
	}
	for _, name := range a.c.Templates.Names {
		row := []templ.Component{text(l.T("template.name." + name))}
		for _, lang := range locale.Languages() {
			words := l.T("template.unchanged")
			for _, t := range all {
				if t.Name == name && t.Lang == lang.Code && len(t.Texts) > 0 {
					words = l.T("template.changed", "Time", l.Ago(t.At, q.Now))
				}
			}
			row = append(row, link("/admin/templates/"+name+"/"+lang.Code, words))
		}
		v.rows = append(v.rows, row)
	}
	return q.Render(listPage(v))
}

// templateOf is the template of the address as it is kept; version 0: nobody
// has changed it.
func (a *Admin) templateOf(q *web.Request) (templateView, error) {
	v := templateView{name: q.Path("name"), lang: q.Path("lang")}
	if !slices.Contains(a.c.Templates.Names, v.name) || !spoken(v.lang) {
		return v, okno.ErrNotFound
	}
	var err error
	if v.versions, v.people, err = a.desk.TemplateVersions(q.Context(), q.Actor, v.name, v.lang); err != nil {
		return v, err
	}
	if len(v.versions) > 0 {
		v.version = v.versions[0].Version
	}
	return v, nil
}

// own is what the letter says otherwise than built in.
func (v templateView) own() map[string]string {
	if len(v.versions) == 0 {
		return nil
	}
	return v.versions[0].Texts
}

func (a *Admin) template(q *web.Request) error {
	v, err := a.templateOf(q)
	if err != nil {
		return err
	}
	v.preview, v.saved = a.c.Templates.Preview(v.name, v.lang, v.own(), q.Settings), true
	return q.Render(formPage(a.templateForm(q, v)))
}

func (a *Admin) templateForm(q *web.Request, t templateView) formView {
	l := q.Locale
	lang := t.lang
	for _, x := range locale.Languages() {
		if x.Code == lang {
			lang = x.Name
		}
	}
	v := formView{view: subView(q, "templates", l.T("template.name."+t.name)+", "+lang), action: t.path(""), send: l.T("admin.save"), version: t.version}
	v.lead = l.T("template.lead")
	for i, p := range a.c.Templates.Phrases(t.name, t.lang) {
		now := p.Builtin
		if own := t.own()[p.Key]; own != "" {
			now = own
		}
		c := &control{Field: ui.Field{Name: p.Key, Label: strconv.Itoa(i+1) + ". " + clipped(p.Builtin, 90), Value: now, MaxLength: okno.MaxTemplateText, Rows: 2 + strings.Count(now, "\n") + len(now)/160, Autocomplete: "off"}}
		if len(p.Places) > 0 {
			c.Hint = l.T("template.places", "Places", "{{."+strings.Join(p.Places, "}}, {{.")+"}}")
		}
		if !p.OneLine {
			c.kind = area
		}
		v.controls = append(v.controls, c)
	}
	v.other = []button{{t.path("/preview"), l.T("template.preview")}}
	v.beside = templateBeside(q, t)
	return v
}

// typedTexts are the texts of a template's form.
func (a *Admin) typedTexts(t templateView, f *web.Form) map[string]string {
	texts := map[string]string{}
	for _, p := range a.c.Templates.Phrases(t.name, t.lang) {
		texts[p.Key] = f.Text(p.Key)
	}
	return texts
}

func (a *Admin) saveTemplate(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	v, err := a.templateOf(q)
	if err != nil {
		return err
	}
	own, err := a.c.Templates.Check(v.name, v.lang, a.typedTexts(v, typed))
	if err == nil {
		err = a.keepTemplate(q, v, own, max(versionOf(typed), 0))
	}
	if err != nil {
		v.preview, v.saved = a.c.Templates.Preview(v.name, v.lang, v.own(), q.Settings), true
		return a.templateForm(q, v).again(q, err, typed)
	}
	return done(q, q.Locale.T("admin.saved"), v.path(""))
}

// keepTemplate keeps a version unless it says what the last one says.
func (a *Admin) keepTemplate(q *web.Request, v templateView, own map[string]string, version int64) error {
	if version == v.version && maps.Equal(own, v.own()) {
		return nil
	}
	return a.desk.SaveTemplate(q.Context(), q.Actor, okno.LetterTemplate{Name: v.name, Lang: v.lang, Version: version, Texts: own})
}

// previewTemplate shows the letter as typed, saving nothing.
func (a *Admin) previewTemplate(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	v, err := a.templateOf(q)
	if err != nil {
		return err
	}
	own, err := a.c.Templates.Check(v.name, v.lang, a.typedTexts(v, typed))
	if err != nil {
		return a.templateForm(q, v).again(q, err, typed)
	}
	v.preview = a.c.Templates.Preview(v.name, v.lang, own, q.Settings)
	form := a.templateForm(q, v)
	form.version = max(versionOf(typed), 0)
	form.typed(typed)
	return q.Render(formPage(form))
}

// restoreTemplate makes an earlier version the last one, or (0) the built-in
// words.
func (a *Admin) restoreTemplate(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	v, err := a.templateOf(q)
	if err != nil {
		return err
	}
	own, wanted := map[string]string{}, number(typed.Get("of"))
	if wanted != 0 {
		i := slices.IndexFunc(v.versions, func(t okno.LetterTemplate) bool { return t.Version == wanted })
		if i < 0 {
			return okno.ErrNotFound
		}
		// What an earlier version of the program took may be wrong now.
		if own, err = a.c.Templates.Check(v.name, v.lang, v.versions[i].Texts); err != nil {
			return err
		}
	}
	if err := a.keepTemplate(q, v, own, v.version); err != nil {
		return err
	}
	return done(q, q.Locale.T("admin.saved"), v.path(""))
}

// templateLetter is the letter's HTML as it is kept, in its frame.
func (a *Admin) templateLetter(q *web.Request) error {
	v, err := a.templateOf(q)
	if err != nil {
		return err
	}
	return q.Frame(a.c.Templates.Preview(v.name, v.lang, v.own(), q.Settings).HTML)
}
