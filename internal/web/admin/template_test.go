package admin_test

import (
	"errors"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/web/admin"
)

// oneTemplate is a letter of one sentence.
func oneTemplate() admin.Templates {
	return admin.Templates{
		Names: []string{"confirmation"},
		Phrases: func(name, lang string) []admin.Phrase {
			return []admin.Phrase{{Key: "letter.confirmation.text", Builtin: "Ticket #{{.Number}}. See {{.Link}}", Places: []string{"Number", "Link"}}}
		},
		Check: func(_, _ string, texts map[string]string) (map[string]string, error) {
			text := texts["letter.confirmation.text"]
			if text == "wrong" {
				return nil, okno.Errors{{Reason: okno.Invalid, Key: "error.template.missing", Field: "letter.confirmation.text", Args: []any{"Line", 1, "Place", "{{.Link}}"}}}
			}
			if text == "" {
				return nil, errors.New("no text was sent")
			}
			return map[string]string{"letter.confirmation.text": text}, nil
		},
		Preview: func(_, _ string, texts map[string]string, _ okno.Settings) admin.LetterPreview {
			return admin.LetterPreview{Subject: "Lamp", Text: "Says: " + texts["letter.confirmation.text"], HTML: "<p>Says</p>"}
		},
	}
}

func TestALettersWordsAreChangedPreviewedAndRestored(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		r.shows(ada.page("/admin/templates"), "Ticket created", "Built in")
		const at = "/admin/templates/confirmation/ru"
		page := ada.page(at)
		r.shows(page, "Ticket #{{.Number}}. See {{.Link}}", "It may name: {{.Number}}, {{.Link}}", at+"/letter")
		_, wrong := ada.post(at, "letter.confirmation.text", "wrong")
		r.shows(wrong, `id="f-letter.confirmation.text-error"`, "Line 1: {{.Link}} is missing")
		_, shown := ada.post(at+"/preview", "letter.confirmation.text", "Ours: {{.Link}}")
		r.shows(shown, "Says: Ours: {{.Link}}")
		ada.saved(at, "letter.confirmation.text", "First: {{.Link}}")
		page = ada.page(at)
		r.shows(page, "Says: First: {{.Link}}", "Version 1", "Ada Admin", "Back to the built-in words")
		ada.saved(at, "letter.confirmation.text", "Second: {{.Link}}", "version", version(page))
		if code, _ := ada.post(at, "letter.confirmation.text", "Third: {{.Link}}", "version", version(page)); code != 409 {
			r.Errorf("over a version that was not seen: %d", code)
		}
		ada.saved(at+"/version", "of", "1")
		r.shows(ada.page(at), "Says: First: {{.Link}}", "Version 3")
		ada.saved(at+"/version", "of", "0")
		r.shows(ada.page("/admin/templates"), "Built in")
		for _, path := range []string{"/admin/templates/confirmation/xx", "/admin/templates/other/ru"} {
			if code, _ := ada.get(path); code != 404 {
				r.Errorf("%s: %d", path, code)
			}
		}
	})
}
