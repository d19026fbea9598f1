package mail

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"

	"github.com/oknodesk/okno/internal/mail/unpack"
)

// decodeTransfer undoes a Content-Transfer-Encoding. Damage costs only the
// damaged bytes; fault tells of it.
func decodeTransfer(name string, body []byte) (content []byte, fault string) {
	name, _, _ = strings.Cut(name, ";")
	name, _, _ = strings.Cut(name, "(")
	switch strings.ToLower(strings.Trim(name, " \t\"'.")) {
	case "base64":
		return decodeBase64(body)
	case "quoted-printable", "quotedprintable":
		return decodeQuotedPrintable(body), ""
	case "", "7bit", "8bit", "binary", "7-bit", "8-bit", "7 bit", "8 bit", "utf-8", "none", "plain", "text", "7bits", "8bits", "us-ascii", "ascii":
		return body, ""
	case "uuencode", "x-uuencode", "x-uue", "uue":
		if f, ok := unpack.UUDecode(body); ok {
			return f.Content, damaged(f, "uuencode")
		}
		return body, "uuencode was damaged"
	case "x-yencode", "yenc", "x-yenc":
		if files, _ := unpack.Embedded(body, 0); len(files) > 0 {
			return files[0].Content, damaged(files[0], "yEnc")
		}
		return body, "yEnc was damaged"
	default:
		return body, "a part had an unknown transfer encoding"
	}
}

func damaged(f unpack.File, name string) string {
	if f.Damaged {
		return name + " was damaged"
	}
	return ""
}

// decodeBase64 skips what is not of the alphabet and begins anew after padding,
// since some programs join several encoded blocks.
func decodeBase64(body []byte) ([]byte, string) {
	out := make([]byte, 0, base64.StdEncoding.DecodedLen(len(body)))
	quad := make([]byte, 0, 4)
	strange := 0
	flush := func() {
		if len(quad) == 1 {
			strange++
		}
		var three [3]byte
		n, _ := base64.RawStdEncoding.Decode(three[:], quad)
		out = append(out, three[:n]...)
		quad = quad[:0]
	}
	for i := 0; i < len(body); i++ {
		if len(quad) == 0 {
			n := 0
			out, n = appendQuads(out, body[i:])
			if i += n; i == len(body) {
				break
			}
		}
		switch c := body[i]; {
		case base64Digit[c] != noDigit:
			if quad = append(quad, c); len(quad) == 4 {
				flush()
			}
		case c == '=':
			flush()
		case c != '\r' && c != '\n' && c != ' ' && c != '\t':
			strange++
		}
	}
	flush()
	if strange > 0 {
		return out, damagedBase64
	}
	return out, ""
}

// decodeWordsOfPart is decodeTransfer for words: what stands unencoded where
// base64 was named, all of it or what a list added below, is left as it is.
func decodeWordsOfPart(name string, body []byte) (content []byte, fault string) {
	content, fault = decodeTransfer(name, body)
	if !strings.Contains(strings.ToLower(name), "base64") || fault != damagedBase64 && !bytes.Contains(bytes.TrimSpace(body), []byte(" ")) {
		return content, fault
	}
	from := plainFrom(body)
	if from < 0 {
		return content, fault
	}
	if garbled, _ := decodeBase64(body[from:]); isWords(garbled) {
		return content, fault
	}
	content, _ = decodeBase64(body[:from])
	return slices.Concat(content, body[from:]), "words stood unencoded in a part that says base64"
}

// plainFrom is where words begin that are no base64: several to a line, on most
// lines from there on. -1: nowhere.
func plainFrom(body []byte) int {
	from, plain, lines := -1, 0, 0
	for at := 0; at < len(body); {
		line := firstLine(body[at:])
		words := len(bytes.Fields(line))
		switch {
		case words > 1 && from < 0:
			from, plain, lines = at, 1, 1
		case words > 0:
			lines++
			if words > 1 {
				plain++
			}
		}
		if from >= 0 && plain*2 < lines {
			from = -1
		}
		at += len(line) + 1
	}
	return from
}

const damagedBase64 = "base64 was damaged"

// appendQuads decodes as much of body as is groups of four digits; it returns how
// many bytes that is.
func appendQuads(out, body []byte) ([]byte, int) {
	n := 0
	for ; n+4 <= len(body); n += 4 {
		a, b, c, d := base64Digit[body[n]], base64Digit[body[n+1]], base64Digit[body[n+2]], base64Digit[body[n+3]]
		if a|b|c|d == noDigit {
			break
		}
		out = append(out, a<<2|b>>4, b<<4|c>>2, c<<6|d)
	}
	return out, n
}

const noDigit = 0xff // all its bits: or'ed with others it stays itself

var base64Digit = func() (value [256]byte) {
	for i := range value {
		value[i] = noDigit
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		value[c] = byte(i)
	}
	return value
}()

// decodeQuotedPrintable follows RFC 2045, 6.7; what is no code stays as it is.
func decodeQuotedPrintable(body []byte) []byte {
	out := make([]byte, 0, len(body))
	for len(body) > 0 {
		line := firstLine(body)
		ended := len(line) < len(body)
		body = body[min(len(body), len(line)+1):]
		line = bytes.TrimRight(line, " \t\r")
		soft := bytes.HasSuffix(line, []byte("="))
		line = bytes.TrimSuffix(line, []byte("="))
		for i := 0; i < len(line); i++ {
			if line[i] == '=' && i+2 < len(line) && unhex(line[i+1]) >= 0 && unhex(line[i+2]) >= 0 {
				out = append(out, byte(unhex(line[i+1])<<4|unhex(line[i+2])))
				i += 2
				continue
			}
			out = append(out, line[i])
		}
		if ended && !soft {
			out = append(out, '\r', '\n')
		}
	}
	return out
}
