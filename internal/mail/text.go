package mail

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// lineEnds knows CR LF, CR CR LF (some gateways add a CR) and CR.
var lineEnds = strings.NewReplacer("\r\r\n", "\n", "\r\n", "\n", "\r", "\n")

// cleanText gives text LF line ends and takes out control characters.
func cleanText(s string) string {
	if isClean(s) {
		return s
	}
	s = lineEnds.Replace(s)
	return strings.Map(func(r rune) rune {
		if (r < ' ' && r != '\n' && r != '\t') || r == 0x7f || r == '\ufeff' {
			return -1
		}
		return r
	}, s)
}

// isClean spares most text the making of a copy.
func isClean(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\n' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return utf8.ValidString(s) && !strings.Contains(s, "\ufeff")
}

var enrichedTag = regexp.MustCompile(`(?i)</?[a-z][a-z0-9-]{0,59}>`)

// fromEnriched gives the words of text/enriched (RFC 1896): commands and their
// parameters go, "<<" is "<", a lone line end is a space.
func fromEnriched(s string) string {
	s = enrichedParam.ReplaceAllString(s, "")
	s = strings.ReplaceAll(s, "<<", "\x00")
	s = enrichedTag.ReplaceAllString(s, "")
	s = strings.ReplaceAll(s, "\x00", "<")
	return loneLineEnd.ReplaceAllStringFunc(s, func(run string) string {
		if len(run) == 1 {
			return " "
		}
		return run[1:]
	})
}

var (
	enrichedParam = regexp.MustCompile(`(?is)<param>.{0,200}?</param>`)
	loneLineEnd   = regexp.MustCompile(`\n+`)
)

// unflow joins the lines of format=flowed (RFC 3676). Lines of different quote
// depth are never joined, and the signature's "-- " is a line of its own.
func unflow(s string, deleteSpace bool) string {
	var out []byte
	flowing, depth := false, 0
	for i, line := range strings.Split(s, "\n") {
		rest := strings.TrimLeft(line, ">")
		d := len(line) - len(rest)
		rest = strings.TrimPrefix(rest, " ") // space-stuffing
		signature := rest == "-- "
		if flowing && d == depth && !signature {
			if deleteSpace {
				out = out[:len(out)-1]
			}
		} else {
			if i > 0 {
				out = append(out, '\n')
			}
			out = append(out, strings.Repeat(">", d)...)
			if d > 0 && rest != "" {
				out = append(out, ' ')
			}
		}
		out = append(out, rest...)
		flowing, depth = strings.HasSuffix(rest, " ") && !signature, d
	}
	return string(out)
}

// textFromHTML renders HTML as text good enough to read and to cut quotes from:
// blocks become lines, quotations get "> ", pictures nothing.
func textFromHTML(page string) string {
	t := textRenderer{tokens: html.NewTokenizer(strings.NewReader(page))}
	t.tokens.SetMaxBuf(maxText)
	for t.step() {
	}
	t.flush()
	return strings.TrimSpace(strings.Join(t.lines, "\n"))
}

type textRenderer struct {
	tokens *html.Tokenizer
	lines  []string
	line   strings.Builder
	quotes int
	hidden int // depth of elements whose text is not shown
	pre    int
}

var (
	blockElements = map[string]bool{
		"p": true, "div": true, "br": true, "tr": true, "li": true, "ul": true, "ol": true, "table": true, "h1": true, "h2": true,
		"h3": true, "h4": true, "h5": true, "h6": true, "hr": true, "pre": true, "section": true, "article": true, "header": true, "footer": true,
	}
	hiddenElements = map[string]bool{"style": true, "script": true, "head": true, "title": true, "noscript": true, "template": true}
)

func (t *textRenderer) step() bool {
	switch t.tokens.Next() {
	case html.ErrorToken:
		return false
	case html.TextToken:
		if t.hidden == 0 {
			t.write(string(t.tokens.Text()))
		}
	case html.StartTagToken, html.SelfClosingTagToken:
		name, _ := t.tokens.TagName()
		t.open(string(name))
	case html.EndTagToken:
		name, _ := t.tokens.TagName()
		t.close(string(name))
	}
	return true
}

func (t *textRenderer) write(s string) {
	if t.pre > 0 {
		for i, l := range strings.Split(s, "\n") {
			if i > 0 {
				t.flush()
			}
			t.line.WriteString(l)
		}
		return
	}
	words := strings.Fields(s)
	if len(words) == 0 {
		if s != "" && t.line.Len() > 0 {
			t.space()
		}
		return
	}
	if t.line.Len() > 0 && strings.TrimLeft(s, " \t\n\r") != s {
		t.space()
	}
	t.line.WriteString(strings.Join(words, " "))
	if strings.TrimRight(s, " \t\n\r") != s {
		t.space()
	}
}

func (t *textRenderer) space() {
	if !strings.HasSuffix(t.line.String(), " ") {
		t.line.WriteByte(' ')
	}
}

func (t *textRenderer) open(name string) {
	switch {
	case name == "br":
		t.end()
	case name == "body":
		t.hidden = 0
	case name == "blockquote":
		t.flush()
		t.quotes = min(t.quotes+1, 20)
	case hiddenElements[name]:
		t.hidden++
	case name == "td" || name == "th":
		if t.line.Len() > 0 {
			t.space()
		}
	case blockElements[name]:
		t.flush()
		if name == "p" && len(t.lines) > 0 && strings.Trim(t.lines[len(t.lines)-1], "> ") != "" {
			t.end()
		}
		if name == "li" {
			t.line.WriteString("- ")
		}
		if name == "pre" {
			t.pre++
		}
	}
}

func (t *textRenderer) close(name string) {
	switch {
	case name == "blockquote":
		t.flush()
		t.quotes = max(t.quotes-1, 0)
	case hiddenElements[name]:
		t.hidden = max(t.hidden-1, 0)
	case blockElements[name] && name != "br":
		t.flush()
		if name == "pre" {
			t.pre = max(t.pre-1, 0)
		}
	}
}

// flush ends the line if it has words.
func (t *textRenderer) flush() {
	if strings.TrimSpace(t.line.String()) != "" {
		t.end()
	}
	t.line.Reset()
}

// end ends the line, even an empty one.
func (t *textRenderer) end() {
	prefix := strings.Repeat(">", t.quotes)
	if t.quotes > 0 {
		prefix += " "
	}
	t.lines = append(t.lines, strings.TrimRight(prefix+strings.TrimSpace(strings.ReplaceAll(t.line.String(), "\u00a0", " ")), " "))
	t.line.Reset()
}
