package admin

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/ui"
)

// Bounds of the closing phrases of one language.
const (
	maxPhrases = 100
	maxPhrase  = 100 // characters
)

func (a *Admin) settings(q *web.Request) error {
	s, err := a.desk.Settings(q.Context())
	if err != nil {
		return err
	}
	return q.Render(formPage(settingsForm(q, s)))
}

func settingsForm(q *web.Request, s okno.Settings) formView {
	l := q.Locale
	v := formView{view: sectionView(q, "settings"), action: "/admin/settings", send: l.T("admin.save"), version: s.Version}
	v.controls = []*control{
		{heading: l.T("admin.setting.names"), Field: ui.Field{Name: "product", Label: l.T("admin.setting.product"), Value: s.Product, Required: true, MaxLength: okno.MaxName, Hint: l.T("admin.setting.product.hint")}},
		{Field: ui.Field{Name: "company", Label: l.T("admin.setting.company"), Value: s.Company, MaxLength: okno.MaxName, Hint: l.T("admin.setting.company.hint")}},
		{Field: ui.Field{Name: "accent", Label: l.T("admin.setting.accent"), Value: s.Accent, Placeholder: "#1f55a5", MaxLength: len("#rrggbb"), Hint: l.T("admin.setting.accent.hint"), Autocomplete: "off"}},
		{heading: l.T("admin.setting.region"), kind: choice, Field: ui.Field{Name: "lang", Label: l.T("ui.language"), Value: s.Lang, Options: languages(), Hint: l.T("admin.setting.lang.hint")}},
		{kind: choice, Field: ui.Field{Name: "zone", Label: l.T("admin.setting.zone"), Value: s.Zone, Options: zoneOptions(s.Zone)}},
		{heading: l.T("admin.setting.tickets"), kind: choice, Field: ui.Field{Name: "numbers", Label: l.T("admin.setting.numbers"), Value: numbering(s), Options: []ui.Option{
			{Value: counted, Label: l.T("admin.setting.numbers.counted")}, {Value: drawn, Label: l.T("admin.setting.numbers.random")}}}},
		{Field: ui.Field{Name: "digits", Label: l.T("admin.setting.digits"), Value: strconv.Itoa(max(s.NumberDigits, okno.MinDigits)), InputMode: "numeric", Hint: l.T("admin.setting.digits.hint", "Min", okno.MinDigits, "Max", okno.MaxDigits)}},
		{Field: ui.Field{Name: "prefix", Label: l.T("admin.setting.prefix"), Value: s.NumberPrefix, MaxLength: okno.MaxNumberPrefix, Hint: l.T("admin.setting.prefix.hint"), Autocomplete: "off"}},
		{kind: tick, ticked: s.TagLetters, Field: ui.Field{Name: "tag_letters", Label: l.T("admin.setting.tag"), Hint: l.T("admin.setting.tag.hint")}},
		{Field: ui.Field{Name: "keep_letters", Label: l.T("admin.setting.keep"), Value: strconv.Itoa(s.KeepLetters), InputMode: "numeric", Hint: l.T("admin.setting.keep.hint")}},
		{Field: ui.Field{Name: "undo_seconds", Label: l.T("admin.setting.undo"), Value: strconv.Itoa(s.UndoSeconds), InputMode: "numeric", Hint: l.T("admin.setting.undo.hint")}},
		{Field: ui.Field{Name: "join_minutes", Label: l.T("admin.setting.join"), Value: strconv.Itoa(s.JoinMinutes), InputMode: "numeric", Hint: l.T("admin.setting.join.hint", "Many", okno.DigestFrom)}},
	}
	v.controls = append(v.controls, limitControls(l, s)...)
	for i, lang := range locale.Languages() {
		c := &control{kind: area, Field: ui.Field{Name: phraseField(lang.Code), Label: l.T("admin.setting.phrases", "Language", lang.Name),
			Value: strings.Join(phrases(s, lang.Code), "\n"), Hint: l.T("admin.setting.phrases.hint"), Rows: 6}}
		if i == 0 {
			c.heading = l.T("admin.setting.closing")
		}
		v.controls = append(v.controls, c)
	}
	v.other = []button{{"/admin/settings/preview#preview", l.T("admin.setting.preview")}}
	v.beside = settingsBeside(l, q.Logo(), web.Shades(s.Accent), sampleNumber(s), "")
	return v
}

// sampleNumber is what a new ticket's number looks like.
func sampleNumber(s okno.Settings) string {
	if s.CheckNumbers() != nil {
		return ""
	}
	if s.RandomNumbers {
		n := int64(0)
		for i := range max(s.NumberDigits, okno.MinDigits) {
			n = n*10 + int64(8-i*5%9)
		}
		return string(s.Number(n))
	}
	return string(s.Number(okno.FirstNumber))
}

// How ticket numbers are made.
const (
	counted = "counted"
	drawn   = "random"
)

func numbering(s okno.Settings) string {
	if s.RandomNumbers {
		return drawn
	}
	return counted
}

// zoneOptions are the zones to choose from, with the one chosen whatever it is.
func zoneOptions(chosen string) []ui.Option {
	var options []ui.Option
	there := false
	for _, zone := range locale.Zones() {
		options = append(options, ui.Option{Value: zone, Label: strings.ReplaceAll(zone, "_", " ")})
		there = there || zone == chosen
	}
	if !there && chosen != "" {
		options = append(options, ui.Option{Value: chosen, Label: chosen})
	}
	return options
}

