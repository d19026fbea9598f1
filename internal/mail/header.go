package mail

import (
	"bytes"
	"iter"
	"strings"
)

const (
	maxHeader = 256 << 10 // bytes of one header
	maxFields = 1000
	maxField  = 64 << 10 // bytes of one field
)

// Header holds a letter's fields in the order they stood.
type Header struct{ fields []field }

type field struct {
	name string // as written
	body []byte // unfolded, undecoded
}

// Get returns the first field of that name, decoded to UTF-8 in one line; "" if
// there is none. Names are compared without regard to case.
func (h Header) Get(name string) string {
	for _, f := range h.fields {
		if strings.EqualFold(f.name, name) {
			return decodeWords(f.text())
		}
	}
	return ""
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
func (h Header) Has(name string) bool { return len(h.rawValues(name)) > 0 }

// All yields every field from the top: its name as written and its value
// unfolded, with encoded words as they stood.
func (h Header) All() iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for _, f := range h.fields {
			if !yield(f.name, f.text()) {
				return
			}
		}
	}
}

// Raw returns the first field of that name unfolded but with its encoded words
// as they stood; bytes that were not UTF-8 are converted. "" if there is none.
func (h Header) Raw(name string) string {
	if v := h.rawValues(name); len(v) > 0 {
		return v[0]
	}
	return ""
}

func (h Header) rawValues(name string) []string {
	var values []string
	for _, f := range h.fields {
		if strings.EqualFold(f.name, name) {
			values = append(values, f.text())
		}
	}
	return values
}

// text gives the field as UTF-8 in one line. Raw 8-bit bytes are taken as UTF-8
// if they are, else as the charset they look most like.
func (f field) text() string {
	s, _ := toUTF8("", f.body)
	return oneLine(s)
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
		case len(h.fields) > 0 && looksLikeField(bytes.TrimRight(firstLine(next), "\r")):
			faults = append(faults, "a line of the header was no field and was left out")
		default:
			return h, rest, append(faults, "the header ended without an empty line")
		}
		rest = next
	}
	return h, nil, faults
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
