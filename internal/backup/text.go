package backup

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// Signs that encoding/json writes in another form, and how: the commonest, for
// which it is not asked.
var escapes = [utf8.RuneSelf]string{
	'\n': `\n`, '\r': `\r`, '\t': `\t`, '"': `\"`, '\\': `\\`, '<': `\u003c`, '>': `\u003e`, '&': `\u0026`,
}

// appendText writes a text as encoding/json does: checksums of rows hang on
// each of its bytes. It takes a fraction of the time.
func appendText(to []byte, s string) ([]byte, error) {
	if !utf8.ValidString(s) || strings.Contains(s, "\u2028") || strings.Contains(s, "\u2029") {
		return marshalText(to, s)
	}
	begun := len(to)
	to = append(to, '"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if c >= utf8.RuneSelf || c >= ' ' && escapes[c] == "" && c != 0x7f {
			continue
		}
		if escapes[c] == "" {
			return marshalText(to[:begun], s)
		}
		to = append(append(to, s[from:i]...), escapes[c]...)
		from = i + 1
	}
	return append(append(to, s[from:]...), '"'), nil
}

func marshalText(to []byte, s string) ([]byte, error) {
	text, err := json.Marshal(s)
	return append(to, text...), err
}

// readText is the reverse of appendText: raw is a string of JSON with its
// quotation marks.
func readText(raw []byte) (string, error) {
	inner := raw[1 : len(raw)-1]
	if !utf8.Valid(inner) || bytes.ContainsFunc(inner, func(r rune) bool { return r < ' ' }) {
		return unmarshalText(raw)
	}
	at := bytes.IndexByte(inner, '\\')
	if at < 0 {
		return string(inner), nil
	}
	var text strings.Builder
	text.Grow(len(inner))
	for ; at >= 0; at = bytes.IndexByte(inner, '\\') {
		text.Write(inner[:at])
		inner = inner[at:]
		sign, ok := unescaped(inner)
		if !ok {
			return unmarshalText(raw)
		}
		text.WriteByte(sign)
		inner = inner[len(escapes[sign]):]
	}
	text.Write(inner)
	return text.String(), nil
}

// unescaped is the sign whose escape begins the text.
func unescaped(text []byte) (sign byte, ok bool) {
	if len(text) < 2 {
		return 0, false
	}
	switch text[1] {
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	case '"', '\\':
		return text[1], true
	}
	for _, sign := range []byte("<>&") {
		if bytes.HasPrefix(text, []byte(escapes[sign])) {
			return sign, true
		}
	}
	return 0, false
}

func unmarshalText(raw []byte) (text string, err error) {
	err = json.Unmarshal(raw, &text)
	return text, err
}
