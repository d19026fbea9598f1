package mail

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// structure walks a letter's MIME tree once, in time linear in its size.
type structure struct {
	letter  *Letter
	parts   int
	tooMuch bool
	// unpacked is how many bytes the files had that were taken out of others.
	unpacked int
	spare    []block // words found within files, for a letter that has no others
	rest     []byte  // what stands after the end of the outermost multipart
	blank    bool    // a part had nothing in it: that the letter has no words is no fault of ours
	preface  bool    // words stand before the first part
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
	if words := strings.TrimSpace(rawText(s.rest)); !s.tooMuch && isWords(s.rest) && strings.ContainsFunc(words, unicode.IsLetter) {
		l.fault("words stood after the end of a multipart")
		blocks = append(blocks, block{text: words})
	}
	l.Text, l.HTML = joinText(blocks), joinHTML(blocks)
	if l.Text == "" && l.HTML == "" && !s.tooMuch {
		l.Text, l.HTML = joinText(s.spare), joinHTML(s.spare)
	}
	if l.Text == "" && l.HTML == "" {
		l.promote()
	}
	if l.Text == "" && l.HTML == "" && len(l.Attachments) == 0 && (!s.blank || s.preface) && len(bytes.TrimSpace(body)) > 0 {
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
			s.protection(p)
			return s.multipart(p, children, depth)
		}
		s.letter.fault("a multipart had no parts: shown as it stood")
		p.mediaType = sniff(p.body)
	}
	if p.mediaType == "" || !strings.Contains(p.mediaType, "/") {
		p.mediaType = s.guessType(p)
	}
	switch {
	case p.mediaType == "text/x-amp-html" || p.mediaType == "text/watch-html":
		return nil // the words of the other alternatives, for other programs
	case p.isBody():
		return s.words(p)
	}
	a, fault := p.attachment()
	s.faults([]string{fault})
	return s.file(a, depth)
}

