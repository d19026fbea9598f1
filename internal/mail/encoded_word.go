package mail

import (
	"encoding/base64"
	"regexp"
	"strings"
)

var encodedWord = regexp.MustCompile(`=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=`)

// decodeWords decodes the encoded words of RFC 2047. Neighbouring words of one
// charset are joined before conversion, since some programs split a character
// between two. What cannot be decoded stays as it is.
func decodeWords(s string) string {
	if !strings.Contains(s, "=?") {
		return s
	}
	var out strings.Builder
	var pending []byte
	label, pos := "", 0
	flush := func() {
		text, _ := toUTF8(label, pending)
		out.WriteString(text)
		pending = nil
	}
	for _, m := range encodedWord.FindAllStringSubmatchIndex(s, -1) {
		content, ok := wordBytes(s[m[4]:m[5]], s[m[6]:m[7]])
		if !ok {
			continue
		}
		charset, _, _ := strings.Cut(s[m[2]:m[3]], "*") // RFC 2231: charset*language
		between := s[pos:m[0]]
		adjacent := pos > 0 && strings.TrimSpace(between) == ""
		if !adjacent || !strings.EqualFold(charset, label) {
			flush()
		}
		if !adjacent {
			out.WriteString(between)
		}
		pending, label, pos = append(pending, content...), charset, m[1]
	}
	flush()
	out.WriteString(s[pos:])
	return oneLine(out.String())
}

func wordBytes(kind, content string) ([]byte, bool) {
	if strings.EqualFold(kind, "q") {
		return qWordBytes(content), true
	}
	content = strings.TrimRight(strings.Join(strings.Fields(content), ""), "=")
	decoded, err := base64.RawStdEncoding.DecodeString(content)
	return decoded, err == nil || len(decoded) > 0
}

func qWordBytes(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '_':
			out = append(out, ' ')
		case s[i] == '=' && i+2 < len(s) && unhex(s[i+1]) >= 0 && unhex(s[i+2]) >= 0:
			out = append(out, byte(unhex(s[i+1])<<4|unhex(s[i+2])))
			i += 2
		default:
			out = append(out, s[i])
		}
	}
	return out
}

func unhex(c byte) int { return strings.IndexByte("0123456789abcdef", c|0x20) }
