package mail

import (
	"html"
	"strings"
)

// block is a stretch of a letter's words in one or both forms.
type block struct{ text, html string }

// joinText joins the words as text. A block that has only HTML counts if others
// have text: without it the text would lack what the HTML has.
func joinText(blocks []block) string {
	if joinTextOnly(blocks) == "" {
		return ""
	}
	var texts []string
	for _, b := range blocks {
		text := b.text
		if strings.TrimSpace(text) == "" {
			text = textFromHTML(b.html)
		}
		if strings.TrimSpace(text) != "" {
			texts = append(texts, strings.TrimRight(text, "\n"))
		}
	}
	return strings.Join(texts, "\n\n")
}

func joinTextOnly(blocks []block) string {
	for _, b := range blocks {
		if strings.TrimSpace(b.text) != "" {
			return b.text
		}
	}
	return ""
}

// joinHTML joins the words as HTML, "" if no block has any.
func joinHTML(blocks []block) string {
	var out []string
	found := false
	for _, b := range blocks {
		switch {
		case strings.TrimSpace(b.html) != "":
			found = true
			out = append(out, b.html)
		case strings.TrimSpace(b.text) != "":
			out = append(out, "<div style=\"white-space:pre-wrap\">"+html.EscapeString(b.text)+"</div>")
		}
	}
	if !found {
		return ""
	}
	return strings.Join(out, "\n")
}
