package mail

import (
	"bytes"
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/jhillyerd/enmime/v2/mediatype"
	"golang.org/x/text/unicode/norm"
)

const (
	maxParams = 4 << 10 // bytes of a Content-Type or Content-Disposition looked at
	maxName   = 200     // bytes of an attachment's name
)

// part is a node of a letter's MIME tree: its header read, its body as it stood.
type part struct {
	mediaType   string // lower case; "" if absent or unreadable
	params      map[string]string
	disposition string // lower case
	fileName    string // "" if none was given
	located     string // what its Content-Location calls it: a name for a file, and words may have one too
	contentID   string
	encoding    string
	body        []byte
}

func newPart(h Header, body []byte) part {
	p := part{body: body, encoding: h.Raw("Content-Transfer-Encoding")}
	contentType := h.contentType(body)
	p.mediaType, p.params = parseMediaType(contentType)
	disposition := clip(h.Raw("Content-Disposition"), maxParams)
	var params map[string]string
	p.disposition, params = parseMediaType(disposition)
	for _, name := range []string{
		extendedParam(disposition, "filename"), params["filename"],
		extendedParam(contentType, "name"), p.params["name"],
	} {
		if p.fileName == "" {
			p.fileName = cleanFileName(percentName(decodeWords(name)))
		}
	}
	if p.fileName == "" {
		p.fileName = cleanFileName(percentName(decodeWords(bareName(disposition, "filename"))))
	}
	p.located = locationName(h.Raw("Content-Location"))
	if ids := messageIDs(h.Raw("Content-ID")); len(ids) > 0 {
		p.contentID = ids[0]
	} else {
		p.contentID = clip(strings.Trim(h.Raw("Content-ID"), "<> "), maxName)
	}
	return p
}

// contentType is the first Content-Type, unless another is a multipart whose
// boundary stands in the body.
func (h Header) contentType(body []byte) string {
	all := h.rawValues("Content-Type")
	for i, v := range all[:min(len(all), 5)] {
		all[i] = clip(v, maxParams)
		if len(all) == 1 {
			break
		}
		mediaType, params := parseMediaType(all[i])
		if boundary := params["boundary"]; boundary != "" && strings.HasPrefix(mediaType, "multipart/") && bytes.Contains(body, []byte("--"+boundary)) {
			return all[i]
		}
	}
	if len(all) == 0 {
		return ""
	}
	return all[0]
}

// locationName is the file that a Content-Location (RFC 2557) ends with, if it
// has an ending that files have. "" if not.
func locationName(location string) string {
	location, _, _ = strings.Cut(decodeWords(clip(location, maxParams)), "?")
	name, _ := toUTF8("", percentDecode(location[strings.LastIndexAny(location, "/\\")+1:]))
	name = cleanFileName(name)
	if ext := path.Ext(name); len(ext) < 2 || len(ext) > 6 || ext == name {
		return ""
	}
	return name
}

// parseMediaType reads "type/subtype; name=value" with the faults real letters have.
func parseMediaType(value string) (string, map[string]string) {
	if value == "" {
		return "", nil
	}
	if kind, _, _ := strings.Cut(value, ";"); strings.ContainsAny(strings.TrimSpace(kind), " \t\n\f\r,") {
		if m := noSemicolon.FindStringSubmatch(value); m != nil {
			value = m[1] + "; " + m[2]
		}
		if m := runOn.FindStringSubmatch(value); m != nil {
			value = m[1]
		}
	}
	mediaType, params, _, err := mediatype.ParseWithOptions(value, mediatype.ParseOptions{StripMediaTypeInvalidCharacters: true})
	if err != nil {
		mediaType, _, _ = strings.Cut(value, ";")
		params = looseParams(value)
	}
	mediaType = strings.ToLower(strings.Join(strings.Fields(mediaType), ""))
	if meant, ok := meantTypes[mediaType]; ok {
		mediaType = meant
	}
	return mediaType, params
}

// meantTypes are types as programs write them, and what they mean by them.
var meantTypes = map[string]string{
	"text": "text/plain", "plain": "text/plain", "txt": "text/plain", "text/txt": "text/plain", "text/ascii": "text/plain", "text/text": "text/plain",
	"plain/text": "text/plain", "text/markdown": "text/plain", "text/x-markdown": "text/plain", "text/plane": "text/plain", "text/unknown": "text/plain",
	"html": "text/html", "text/htm": "text/html", "text/x-html": "text/html", "html/text": "text/html", "application/xhtml+xml": "text/html",
	"text/xhtml": "text/html", "multipart": "multipart/mixed", "image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg",
}

// runOn is a type with the next field on its line.
var runOn = regexp.MustCompile(`^\s*([\w.+-]+/[\w.+-]+)\s+[A-Za-z-]{3,40}:`)

// noSemicolon is a type whose parameters begin after a space only.
var noSemicolon = regexp.MustCompile(`^\s*([\w.+-]+/[\w.+-]+)[\s,]+(\w+\s*=.*)$`)

// looseParams reads the parameters of a value that parsers refuse.
func looseParams(value string) map[string]string {
	params := map[string]string{}
	for i, item := range splitOutside(value, ';') {
		key, v, found := strings.Cut(item, "=")
		if key = strings.ToLower(strings.TrimSpace(key)); i > 0 && found && len(params) < 50 && params[key] == "" {
			params[key] = strings.Trim(strings.TrimSpace(v), `"`)
		}
	}
	return params
}

