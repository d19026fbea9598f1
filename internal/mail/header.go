package mail

import (
	"bytes"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	maxHeader = 256 << 10 // bytes of one header
	maxFields = 1000
	maxField  = 64 << 10 // bytes of one field
)

// Header holds a letter's fields in the order they stood.
type Header struct {
	fields []field
	hint   string // the letter's charset, by which raw 8-bit bytes are read
}

type field struct {
	name string // as written
	body []byte // unfolded, undecoded
}

// Get returns the first field of that name, decoded to UTF-8 in one line; "" if
// there is none. Names are compared without regard to case.
func (h Header) Get(name string) string { return decodeWords(h.Raw(name)) }

// Subject is decoded; "" if there is none.
func (h Header) Subject() string { return strings.TrimSpace(h.Get("Subject")) }

// MessageID is the first there is; "" if there is none.
func (h Header) MessageID() string {
	if ids := messageIDs(h.Raw("Message-ID")); len(ids) > 0 {
		return ids[0]
	}
	return ""
}

// ThreadIndex is Outlook's conversation, base64; "" if absent.
func (h Header) ThreadIndex() string {
	return strings.Join(strings.Fields(h.Raw("Thread-Index")), "")
}

// Values returns every field of that name, decoded, in order.
func (h Header) Values(name string) []string {
	raw := h.rawValues(name)
	for i, v := range raw {
		raw[i] = decodeWords(v)
	}
	return raw
}

// Has says whether there is such a field, even an empty one.
func (h Header) Has(name string) bool {
	return slices.ContainsFunc(h.fields, func(f field) bool { return strings.EqualFold(f.name, name) })
}

// All yields every field from the top: its name as written and its value
// unfolded, with encoded words as they stood.
func (h Header) All() iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for _, f := range h.fields {
			if !yield(f.name, h.text(f)) {
				return
			}
		}
	}
}

// Raw returns the first field of that name unfolded but with its encoded words
// as they stood; bytes that were not UTF-8 are converted. "" if there is none.
func (h Header) Raw(name string) string {
	for _, f := range h.fields {
		if strings.EqualFold(f.name, name) {
			return h.text(f)
		}
	}
	return ""
}

func (h Header) rawValues(name string) []string {
	var values []string
	for _, f := range h.fields {
		if strings.EqualFold(f.name, name) {
			values = append(values, h.text(f))
		}
	}
	return values
}

// plain says whether the field is read without knowing a charset.
func (f field) plain() bool { return isASCII(f.body) && !looksISO2022JP(f.body) }

// text gives the field as UTF-8 in one line. Raw 8-bit bytes are taken as UTF-8
// if they are, else as the letter's own charset if they fit it, else as the
// charset they look most like.
func (h Header) text(f field) string {
	if f.plain() {
		return oneLine(string(f.body))
	}
	b := sheltered(f.body)
	label := ""
	if enc, name := findCharset(h.hint); enc != nil && !utf8.Valid(b) && !strings.HasPrefix(name, "windows-1252") {
		label = h.hint
	}
	s, _ := toUTF8(label, b)
	return oneLine(s)
}

// mediaType is that of the first Content-Type, with its parameters.
func (h Header) mediaType() (string, map[string]string) {
	return parseMediaType(clip(h.Raw("Content-Type"), maxParams))
}

// charsetHint is the charset the letter names first: in its own header, by the
// parameters of its type, else in that of one of its first parts. "" if it names
// none.
func charsetHint(params map[string]string, body []byte) string {
	if params["charset"] != "" {
		return cleanLabel(params["charset"])
	}
	head := bytes.ToLower(body[:min(len(body), 8<<10)])
	for {
		_, after, found := bytes.Cut(head, []byte("charset="))
		if !found {
			return ""
		}
		after = bytes.TrimLeft(after, `"'`)
		end := bytes.IndexFunc(after, func(r rune) bool { return r <= ' ' || strings.ContainsRune("\"';>", r) })
		if label := cleanLabel(string(after[:max(end, 0)])); label != "" && !unlabelled[label] && label != "utf-8" {
			return label
		}
		head = after
	}
}

