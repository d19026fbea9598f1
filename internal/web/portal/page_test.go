package portal_test

import (
	"strings"
	"testing"

	"github.com/oknodesk/okno"
)

func TestEveryPageIsWholeInBothLanguages(t *testing.T) {
	each(t, func(h *house) {
		n := h.file("carl@customer.example", "Noise")
		h.must(h.desk.Take(t.Context(), h.ada(), n, 0))
		h.answer(n, "Is it plugged in?", okno.StatusDone)
		link, err := h.desk.ResetByConsole(t.Context(), "ada@desk.example")
		h.must(err)
		path := "/tickets/" + string(n)
		b := h.guest(n)
		for _, lang := range []string{"ru", "en"} {
			b.lang = lang
			for _, page := range []string{"/", "/help", "/open", "/status", "/status/sent", "/login", "/entry/" + link, "/entry/used", "/tickets", "/tickets?state=closed", path, path + "?answer=yes"} {
				a := b.get(page)
				if a.code != 200 && page != "/entry/used" {
					t.Errorf("%s: %d", page, a.code)
				}
				if strings.Contains(a.body, "⟦") || !a.has(`<html lang="`+lang+`"`) || strings.Contains(a.words(), "{{") {
					t.Errorf("%s in %s: %s", page, lang, a.words())
				}
				if a.has(" style=") || a.has("onclick") || a.has("javascript:") {
					t.Errorf("%s breaks the content policy", page)
				}
			}
		}
		b.lang = "ru"
		if words := b.get("/open").words(); strings.ContainsAny(strings.ReplaceAll(words, "Okno", ""), "ABCDFGHIJKLMPQRTUVWXYZ") && strings.Contains(words, "Description") {
			t.Errorf("English in a Russian page: %s", words)
		}
	})
}
