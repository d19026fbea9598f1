package notify

import (
	"html"
	"strings"
)

// page is what a letter says, once, for both of its forms.
type page struct {
	lang, title string
	blocks      []block
}

// block is a part of a letter that stands by itself.
type block interface {
	writeText(*strings.Builder)
	writeHTML(*strings.Builder)
}

// text is the letter's plain form: blocks apart by an empty line, addresses bare.
func (p page) text() string {
	parts := make([]string, 0, len(p.blocks))
	for _, b := range p.blocks {
		var one strings.Builder
		b.writeText(&one)
		if s := strings.TrimSpace(one.String()); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, "\n\n") + "\n"
}

// The letter says nothing of colours except on its buttons, so that it is
// legible however bright the reader's program is.
const (
	htmlHead = `<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">` +
		`<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">` +
		`<style>:root{color-scheme:light dark;supported-color-schemes:light dark}</style>`
	bodyStyle   = `margin:0;padding:24px 16px`
	sheetStyle  = `max-width:640px;margin:0 auto;font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;font-size:16px;line-height:1.5;overflow-wrap:break-word`
	quietStyle  = `margin:0 0 8px;font-size:14px;opacity:.8`
	plainStyle  = `margin:0 0 16px`
	strongStyle = `margin:0 0 12px;font-weight:600`
	quoteStyle  = `margin:0 0 20px;padding:2px 0 2px 16px;border-left:3px solid #6f8fb8`
	ruleStyle   = `border:0;border-top:1px solid #8a93a0;margin:24px 0 16px`
	buttonStyle = `display:inline-block;margin:0 8px 8px 0;padding:10px 20px;border-radius:8px;background-color:#1d5fa8;border:2px solid #1d5fa8;color:#ffffff;font-weight:600;text-decoration:none`
	secondStyle = `display:inline-block;margin:0 8px 8px 0;padding:10px 20px;border-radius:8px;border:2px solid #6f8fb8;color:inherit;font-weight:600;text-decoration:none`
)

// html is the letter's other form: one column, no pictures from elsewhere,
// nothing that tells its sender that it was read.
func (p page) html() string {
	var out strings.Builder
	out.WriteString(`<!DOCTYPE html><html lang="` + html.EscapeString(p.lang) + `"><head>` + htmlHead + `<title>` + html.EscapeString(p.title) + `</title></head>`)
	out.WriteString("\n" + `<body style="` + bodyStyle + `"><div role="article" aria-label="` + html.EscapeString(p.title) + `" style="` + sheetStyle + `">`)
	for _, b := range p.blocks {
		out.WriteString("\n")
		b.writeHTML(&out)
	}
	out.WriteString("\n</div></body></html>\n")
	return out.String()
}

// paragraph is some sentences; words of it may be a link.
type paragraph struct {
	before, link, after string // link: the words that are one; empty: none
	href                string
	style               string // empty: plainStyle
}

func (p paragraph) writeText(out *strings.Builder) {
	out.WriteString(p.before + p.link + p.after)
	if p.href != "" {
		out.WriteString("\n" + p.href)
	}
}

func (p paragraph) writeHTML(out *strings.Builder) {
	style := p.style
	if style == "" {
		style = plainStyle
	}
	out.WriteString(`<p style="` + style + `">` + lines(p.before))
	if p.href != "" {
		out.WriteString(`<a href="` + html.EscapeString(p.href) + `">` + html.EscapeString(p.link) + `</a>`)
	}
	out.WriteString(lines(p.after) + `</p>`)
}

func lines(s string) string { return strings.ReplaceAll(html.EscapeString(s), "\n", "<br>") }

// message is what someone wrote: his text, and the same as clean HTML.
type message struct{ plain, clean string }

func (m message) writeText(out *strings.Builder) { out.WriteString(m.plain) }

func (m message) writeHTML(out *strings.Builder) {
	if m.clean != "" {
		out.WriteString(`<div style="` + quoteStyle + `">` + m.clean + `</div>`)
	}
}

// button is a link that does or begins something on a page.
type button struct {
	label, href string
	second      bool // not the first choice
}

// buttons stand side by side.
type buttons []button

func (bs buttons) writeText(out *strings.Builder) {
	for _, b := range bs {
		out.WriteString(b.label + ": " + b.href + "\n")
	}
}

func (bs buttons) writeHTML(out *strings.Builder) {
	out.WriteString(`<p style="margin:0 0 12px">`)
	for _, b := range bs {
		style := buttonStyle
		if b.second {
			style = secondStyle
		}
		out.WriteString(`<a href="` + html.EscapeString(b.href) + `" style="` + style + `">` + html.EscapeString(b.label) + `</a> `)
	}
	out.WriteString(`</p>`)
}

// list is names under a caption.
type list struct {
	caption string
	items   []string
}

func (l list) writeText(out *strings.Builder) {
	out.WriteString(l.caption)
	for _, item := range l.items {
		out.WriteString("\n- " + item)
	}
}

func (l list) writeHTML(out *strings.Builder) {
	out.WriteString(`<p style="` + strongStyle + `">` + html.EscapeString(l.caption) + `</p><ul style="margin:0 0 20px;padding-left:24px">`)
	for _, item := range l.items {
		out.WriteString(`<li>` + html.EscapeString(item) + `</li>`)
	}
	out.WriteString(`</ul>`)
}

// divider parts what was said from what the desk adds.
type divider struct{}

func (divider) writeText(out *strings.Builder) { out.WriteString("----") }
func (divider) writeHTML(out *strings.Builder) {
	out.WriteString(`<hr style="` + ruleStyle + `">`)
}
