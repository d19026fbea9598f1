package mail

import (
	"bytes"
	"html"
	"strings"
)

// block is a stretch of a letter's words in one or both forms.
type block struct{ text, html string }

// structure walks a letter's MIME tree once, in time linear in its size.
type structure struct {
	letter  *Letter
	parts   int
	tooMuch bool
}

// readBody fills Text, HTML and Attachments. A letter with too many parts, or
// parts nested too deep, is not taken apart.
func (l *Letter) readBody(body []byte) {
	s := structure{letter: l}
	blocks := s.walk(newPart(l.Header, body), 0)
	if s.tooMuch {
		l.Attachments = nil
		l.fault("too many parts, or nested too deep: the raw text is shown")
		blocks = []block{{text: rawText(body)}}
	}
	l.Text, l.HTML = joinText(blocks), joinHTML(blocks)
	if l.Text == "" && l.HTML == "" {
		l.promote()
	}
	if l.Text == "" && l.HTML == "" && len(l.Attachments) == 0 && len(bytes.TrimSpace(body)) > 0 {
		l.fault("nothing could be read: the raw text is shown")
		l.Text = rawText(body)
	}
	if l.Text == "" && l.HTML != "" {
		l.TextOnlyHTML = true
		l.Text = textFromHTML(l.HTML)
	}
	l.limitText()
}

// walk returns the words of a part and keeps its files in the letter.
func (s *structure) walk(p part, depth int) []block {
	if s.parts++; s.parts > maxParts || depth > maxDepth {
		s.tooMuch = true
	}
	if s.tooMuch {
		return nil
	}
	if strings.HasPrefix(p.mediaType, "multipart/") {
		if children, found := s.children(p); found {
			return s.multipart(p, children, depth)
		}
		s.letter.fault("a multipart had no parts: shown as it stood")
		p.mediaType = sniff(p.body)
	}
	if p.mediaType == "" || p.mediaType == "text" || !strings.Contains(p.mediaType, "/") {
		p.mediaType = s.guessType(p)
	}
	if p.isBody() {
		text, faults := p.text()
		s.faults(faults)
		if p.mediaType == "text/html" {
			return []block{{html: text}}
		}
		return []block{{text: text}}
	}
	a, fault := p.attachment()
	s.faults([]string{fault})
	s.letter.Attachments = append(s.letter.Attachments, a)
	return nil
}

func (s *structure) faults(words []string) {
	for _, w := range words {
		if w != "" {
			s.letter.fault(w)
		}
	}
}

func (s *structure) multipart(p part, children []part, depth int) []block {
	first := len(s.letter.Attachments)
	var all, texts, htmls []block
	for _, child := range children {
		blocks := s.walk(child, depth+1)
		all = append(all, blocks...)
		if joinHTML(blocks) != "" {
			htmls = blocks // of several forms the last is the richest (RFC 2046, 5.1.4)
		} else if text := joinText(blocks); text != "" && joinText(texts) != text {
			texts = append(texts, blocks...)
		}
	}
	if p.mediaType == "multipart/related" {
		for i := range s.letter.Attachments[first:] {
			a := &s.letter.Attachments[first+i]
			a.Inline = a.Inline || (a.ContentID != "" && strings.HasPrefix(a.Type, "image/"))
		}
	}
	if p.mediaType == "multipart/alternative" && !s.tooMuch {
		text := joinText(texts)
		if text == "" {
			text = joinTextOnly(htmls)
		}
		return []block{{text: text, html: joinHTML(htmls)}}
	}
	return all
}

// children splits a multipart at its boundary. A boundary that never occurs is
// replaced by the one that seems to be meant.
func (s *structure) children(p part) ([]part, bool) {
	boundary := strings.TrimRight(p.params["boundary"], " ")
	parts, closed := splitParts(p.body, boundary)
	if len(parts) == 0 {
		guess := guessBoundary(p.body)
		if parts, closed = splitParts(p.body, guess); len(parts) == 0 {
			return nil, false
		}
		s.letter.fault("the boundary of a multipart was wrong")
	}
	if !closed {
		s.letter.fault("a multipart was not closed: the letter may be cut short")
	}
	var children []part
	for _, raw := range parts {
		if s.parts+len(children) > maxParts {
			s.tooMuch = true
			break
		}
		h, body, faults := splitHeader(raw)
		s.faults(faults)
		child := newPart(h, body)
		if child.mediaType == "" && p.mediaType == "multipart/digest" {
			child.mediaType = "message/rfc822"
		}
		if len(h.fields) > 0 || len(bytes.TrimSpace(body)) > 0 {
			children = append(children, child)
		}
	}
	return children, true
}

