package notify_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/notify"
)

func TestATemplateIsCheckedLineByLine(t *testing.T) {
	const text, link = "letter.confirmation.text", "letter.confirmation.link"
	for _, c := range []struct{ key, says, refusal string }{
		{text, "Ticket #{{.Number}}.\nSee {{.Link}}", ""},
		{text, "See {{.Link}}", ""},
		{text, "Ticket #{{.Number}}.", "error.template.missing line 1 {{.Link}}"},
		{text, "Dear {{.Name}},\nsee {{.Link}}", "error.template.unknown line 1 {{.Name}}"},
		{text, "See {{.Link}}.\n\nYours, {{.Company}}", "error.template.unknown line 3 {{.Company}}"},
		{text, "See {{.Link}} and {{Number}}", "error.template.braces line 1"},
		{text, "See {{.Link}} or {{.Link}}", "error.template.twice"},
		{link, "see\nit", "error.line"},
		{link, "see {{.Number}}", "error.template.unknown line 1 {{.Number}}"},
	} {
		own, err := notify.CheckTemplate("confirmation", "en", map[string]string{c.key: c.says})
		var all okno.Errors
		got := ""
		if errors.As(err, &all) {
			got = all[0].Key
			for i := 0; i < len(all[0].Args); i += 2 {
				switch all[0].Args[i] {
				case "Line":
					got += " line " + string(rune('0'+all[0].Args[i+1].(int)))
				case "Place":
					if all[0].Key != "error.template.twice" {
						got += " " + all[0].Args[i+1].(string)
					}
				}
			}
		}
		if got != c.refusal || own[c.key] != c.says {
			t.Errorf("%q: %q, want %q", c.says, got, c.refusal)
		}
	}
	own, err := notify.CheckTemplate("confirmation", "en", map[string]string{text: "", link: locale.New("en", nil).Written(link)})
	if err != nil || len(own) != 0 {
		t.Errorf("the built-in words are taken for others: %v, %v", own, err)
	}
}

func TestEveryTemplatesPreviewShowsItsWords(t *testing.T) {
	r := newRig(t, dbtest.Open(t, dbtest.SQLite(t)), "en")
	for _, lang := range []string{"en", "ru"} {
		for _, name := range notify.TemplateNames() {
			phrases := notify.Phrases(name, lang)
			texts := map[string]string{}
			for _, p := range phrases {
				if p.Builtin == "" {
					t.Errorf("%s has no %s", lang, p.Key)
				}
				texts[p.Key] = "¶" + p.Builtin
			}
			if _, err := notify.CheckTemplate(name, lang, texts); err != nil {
				t.Errorf("%s %s: its own words are refused: %v", lang, name, err)
			}
			s, err := r.Settings(t.Context())
			must(t, err)
			p := r.notify.PreviewTemplate(name, lang, texts, s)
			if !strings.Contains(p.Subject+p.Text, "¶") || !strings.Contains(p.HTML, "¶") && !strings.Contains(p.Subject, "¶") || strings.Contains(p.Text+p.Subject, "⟦") {
				t.Errorf("%s %s: %s\n%s", lang, name, p.Subject, p.Text)
			}
		}
	}
}

func TestLettersSayWhatTheTemplateSays(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		texts := map[string]string{"letter.confirmation.text": "We have it, #{{.Number}}.\nLook: {{.Link}} <now>"}
		must(t, r.SaveTemplate(r.ctx(), r.ada, okno.LetterTemplate{Name: "confirmation", Lang: "en", Texts: texts}))
		o := r.byForm("en", "carl@customer.example", "Lamp", "Dark.")
		l := to(t, r.letters(), "carl@customer.example")
		if !strings.Contains(l.read.Text, "We have it, #"+string(o.Number)+".\nLook: see how this Ticket stands online <now>\nhttps://desk.example/t/") ||
			!strings.Contains(l.read.HTML, "Look: <a href=") || !strings.Contains(l.read.HTML, "&lt;now&gt;") {
			t.Errorf("%s\n%s", l.read.Text, l.read.HTML)
		}
		o = r.byForm("ru", "karl@customer.example", "Лампа", "Не горит.")
		if l = to(t, r.letters(), "karl@customer.example"); !strings.Contains(l.read.Text, "Запрос был создан и привязан к заявке #"+string(o.Number)) {
			t.Errorf("the other language says otherwise: %s", l.read.Text)
		}
		if err := r.SaveTemplate(r.ctx(), r.ada, okno.LetterTemplate{Name: "confirmation", Lang: "en"}); okno.ReasonOf(err) != okno.Conflict {
			t.Errorf("over a version nobody saw: %v", err)
		}
		must(t, r.SaveTemplate(r.ctx(), r.ada, okno.LetterTemplate{Name: "confirmation", Lang: "en", Version: 1}))
		r.byForm("en", "kurt@customer.example", "Lamp", "Dark.")
		if l = to(t, r.letters(), "kurt@customer.example"); !strings.Contains(l.read.Text, "Your request has been created and assigned to ticket") {
			t.Errorf("reset, it says %s", l.read.Text)
		}
		all, people, err := r.TemplateVersions(r.ctx(), r.ada, "confirmation", "en")
		must(t, err)
		if len(all) != 2 || all[1].Texts["letter.confirmation.text"] == "" || people[all[0].Person].Name != "Ada Admin" {
			t.Errorf("versions: %+v", all)
		}
	})
}