// words gives the words of a part; files that stand in plain text are taken out.
func (s *structure) words(p part) []block {
	content, fault := decodeWordsOfPart(p.encoding, p.body)
	s.faults([]string{fault})
	if p.mediaType == "text/plain" {
		content = s.embedded(content)
	}
	s.blank = s.blank || len(bytes.TrimSpace(p.body)) == 0
	text, fault := p.text(content)
	s.faults([]string{fault})
	if p.mediaType == "text/html" {
		return []block{{html: text}}
	}
	return []block{{text: s.unarmour(text)}}
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
	for i, child := range children {
		if child.isForm() && (p.mediaType == "multipart/alternative" || p.mediaType == "multipart/related" && i == 0) {
			child.fileName = "" // a form of the words, whatever it is called
		}
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
	pieces, closed := splitParts(p.body, boundary)
	if len(pieces) == 0 && p.encoding != "" { // RFC 2045, 6.4 forbids what some do
		p.body, _ = decodeTransfer(p.encoding, p.body)
		pieces, closed = splitParts(p.body, boundary)
	}
	if len(pieces) == 0 {
		boundary = guessBoundary(p.body)
		if pieces, closed = splitParts(p.body, boundary); len(pieces) == 0 {
			return nil, false
		}
		s.letter.fault("the boundary of a multipart was wrong")
	}
	if end := []byte("--" + boundary + "--"); !closed && bytes.HasSuffix(bytes.TrimSpace(pieces[len(pieces)-1].bytes), end) { // its end stands behind the last words
		last := &pieces[len(pieces)-1]
		last.bytes, closed = bytes.TrimSuffix(bytes.TrimSpace(last.bytes), end), true
	}
	if !closed {
		s.letter.fault("a multipart was not closed: the letter may be cut short")
	} else if s.parts == 1 {
		// The end may stand there twice.
		s.rest = bytes.ReplaceAll(p.body[pieces[len(pieces)-1].to:], []byte("--"+boundary+"--"), nil)
	}
	var children []part
	for i := 0; i < len(pieces); i++ {
		if s.parts+len(children) > maxParts {
			s.tooMuch = true
			break
		}
		h, body, faults := splitHeader(pieces[i].bytes)
		h.hint = s.letter.Header.hint
		s.faults(faults)
		child := newPart(h, body)
		if i+1 < len(pieces) && sharesBoundary(child, boundary) {
			s.letter.fault("a multipart used the boundary of the one it stands in")
			first := i + 1
			for i = first; i < len(pieces)-1 && !pieces[i].last; i++ {
			}
			child.body = p.body[pieces[first].from:pieces[i].to]
		}
		if child.mediaType == "" && p.mediaType == "multipart/digest" {
			child.mediaType = "message/rfc822"
		}
		if len(h.fields) > 0 || len(bytes.TrimSpace(body)) > 0 {
			children = append(children, child)
		}
	}
	s.blank = s.blank || len(children) == 0
	s.preface = s.preface || isPreface(p.body[:pieces[0].from])
	return children, true
}

// isPreface says whether somebody's words stand before the first part, where
// programs say that this is a letter of several parts (RFC 2046, 5.1.1).
func isPreface(before []byte) bool {
	before = before[:min(len(before), 4<<10)]
	return bytes.ContainsFunc(before, unicode.IsLetter) && !bytes.Contains(bytes.ToLower(before), []byte("mime")) && !bytes.Contains(bytes.ToLower(before), []byte("multi"))
}

// sharesBoundary knows a multipart whose parts stand beside it, since it has the
// boundary of the multipart it stands in.
func sharesBoundary(child part, boundary string) bool {
	return strings.HasPrefix(child.mediaType, "multipart/") && strings.TrimRight(child.params["boundary"], " ") == boundary &&
		len(bytes.TrimSpace(child.body)) < 200
}

// piece is what stands between two lines "--boundary".
type piece struct {
	bytes    []byte
	from, to int  // of the body, with the delimiters before and after
	last     bool // the delimiter after it closes
}

// splitParts cuts a body at the lines "--boundary" and says whether the closing
// "--boundary--" stood there. What comes before and after is left out, unless
// after the closing line more such parts begin. At most maxParts+1 pieces are
// cut. A line end before a delimiter belongs to the delimiter.
func splitParts(body []byte, boundary string) (pieces []piece, closed bool) {
	if boundary == "" {
		return nil, false
	}
	delimiter := []byte("--" + boundary)
	start, from, pos := -1, 0, 0
	for len(pieces) <= maxParts {
		i := bytes.Index(body[pos:], delimiter)
		if i < 0 {
			break
		}
		at := pos + i
		pos = at + len(delimiter)
		if at > 0 && body[at-1] != '\n' {
			continue
		}
		line := firstLine(body[pos:])
		after := bytes.TrimSpace(line)
		last := string(after) == "--"
		end := min(len(body), pos+len(line)+1)
		if len(after) > 0 && !last {
			pos = end
			continue
		}
		if start >= 0 {
			pieces = append(pieces, piece{trimOneLineEnd(body[start:at]), from, end, last})
		}
		pos, start, from = end, end, at
		if last {
			start, closed = -1, len(pieces) > 0
		}
	}
	if start >= 0 && len(pieces) <= maxParts {
		pieces = append(pieces, piece{body[start:], from, len(body), false})
		closed = false
	}
	return pieces, closed
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

// promote shows the first file of words in a letter that has nothing else to
// show; a letter that is itself one file without a type may be words too. Else
// what an invitation says, or that the letter is encrypted.
func (l *Letter) promote() {
	for _, a := range l.Attachments {
		words := a.Type == "text/plain" || a.Type == "text/html" ||
			len(l.Attachments) == 1 && a.Type == "application/octet-stream" && a.Name == "attachment" && isWords(a.Content)
		if !words {
			continue
		}
		text, _ := toUTF8("", a.Content)
		if text = cleanText(text); a.Type == "text/html" {
			l.HTML = text
		} else {
			l.Text = strings.TrimRight(text, "\n")
		}
		return
	}
	for _, a := range l.Attachments {
		if a.Type == "text/calendar" && l.Text == "" {
			l.Text = invitation(a.Content)
		}
	}
	if l.Text == "" && l.Encrypted != "" {
		l.Text = encryptedNotice(l.Encrypted)
	}
}

// isWords says whether bytes are text: no control characters, and none that
// would not be of UTF-8.
func isWords(b []byte) bool {
	return utf8.Valid(b) && bytes.IndexFunc(b, func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' }) < 0
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
