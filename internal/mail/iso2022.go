package mail

import (
	"bytes"
	"regexp"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
)

// sevenBit are charsets that write other letters with ASCII bytes.
func sevenBit(label string) bool {
	return label == "utf-7" || strings.HasPrefix(label, "iso-2022") || strings.HasPrefix(label, "hz")
}

// looksISO2022JP knows the escape to Japanese (RFC 1468).
func looksISO2022JP(b []byte) bool {
	return bytes.Contains(b, []byte("\x1b$B")) || bytes.Contains(b, []byte("\x1b$@"))
}

// lostEscape is a run of Japanese whose escape bytes a program has taken out.
var lostEscape = regexp.MustCompile(`\x1b?\$([B@])((?:[!-~]{2})+?)\x1b?\(([BJ])`)

// sevenBitToUTF8 decodes charsets of seven bits, with what is often wrong in them.
func sevenBitToUTF8(label string, enc encoding.Encoding, b []byte) (text, fault string) {
	switch {
	case label == "iso-2022-kr":
		b = shiftedOut(b)
	case strings.HasPrefix(label, "iso-2022-jp") && !isASCII(b):
		text, _ = multiByteToUTF8("shift_jis", japanese.ShiftJIS, b)
		return text, "the text was not of seven bits though it said " + label
	case strings.HasPrefix(label, "iso-2022-jp"):
		if mended := lostEscape.ReplaceAll(b, []byte("\x1b$$$1$2\x1b($3")); len(mended) > len(b) {
			b, fault = mended, "the escapes of "+label+" were lost"
		}
	}
	decoded, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		return string(b), "the text did not fit its charset " + label
	}
	return string(decoded), fault
}

// shiftedOut writes ISO-2022-KR (RFC 1557) as EUC-KR: the bytes between shift
// out and shift in get their eighth bit.
func shiftedOut(b []byte) []byte {
	b = bytes.ReplaceAll(b, []byte("\x1b$)C"), nil)
	out := make([]byte, 0, len(b))
	high := byte(0)
	for _, c := range b {
		switch {
		case c == 0x0e:
			high = 0x80
		case c == 0x0f:
			high = 0
		case c > ' ':
			out = append(out, c|high)
		default:
			if c == '\n' {
				high = 0
			}
			out = append(out, c)
		}
	}
	return out
}