func phraseField(lang string) string { return "phrases_" + lang }

// phrases are the closing phrases of a language as they hold.
func phrases(s okno.Settings, lang string) []string {
	if own := s.Phrases[lang]; len(own) > 0 {
		return own
	}
	return desk.BuiltInPhrases(lang)
}

// settingsTyped is what the form says, over what it does not speak of.
func settingsTyped(f *web.Form, s okno.Settings) (okno.Settings, error) {
	s.Product, s.Company, s.Accent = f.Word("product"), f.Word("company"), strings.ToLower(f.Word("accent"))
	s.Lang, s.Zone, s.Version = f.Get("lang"), f.Get("zone"), versionOf(f)
	s.TagLetters, s.RandomNumbers, s.KeepLetters = f.Has("tag_letters"), f.Get("numbers") == drawn, int(number(f.Word("keep_letters")))
	if f.Has("undo_seconds") {
		s.UndoSeconds = int(number(f.Word("undo_seconds")))
		s.JoinMinutes = int(number(f.Word("join_minutes")))
	}
	if f.Has("digits") {
		s.NumberPrefix, s.NumberDigits = strings.ToUpper(f.Word("prefix")), int(number(f.Word("digits")))
	}
	s.Limits = limitsTyped(f, s.Limits)
	s.Phrases = map[string][]string{}
	var wrong okno.Errors
	for _, lang := range locale.Languages() {
		field := phraseField(lang.Code)
		var all []string
		for phrase := range strings.Lines(f.Text(field)) {
			if phrase = strings.TrimSpace(phrase); phrase != "" {
				all = append(all, phrase)
			}
			if utf8.RuneCountInString(phrase) > maxPhrase {
				return s, append(wrong, okno.TooLong(field, maxPhrase))
			}
		}
		if len(all) > maxPhrases {
			return s, append(wrong, &okno.Error{Reason: okno.Invalid, Key: "admin.error.phrases", Field: field, Args: []any{"Max", maxPhrases}})
		}
		if strings.Join(all, "\n") != strings.Join(desk.BuiltInPhrases(lang.Code), "\n") {
			s.Phrases[lang.Code] = all
		}
	}
	return s, wrong.Err()
}

func (a *Admin) saveSettings(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	now, err := a.desk.Settings(q.Context())
	if err != nil {
		return err
	}
	s, err := settingsTyped(typed, now)
	if err == nil {
		err = a.desk.SaveSettings(q.Context(), q.Actor, s)
	}
	if err == nil {
		return done(q, q.Locale.T("admin.saved"), "/admin/settings")
	}
	if now, missing := a.desk.Settings(q.Context()); missing == nil {
		return settingsForm(q, now).again(q, err, typed)
	}
	return err
}

// previewSettings shows the accent and the number that were typed, saving
// nothing.
func (a *Admin) previewSettings(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	now, err := a.desk.Settings(q.Context())
	if err != nil {
		return err
	}
	v := settingsForm(q, now)
	v.version = versionOf(typed)
	v.typed(typed)
	shades := web.Shades(strings.ToLower(typed.Word("accent")))
	if len(shades) == 0 && typed.Word("accent") != "" {
		return v.again(q, okno.Errors{{Reason: okno.Invalid, Key: "error.colour", Field: "accent"}}, typed)
	}
	s, err := settingsTyped(typed, now)
	if err == nil {
		err = s.CheckNumbers()
	}
	if err != nil {
		return v.again(q, err, typed)
	}
	v.beside = settingsBeside(q.Locale, q.Logo(), shades, sampleNumber(s), "")
	return q.Render(formPage(v))
}

// saveLogo keeps a picture, made anew from the one that was sent, or takes the
// logo away.
func (a *Admin) saveLogo(q *web.Request) error {
	typed, err := q.Form()
	if err == nil {
		err = a.keepLogo(q, typed)
	}
	if err == nil {
		return done(q, q.Locale.T("admin.saved"), "/admin/settings")
	}
	s, missing := a.desk.Settings(q.Context())
	if missing != nil {
		return missing
	}
	return q.Again(err, func(wrong map[string]string) templ.Component {
		v := settingsForm(q, s)
		refused := wrong["logo"] + wrong["file"] + wrong[""]
		v.beside = settingsBeside(q.Locale, q.Logo(), web.Shades(s.Accent), sampleNumber(s), refused)
		v.wrong = []ui.Wrong{{Field: "logo", Label: q.Locale.T("admin.setting.logo"), Text: refused}}
		return formPage(v)
	})
}

func (a *Admin) keepLogo(q *web.Request, typed *web.Form) error {
	if typed.Has("remove") {
		return a.desk.SetLogo(q.Context(), q.Actor, nil)
	}
	if len(typed.Files) == 0 {
		return okno.Errors{okno.Missing("logo")}
	}
	_, picture, err := a.desk.OpenFile(q.Context(), q.Actor, typed.Files[0].Ref)
	if err != nil {
		return err
	}
	defer picture.Close()
	return a.desk.SetLogo(q.Context(), q.Actor, picture)
}
