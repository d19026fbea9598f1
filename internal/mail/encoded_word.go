package mail

import (
	"encoding/base64"
	"strings"
)

// Longest charset name and longest content of an encoded word looked at, in
// bytes. RFC 2047 allows 75 in all; programs do not keep to it.
const (
	maxWordCharset = 60
	maxWordContent = 16 << 10
)

// encodedWord is one "=?charset?encoding?content?=" (RFC 2047) found in text.
type encodedWord struct {
	start, end             int
	charset, kind, content string
}

// nextWord finds the first encoded word from pos on. A "?=" within the content
// that goes on as quoted-printable does not end it, and the last word of a field
// may lack its end.
func nextWord(s string, pos int) (w encodedWord, found bool) {
	for {
		at := strings.Index(s[pos:], "=?")
		if at < 0 {
			return w, false
		}
		w.start, pos = pos+at, pos+at+2
		fields := strings.SplitN(s[pos:min(len(s), pos+maxWordCharset+3)], "?", 3)
		if len(fields) < 3 || len(fields[1]) != 1 || !strings.ContainsAny(fields[1], "bBqQ") || strings.ContainsAny(fields[0], " \t=") {
			continue
		}
		w.charset, w.kind = fields[0], fields[1]
		content := pos + len(fields[0]) + 3
		if end := wordEnd(s, content, strings.EqualFold(w.kind, "q")); end >= 0 {
			w.content, w.end = s[content:end], min(len(s), end+2)
			return w, true
		}
	}
}

// wordEnd is where the content that begins at from ends, -1 if it does not.
func wordEnd(s string, from int, quoted bool) int {
	rest := s[from:min(len(s), from+maxWordContent)]
	end := strings.Index(rest, "?=")
	for tries := 0; end >= 0 && quoted && tries < 10; tries++ {
		after := rest[end+2:]
		if len(after) < 2 || unhex(after[0]) < 0 || unhex(after[1]) < 0 {
			break
		}
		more := strings.Index(after, "?=")
		if more < 0 || strings.Contains(after[:more], "=?") {
			break
		}
		end += 2 + more
	}
	if end >= 0 {
		return from + end
	}
	if len(rest) < maxWordContent && !strings.ContainsAny(rest, " \t<>") && len(rest) > 0 {
		return len(s) - len(rest) + len(strings.TrimRight(rest, "?"))
	}
	return -1
}

// decodeWords decodes the encoded words of RFC 2047, and once more what was
// encoded twice. What cannot be decoded stays as it is.
func decodeWords(s string) string {
	if !strings.Contains(s, "=?") {
		return s
	}
	s = decodeWordsOnce(s)
	if strings.Contains(s, "=?") {
		s = decodeWordsOnce(s)
	}
	return s
}

// decodeWordsOnce joins neighbouring words of one charset before conversion,
// since some programs split a character between two.
func decodeWordsOnce(s string) string {
	var out strings.Builder
	var pending []byte
	label, pos := "", 0
	flush := func() {
		text, _ := toUTF8(label, pending)
		out.WriteString(text)
		pending = nil
	}
	for next := 0; ; {
		w, found := nextWord(s, next)
		if !found {
			break
		}
		next = w.end
		content, ok := wordBytes(w.kind, w.content)
		if !ok {
			continue
		}
		charset, _, _ := strings.Cut(w.charset, "*") // RFC 2231: charset*language
		between := s[pos:w.start]
		adjacent := pos > 0 && strings.TrimSpace(between) == ""
		if !adjacent || !strings.EqualFold(charset, label) {
			flush()
		}
		if !adjacent {
			out.WriteString(between)
		}
		pending, label, pos = append(pending, content...), charset, w.end
	}
	flush()
	out.WriteString(s[pos:])
	return oneLine(out.String())
}

func wordBytes(kind, content string) ([]byte, bool) {
	if strings.EqualFold(kind, "q") {
		return qWordBytes(content), true
	}
	packed := strings.TrimRight(strings.Join(strings.Fields(content), ""), "=")
	decoded, err := base64.RawStdEncoding.DecodeString(packed)
	if err == nil {
		return decoded, true
	}
	if q := qWordBytes(content); len(content)-len(q) >= 2 && strings.Contains(packed, "=") {
		return q, true // it says "B" and is "Q"
	}
	decoded, _ = decodeBase64([]byte(content))
	return decoded, len(decoded) > 0
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

// sheltered writes raw 8-bit bytes within encoded words as the word's own: they
// are of its charset, not of the text around it.
func sheltered(b []byte) []byte {
	s := string(b)
	if isASCII(b) || !strings.Contains(s, "=?") {
		return b
	}
	var out []byte
	pos := 0
	for {
		w, found := nextWord(s, pos)
		if !found {
			return append(out, s[pos:]...)
		}
		if isASCII([]byte(w.content)) {
			out = append(out, s[pos:w.end]...)
			pos = w.end
			continue
		}
		out = append(out, s[pos:w.end-len(w.content)-len(closing(s, w))]...)
		for i := range len(w.content) {
			if c := w.content[i]; c < 0x80 {
				out = append(out, c)
			} else if strings.EqualFold(w.kind, "q") {
				out = append(out, '=', hexDigits[c>>4], hexDigits[c&15])
			}
		}
		out = append(out, closing(s, w)...)
		pos = w.end
	}
}

const hexDigits = "0123456789ABCDEF"

// closing is what ends the word, "" if it lacks its end.
func closing(s string, w encodedWord) string {
	if strings.HasSuffix(s[w.start:w.end], "?=") {
		return "?="
	}
	return ""
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