// splitParts cuts a body at the lines "--boundary" and says whether the closing
// "--boundary--" stood there. What comes before and after is left out. At most
// maxParts+1 parts are returned.
func splitParts(body []byte, boundary string) (parts [][]byte, closed bool) {
	if boundary == "" {
		return nil, false
	}
	delimiter := []byte("--" + boundary)
	start, pos := -1, 0
	for len(parts) <= maxParts {
		i := bytes.Index(body[pos:], delimiter)
		if i < 0 {
			break
		}
		at := pos + i
		pos = at + len(delimiter)
		line := firstLine(body[pos:])
		after := bytes.TrimSpace(line)
		last := bytes.HasPrefix(after, []byte("--"))
		if (at > 0 && body[at-1] != '\n') || (len(after) > 0 && !last) {
			continue
		}
		if start >= 0 {
			parts = append(parts, trimOneLineEnd(body[start:at]))
		}
		if last {
			return parts, true
		}
		pos = min(len(body), pos+len(line)+1)
		start = pos
	}
	if start >= 0 && len(parts) <= maxParts {
		parts = append(parts, body[start:])
	}
	return parts, false
}

func trimOneLineEnd(b []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
}

// guessBoundary finds a line "--x" that is followed by a Content- field.
func guessBoundary(body []byte) string {
	for rest := body; len(rest) > 0; {
		line := firstLine(rest)
		rest = rest[min(len(rest), len(line)+1):]
		line = bytes.TrimRight(line, " \t\r")
		if len(line) < 3 || len(line) > 200 || !bytes.HasPrefix(line, []byte("--")) {
			continue
		}
		next := bytes.ToLower(firstLine(rest))
		if bytes.HasPrefix(next, []byte("content-")) && looksLikeField(next) {
			return string(line[2:])
		}
	}
	return ""
}

func sniff(body []byte) string {
	head := bytes.ToLower(body[:min(len(body), 1<<10)])
	for _, mark := range []string{"<html", "<body", "<!doctype html", "</div>", "</p>"} {
		if bytes.Contains(head, []byte(mark)) {
			return "text/html"
		}
	}
	return "text/plain"
}

// guessType decides for a part without a readable media type: a file if it has
// a name or NUL bytes, else text.
func (s *structure) guessType(p part) string {
	content, _ := decodeTransfer(p.encoding, p.body[:min(len(p.body), 4<<10)])
	if p.fileName != "" || p.disposition == "attachment" || bytes.IndexByte(content, 0) >= 0 {
		return "application/octet-stream"
	}
	return "text/plain"
}

// promote shows the first file of words in a letter that has nothing else to show.
func (l *Letter) promote() {
	for _, a := range l.Attachments {
		if a.Type != "text/plain" && a.Type != "text/html" {
			continue
		}
		text, _ := toUTF8("", a.Content)
		if text = cleanText(text); a.Type == "text/html" {
			l.HTML = text
		} else {
			l.Text = text
		}
		return
	}
}

// limitText cuts words over 1 MB and keeps the whole as a file.
func (l *Letter) limitText() {
	if len(l.Text) > maxText {
		if !l.TextOnlyHTML {
			l.Attachments = append(l.Attachments, Attachment{Name: "text.txt", Type: "text/plain", Content: []byte(l.Text)})
		}
		l.Text = clip(l.Text, maxText)
		l.fault("the text was over 1 MB: the whole is attached")
	}
	if len(l.HTML) > maxText {
		l.Attachments = append(l.Attachments, Attachment{Name: "text.html", Type: "text/html", Content: []byte(l.HTML)})
		cut := clip(l.HTML, maxText)
		l.HTML = cut[:max(strings.LastIndexByte(cut, '<'), 0)]
		l.fault("the HTML was over 1 MB: the whole is attached")
	}
}

func rawText(body []byte) string {
	text, _ := toUTF8("", body[:min(len(body), maxText)])
	return cleanText(text)
}

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
