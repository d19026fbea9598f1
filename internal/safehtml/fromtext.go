package safehtml

import (
	"html"
	"regexp"
	"strings"
	"unicode"
)

var (
	emptyLines = regexp.MustCompile(`\n[ \t]*\n\s*`)
	// A quotation mark or angle bracket ends an address; so does white space.
	textLink = regexp.MustCompile(`(?i)\b(?:https?://|mailto:)[^\s<>"«»“”]+`)
)

// FromText returns plain text as HTML that may stand anywhere: paragraphs at
// empty lines, line breaks kept, everything escaped, and http, https and mailto
// addresses made links. At most 1 MB of text is read; "…" stands for the rest.
func FromText(text string) string {
	text, cut := shorten(text, maxBytes)
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	text = strings.Trim(strings.ToValidUTF8(text, "\uFFFD"), "\n")
	if strings.TrimSpace(text) == "" {
		return ""
	}
	if cut {
		text += "…"
	}
	var out strings.Builder
	for _, paragraph := range emptyLines.Split(text, -1) {
		out.WriteString("<p>")
		for i, line := range strings.Split(paragraph, "\n") {
			if i > 0 {
				out.WriteString("<br>")
			}
			linkLine(&out, line)
		}
		out.WriteString("</p>")
	}
	return out.String()
}

func linkLine(out *strings.Builder, line string) {
	end := 0
	for _, found := range textLink.FindAllStringIndex(line, -1) {
		raw := trimAddress(line[found[0]:found[1]])
		address, ok := cleanURL(raw)
		if !ok {
			continue
		}
		out.WriteString(html.EscapeString(line[end:found[0]]))
		out.WriteString(`<a href="` + html.EscapeString(address) + `" target="_blank" rel="` + linkRel + `">`)
		out.WriteString(html.EscapeString(raw) + "</a>")
		end = found[0] + len(raw)
	}
	out.WriteString(html.EscapeString(line[end:]))
}

// trimAddress drops the sentence's punctuation from an address's end; a closing
// bracket stays if it was opened within.
func trimAddress(address string) string {
	for address != "" {
		last := address[len(address)-1]
		switch {
		case strings.ContainsRune(".,;:!?'*_", rune(last)):
		case last == ')' && strings.Count(address, "(") < strings.Count(address, ")"):
		case last == ']' && strings.Count(address, "[") < strings.Count(address, "]"):
		case strings.HasSuffix(address, "…"), strings.HasSuffix(address, "’"):
			address = address[:len(address)-len("…")]
			continue
		default:
			return address
		}
		address = address[:len(address)-1]
	}
	return address
}

// Preview returns the first words of text in one line of at most n characters,
// "…" included when something is left out. Invisible characters, and those that
// turn the direction of writing, are dropped.
func Preview(text string, n int) string {
	if n <= 0 {
		return ""
	}
	const joiner = '\u200d' // makes one emoji of several
	var line []rune
	space := false
	for _, r := range text {
		if unicode.IsSpace(r) {
			space = len(line) > 0
			continue
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != joiner || r == '\u034f' {
			continue
		}
		if space {
			line, space = append(line, ' '), false
		}
		if line = append(line, r); len(line) > n {
			return string(cutAtWord(line[:n])) + "…"
		}
	}
	return string(line)
}

// cutAtWord drops the last character, to make room for "…", and the word it
// belonged to if that leaves at least half.
func cutAtWord(line []rune) []rune {
	line = line[:len(line)-1]
	for i := len(line) - 1; i >= len(line)/2 && i > 0; i-- {
		if line[i] == ' ' {
			return line[:i]
		}
	}
	return line
}