// extendedParam reads a parameter of RFC 2231, whole or in numbered pieces, in
// any charset: the standard library knows only UTF-8 and US-ASCII there.
func extendedParam(value, name string) string {
	if !strings.Contains(value, "*") {
		return ""
	}
	pieces, label, first := map[string][]byte{}, "", true
	for _, item := range splitOutside(value, ';') {
		key, v, found := strings.Cut(item, "=")
		key = strings.ToLower(strings.TrimSpace(key))
		if !found || !strings.HasPrefix(key, name+"*") {
			continue
		}
		v = strings.Trim(strings.TrimSpace(v), `"`)
		encoded := strings.HasSuffix(key, "*")
		if encoded && first {
			if fields := strings.SplitN(v, "'", 3); len(fields) == 3 {
				label, v = fields[0], fields[2]
			}
		}
		first = false
		b := []byte(v)
		if encoded {
			b = percentDecode(v)
		}
		pieces[strings.Trim(strings.TrimPrefix(key, name), "*")] = b
	}
	whole := pieces[""]
	for i := range len(pieces) {
		whole = append(whole, pieces[strconv.Itoa(i)]...)
	}
	text, _ := toUTF8(label, whole)
	return text
}

// bareName reads a parameter that parsers refuse: not quoted though it has
// spaces, or its quotes not closed.
func bareName(value, name string) string {
	at := strings.Index(strings.ToLower(value), name+"=")
	if at < 0 {
		return ""
	}
	v := value[at+len(name)+1:]
	if strings.HasPrefix(v, `"`) {
		v, _, _ = strings.Cut(v[1:], `"`)
		return v
	}
	v, _, _ = strings.Cut(v, ";")
	return strings.TrimSpace(v)
}

// percentName decodes a name that was written as in a URL, as web mailers do.
func percentName(name string) string {
	if strings.Count(name, "%") < 2 || strings.Contains(name, " ") {
		return name
	}
	decoded := percentDecode(name)
	if isASCII(decoded) && bytes.IndexByte(decoded, ' ') < 0 || !utf8.Valid(decoded) || bytes.IndexByte(decoded, '%') >= 0 {
		return name
	}
	return string(decoded)
}

func percentDecode(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && unhex(s[i+1]) >= 0 && unhex(s[i+2]) >= 0 {
			out = append(out, byte(unhex(s[i+1])<<4|unhex(s[i+2])))
			i += 2
			continue
		}
		out = append(out, s[i])
	}
	return out
}

// cleanFileName leaves the last element of a path, in one line, of at most 200
// bytes with its extension kept. "" stays "".
func cleanFileName(name string) string {
	name = oneLine(norm.NFC.String(strings.ToValidUTF8(name, "")))
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.TrimSpace(strings.ReplaceAll(name, "\x00", ""))
	if name == "." || name == ".." {
		return ""
	}
	if ext := path.Ext(name); len(name) > maxName && len(ext) < 20 {
		return clip(name, maxName-len(ext)) + ext
	}
	return clip(name, maxName)
}

// clip cuts text to at most n bytes without splitting a character.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

// isForm says whether the part is words by its type and not said to be a file.
func (p part) isForm() bool {
	p.fileName = ""
	return p.isBody()
}

// isBody says whether the part is words to be shown, not a file beside them.
func (p part) isBody() bool {
	switch p.mediaType {
	case "text/plain", "text/html", "text/enriched", "text/richtext":
		return p.disposition != "attachment" && p.fileName == ""
	}
	return false
}

// text turns the decoded part into words.
func (p part) text(content []byte) (text, fault string) {
	label := p.params["charset"]
	if unlabelled[cleanLabel(label)] && p.mediaType == "text/html" {
		label = metaCharset(content)
	}
	text, fault = toUTF8(label, content)
	text = cleanText(text)
	switch {
	case p.mediaType == "text/enriched" || p.mediaType == "text/richtext":
		text = fromEnriched(text)
	case p.mediaType == "text/plain" && strings.EqualFold(p.params["format"], "flowed"):
		text = unflow(text, strings.EqualFold(p.params["delsp"], "yes"))
	}
	return text, fault
}

// attachment decodes the part as a file.
func (p part) attachment() (Attachment, string) {
	content, fault := decodeTransfer(p.encoding, p.body)
	a := Attachment{Name: p.fileName, Type: p.mediaType, ContentID: p.contentID, Content: content}
	if !strings.Contains(a.Type, "/") {
		a.Type = "application/octet-stream"
	}
	a.Inline = p.disposition != "attachment" && p.contentID != "" && !strings.HasPrefix(a.Type, "message/")
	if a.Name == "" {
		a.Name = p.located
	}
	if a.Name == "" {
		a.Name = nameless(a)
	}
	if a.Type == "application/applefile" && !strings.HasPrefix(a.Name, "._") {
		a.Name, a.Inline = "._"+a.Name, false // RFC 1740: the file itself stands beside it
	}
	return a, fault
}

// metaCharset reads the charset an HTML page names itself in its first 1 KB.
func metaCharset(page []byte) string {
	head := bytes.ToLower(page[:min(len(page), 1<<10)])
	_, after, found := bytes.Cut(head, []byte("charset="))
	if !found {
		return ""
	}
	after = bytes.TrimLeft(after, ` "'`)
	if end := bytes.IndexAny(after, ` "'>/;`); end >= 0 {
		return string(after[:end])
	}
	return ""
}
