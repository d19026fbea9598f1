package guide

import (
	"html/template"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/locale"
)

// sample is an installation whose statuses are called as in the catalogue.
func sample(l *locale.Locale) Facts {
	f := Facts{Product: "Desk & <Co>", Company: "Supplier", Support: "support@desk.example", Statuses: map[okno.StatusKind]string{}}
	for _, kind := range okno.StatusKinds {
		f.Statuses[kind] = l.T("status." + string(kind))
	}
	return f
}

// both runs the test on the guide in each language.
func both(t *testing.T, test func(t *testing.T, g *Guide, l *locale.Locale)) {
	t.Helper()
	g := New()
	for _, lang := range locale.Languages() {
		t.Run(lang.Code, func(t *testing.T) { test(t, g, locale.New(lang.Code, nil)) })
	}
}

func parts(t *testing.T, g *Guide, l *locale.Locale, f Facts) []Part {
	t.Helper()
	ps, err := g.Parts(l, f)
	if err != nil {
		t.Fatal(err)
	}
	return ps
}

func whole(ps []Part) string {
	var text strings.Builder
	for _, p := range ps {
		text.WriteString(string(p.Text))
	}
	return text.String()
}

func TestR1TheGuideHasItsSixParts(t *testing.T) {
	var titles []string
	for _, p := range parts(t, New(), locale.New("ru", nil), sample(locale.New("ru", nil))) {
		titles = append(titles, p.Title)
	}
	if got := strings.Join(titles[:6], "; "); got != "Назначение системы; Создание заявки; Регистрация заявки; Обработка и отслеживание заявки; Закрытие заявки; Регистрация на сайте заявок" {
		t.Errorf("the parts are %s", got)
	}
}

func TestTheGuideIsWholeWithAndWithoutWhatAnInstallationSays(t *testing.T) {
	both(t, func(t *testing.T, g *Guide, l *locale.Locale) {
		full := sample(l)
		text := whole(parts(t, g, l, full))
		if strings.Contains(text, "⟦") || !strings.Contains(text, "Desk &amp; &lt;Co&gt;") || !strings.Contains(text, "mailto:support@desk.example") {
			t.Errorf("the guide is not whole: %s", text)
		}
		bare := full
		bare.Company, bare.Support, bare.Phrases = "", "", []string{"enough of it"}
		text = whole(parts(t, g, l, bare))
		if strings.Contains(text, "mailto:") || strings.Contains(text, "#by-letter") || !strings.Contains(text, "enough of it") {
			t.Errorf("what is not there is named: %s", text)
		}
		bare.Statuses = nil
		if _, err := g.Parts(l, bare); err == nil {
			t.Error("a status without a name is passed over")
		}
	})
}

var (
	action  = regexp.MustCompile(`\{\{.*?\}\}`)
	element = regexp.MustCompile(`<[^>]*>`)
	target  = regexp.MustCompile(`id="([^"]+)"`)
	jump    = regexp.MustCompile(`href="#([^"]+)"`)
	shown   = regexp.MustCompile(`\{\{picture "([^"]+)"`)
	phrase  = regexp.MustCompile(`\{\{phrases ((?:"[^"]+" ?)+)\}\}`)
)

// source is the text of a part as it was written.
func source(t *testing.T, lang, anchor string) string {
	t.Helper()
	b, err := fs.ReadFile(texts, path.Join("text", lang, anchor+".html"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// What stands in quotation marks is what a reader looks for on the screen: it
// must come from the catalogue.
func TestCaptionsOfTheGuideStandInTheCatalogue(t *testing.T) {
	both(t, func(t *testing.T, _ *Guide, l *locale.Locale) {
		for _, anchor := range anchors {
			plain := element.ReplaceAllString(action.ReplaceAllString(source(t, l.Lang(), anchor), ""), "")
			if i := strings.IndexAny(plain, "«»“”„\""); i >= 0 {
				t.Errorf("%s quotes by itself: …%s", anchor, plain[i:min(len(plain), i+40)])
			}
			for _, m := range phrase.FindAllStringSubmatch(source(t, l.Lang(), anchor), -1) {
				for _, p := range strings.Split(strings.Trim(m[1], `" `), `" "`) {
					if !slices.Contains(desk.BuiltInPhrases(l.Lang()), strings.ReplaceAll(p, "ё", "е")) {
						t.Errorf("%s: %q closes no ticket", anchor, p)
					}
				}
			}
		}
	})
	w := &writer{l: locale.New("en", nil)}
	if text, err := w.said("portal.nosuch"); err == nil {
		t.Errorf("what is said nowhere gives %q", text)
	}
	for name, try := range map[string]func() (template.HTML, error){
		"caption": func() (template.HTML, error) { return w.caption("portal.nosuch") },
		"page":    func() (template.HTML, error) { return w.page("/", "portal.nosuch") },
		"status":  func() (template.HTML, error) { return w.status("odd") },
		"picture": func() (template.HTML, error) { return w.picture("nosuch", "", "") },
	} {
		if text, err := try(); err == nil {
			t.Errorf("%s of what is not there gives %q", name, text)
		}
	}
}

func TestBothLanguagesTellTheSame(t *testing.T) {
	g := New()
	outline := map[string][]string{}
	both(t, func(t *testing.T, _ *Guide, l *locale.Locale) {
		ps := parts(t, g, l, sample(l))
		targets := map[string]bool{}
		for _, p := range ps {
			outline[l.Lang()] = append(outline[l.Lang()], p.Anchor)
			targets[p.Anchor] = true
			for _, m := range target.FindAllStringSubmatch(string(p.Text), -1) {
				if targets[m[1]] {
					t.Errorf("two places are called %s", m[1])
				}
				targets[m[1]] = true
				outline[l.Lang()] = append(outline[l.Lang()], m[1])
			}
			for _, m := range shown.FindAllStringSubmatch(source(t, l.Lang(), p.Anchor), -1) {
				outline[l.Lang()] = append(outline[l.Lang()], "picture "+m[1])
			}
		}
		for _, m := range jump.FindAllStringSubmatch(whole(ps), -1) {
			if !targets[m[1]] {
				t.Errorf("a link leads to #%s, which is not there", m[1])
			}
		}
		for name := range g.pictures {
			if lang, short := path.Split(name); lang == l.Lang()+"/" && !slices.Contains(outline[l.Lang()], "picture "+short) {
				t.Errorf("the picture %s is not shown", name)
			}
		}
	})
	if !slices.Equal(outline["en"], outline["ru"]) {
		t.Errorf("the outlines differ:\n%v\n%v", outline["en"], outline["ru"])
	}
}

func TestPicturesAreSmallAndHaveAddressesOfTheirOwn(t *testing.T) {
	g := New()
	total := 0
	for name, p := range g.pictures {
		content, ok := g.Picture(path.Base(p.path))
		if !ok || p.width < 200 || p.width > 1200 || p.height < 80 {
			t.Errorf("%s at %s is %d by %d", name, p.path, p.width, p.height)
		}
		total += len(content)
	}
	if total > 1200<<10 {
		t.Errorf("the pictures have %d bytes", total)
	}
	if _, ok := g.Picture("ru-home.png"); ok {
		t.Error("a picture is found without its content in the address")
	}
}