// splitHeader parts a letter (or one MIME part) into header and body and says
// what was wrong. A line that is no field is left out if fields follow it;
// otherwise the body begins there, so that no text is lost.
func splitHeader(raw []byte) (h Header, body []byte, faults []string) {
	rest, used := raw, 0
	for len(rest) > 0 {
		line := firstLine(rest)
		next := rest[min(len(rest), len(line)+1):]
		line = bytes.TrimRight(line, "\r")
		switch {
		case len(line) == 0:
			return h, next, faults
		case (line[0] == ' ' || line[0] == '\t') && len(h.fields) > 0:
			last := &h.fields[len(h.fields)-1]
			if used += len(line); used < maxHeader && len(last.body)+len(line) < maxField {
				last.body = append(append(last.body, ' '), bytes.TrimLeft(line, " \t")...)
			} else {
				faults = append(faults, "a header field was too long and was cut")
			}
		case looksLikeField(line):
			if used += len(line); used < maxHeader && len(h.fields) < maxFields {
				name, value, _ := bytes.Cut(line, []byte(":"))
				value = bytes.TrimSpace(value)[:min(len(bytes.TrimSpace(value)), maxField)]
				h.fields = append(h.fields, field{strings.TrimSpace(string(name)), bytes.Clone(value)})
			} else {
				faults = append(faults, "the header was too long and was cut")
			}
		case len(bytes.TrimSpace(line)) == 0:
			return h, next, append(faults, "the line after the header was not empty")
		case len(h.fields) > 0 && fieldsFollow(next):
			faults = append(faults, "a line of the header was no field and was left out")
		default:
			return h, rest, append(faults, "the header ended without an empty line")
		}
		rest = next
	}
	return h, nil, faults
}

// fieldsFollow says whether one of the next lines, before an empty one, is a
// field: the very next any field, others one that letters are known to have.
func fieldsFollow(rest []byte) bool {
	for i := range 5 {
		line := bytes.TrimRight(firstLine(rest), "\r")
		if len(line) == 0 {
			return false
		}
		if knownField(line) || i == 0 && looksLikeField(line) {
			return true
		}
		rest = rest[min(len(rest), len(firstLine(rest))+1):]
	}
	return false
}

var knownFields = map[string]bool{
	"from": true, "to": true, "cc": true, "subject": true, "date": true, "message-id": true, "received": true, "return-path": true,
	"reply-to": true, "sender": true, "mime-version": true, "content-type": true, "content-transfer-encoding": true, "delivered-to": true,
	"dkim-signature": true, "authentication-results": true, "in-reply-to": true, "references": true, "x-mailer": true, "user-agent": true,
	"x-original-to": true, "envelope-to": true, "arc-seal": true, "content-disposition": true,
}

// knownField knows the beginning of a field that letters have.
func knownField(line []byte) bool {
	name, _, found := bytes.Cut(line[:min(len(line), 100)], []byte(":"))
	return found && knownFields[strings.ToLower(strings.TrimSpace(string(name)))]
}

// looksLikeField says whether the line begins with a field name and a colon
// (RFC 5322, 2.2; a space before the colon is forgiven, RFC 5322, 4.5).
func looksLikeField(line []byte) bool {
	name, _, found := bytes.Cut(line, []byte(":"))
	name = bytes.TrimRight(name, " \t")
	if !found || len(name) == 0 || len(name) > 200 {
		return false
	}
	for _, c := range name {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return true
}

// firstLine returns the bytes before the first LF.
func firstLine(b []byte) []byte {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return b[:i]
	}
	return b
}

// oneLine turns control characters into spaces: a decoded field is never two.
func oneLine(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, s))
}
