package mail

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cention-sany/utf7"
	htmlcharset "golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// charsetAliases are names seen in letters that the WHATWG table lacks.
var charsetAliases = map[string]string{
	"win-1251": "windows-1251", "win1251": "windows-1251", "cp-1251": "windows-1251", "ansi-1251": "windows-1251",
	"koi8r": "koi8-r", "koi-8-r": "koi8-r", "koi-8": "koi8-r", "koi8_r": "koi8-r", "dos-866": "ibm866", "cp-866": "ibm866",
	"utf8mb4": "utf-8", "utf-8-bom": "utf-8", "cp65001": "utf-8", "cp1250": "windows-1250", "cp1252": "windows-1252",
}

// unlabelled are charsets that say nothing about bytes above 127.
var unlabelled = map[string]bool{
	"": true, "us-ascii": true, "ascii": true, "ansi_x3.4-1968": true, "unknown-8bit": true, "unknown-7bit": true,
	"unknown": true, "8bit": true, "binary": true, "default": true, "_autodetect": true, "user-defined": true,
}

// toUTF8 turns bytes into valid UTF-8 without NUL. The label is believed unless
// the bytes say otherwise; fault tells when they did, "" if all was well.
func toUTF8(label string, b []byte) (text, fault string) {
	label = cleanLabel(label)
	if isASCII(b) && label != "utf-7" && !strings.HasPrefix(label, "iso-2022") && !strings.HasPrefix(label, "utf-16") {
		return strings.ReplaceAll(string(b), "\x00", ""), ""
	}
	enc, name := findCharset(label)
	switch {
	case unlabelled[label]:
		text, fault = unlabelledToUTF8(b)
	case label == "utf-8":
		text, fault = claimedUTF8(b)
	case enc == nil:
		text, _ = unlabelledToUTF8(b)
		fault = "the charset " + label + " is unknown"
	case isSingleByte(name) && utf8.Valid(b) && utf8.RuneCount(b)+4 <= len(b):
		text, fault = string(b), "the text was UTF-8 though it said "+label
	default:
		decoded, err := enc.NewDecoder().Bytes(b)
		if err != nil {
			text, fault = string(b), "the text did not fit its charset "+label
			break
		}
		text = string(decoded)
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", ""), fault
}

func cleanLabel(label string) string {
	label = strings.ToLower(strings.Trim(label, " \t\"'<>"))
	label = strings.TrimPrefix(label, "charset=")
	label = strings.TrimPrefix(label, "x-")
	if len(label) > 40 {
		label = label[:40]
	}
	if label == "utf8" || label == "unicode-1-1-utf-8" {
		return "utf-8"
	}
	if name, ok := charsetAliases[label]; ok {
		return name
	}
	return label
}

// findCharset returns nil for a charset it does not know, and the name the
// WHATWG gives to the one it does.
func findCharset(label string) (encoding.Encoding, string) {
	if label == "utf-7" || label == "unicode-1-1-utf-7" {
		return utf7.UTF7, "utf-7"
	}
	for _, try := range []string{label, "x-" + label} {
		if enc, name := htmlcharset.Lookup(try); enc != nil && enc != encoding.Replacement {
			return enc, name
		}
	}
	return nil, ""
}

func isSingleByte(name string) bool {
	for _, family := range []string{"windows-125", "iso-8859-", "koi8-", "ibm866", "macintosh", "x-mac-"} {
		if strings.HasPrefix(name, family) {
			return true
		}
	}
	return false
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func unlabelledToUTF8(b []byte) (string, string) {
	if utf8.Valid(b) {
		return string(b), ""
	}
	enc, name := guessCharset(b)
	decoded, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		return string(b), "the charset could not be found out"
	}
	return string(decoded), "no charset was named; taken as " + name
}

// claimedUTF8 keeps damaged UTF-8, and converts what never was UTF-8.
func claimedUTF8(b []byte) (string, string) {
	if utf8.Valid(b) {
		return string(b), ""
	}
	good, bad := 0, 0
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			bad++
		case size > 1:
			good++
		}
		i += size
	}
	if good > bad {
		return string(b), "the text was damaged UTF-8"
	}
	text, _ := unlabelledToUTF8(b)
	return text, "the text was not UTF-8 though it said so"
}

// guessCharset chooses between the charsets unlabelled letters are found in:
// the one in which the bytes read most like Russian words, or windows-1252 if
// they do not look Russian in any. At most 4 KB are looked at.
func guessCharset(b []byte) (encoding.Encoding, string) {
	sample := b
	if i := bytes.IndexFunc(sample, func(r rune) bool { return r == utf8.RuneError }); i > 0 {
		sample = sample[max(0, i-200):]
	}
	sample = sample[:min(len(sample), 4<<10)]
	best, bestName, bestScore := encoding.Encoding(charmap.Windows1252), "windows-1252", 0
	for _, c := range []struct {
		enc  *charmap.Charmap
		name string
	}{{charmap.Windows1251, "windows-1251"}, {charmap.KOI8R, "koi8-r"}, {charmap.CodePage866, "ibm866"}} {
		if score := russianScore(c.enc, sample); score > bestScore {
			best, bestName, bestScore = c.enc, c.name, score
		}
	}
	return best, bestName
}

// russianScore counts what Russian words look like: frequent letters speak for
// it, small ones more than capitals; rare letters, capitals after small ones,
// Russian letters beside Latin ones and box drawing speak against.
func russianScore(enc *charmap.Charmap, sample []byte) int {
	score, prev := 0, ' '
	for _, c := range sample {
		r := enc.DecodeByte(c)
		cyrillic, wasCyrillic := unicode.Is(unicode.Cyrillic, r), unicode.Is(unicode.Cyrillic, prev)
		switch {
		case cyrillic && unicode.Is(unicode.Latin, prev), unicode.Is(unicode.Latin, r) && wasCyrillic:
			score -= 3
		case cyrillic && unicode.IsUpper(r) && unicode.IsLower(prev) && wasCyrillic:
			score -= 3
		case cyrillic:
			score += letterScore(unicode.ToLower(r))
			if unicode.IsLower(r) {
				score++
			}
		case r >= 0x80 && !strings.ContainsRune("«»—–№…“”„\u00a0", r):
			score -= 2
		}
		prev = r
	}
	return score
}

// letterScore goes by how often a letter stands in Russian text.
func letterScore(r rune) int {
	switch {
	case strings.ContainsRune("оеаинтсрвл", r):
		return 3
	case strings.ContainsRune("кмдпуя", r):
		return 1
	case strings.ContainsRune("ыьгзбчё", r):
		return 0
	}
	return -2
}
