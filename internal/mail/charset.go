package mail

import (
	"strings"
	"unicode/utf8"

	"github.com/cention-sany/utf7"
	htmlcharset "golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	textunicode "golang.org/x/text/encoding/unicode"
)

// charsetAliases are names seen in letters that the WHATWG table lacks.
var charsetAliases = map[string]string{
	"win-1251": "windows-1251", "win1251": "windows-1251", "cp-1251": "windows-1251", "ansi-1251": "windows-1251",
	"koi8r": "koi8-r", "koi-8-r": "koi8-r", "koi-8": "koi8-r", "koi8_r": "koi8-r", "dos-866": "ibm866", "cp-866": "ibm866",
	"utf8mb4": "utf-8", "utf-8-bom": "utf-8", "cp65001": "utf-8", "cp1250": "windows-1250", "cp1252": "windows-1252",
	"gb_2312-80": "gb18030", "gb-2312": "gb18030", "gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "ms936": "gb18030",
	"cp932": "shift_jis", "ms932": "shift_jis", "sjis": "shift_jis", "shift-jis": "shift_jis", "windows-31j": "shift_jis",
	"ks_c_5601": "euc-kr", "ksc5601": "euc-kr", "ks_c_5601-1987": "euc-kr", "cp949": "euc-kr", "uhc": "euc-kr", "ms949": "euc-kr",
	"eucjp": "euc-jp", "euckr": "euc-kr", "iso2022jp": "iso-2022-jp", "iso-2022-jp-ms": "iso-2022-jp", "iso-2022-jp-1": "iso-2022-jp",
	"iso-2022-jp-2": "iso-2022-jp", "cp50220": "iso-2022-jp", "cp50221": "iso-2022-jp", "iso2022kr": "iso-2022-kr", "cp950": "big5",
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
	if enc := byteOrder(label, b); enc != nil {
		decoded, _ := enc.NewDecoder().Bytes(b) // damage becomes U+FFFD
		return cleanUTF8(string(decoded)), ""
	}
	if unlabelled[label] && isASCII(b) && looksISO2022JP(b) {
		label = "iso-2022-jp"
	}
	if isASCII(b) && !sevenBit(label) {
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
	case sevenBit(label):
		text, fault = sevenBitToUTF8(label, enc, b)
	case utf8.Valid(b) && (isSingleByte(name) && utf8.RuneCount(b)+4 <= len(b) || !isSingleByte(name) && surelyUTF8(b)):
		text, fault = string(b), "the text was UTF-8 though it said "+label
	case isSingleByte(name):
		text, fault = singleByteToUTF8(name, enc, b)
	default:
		text, fault = multiByteToUTF8(label, enc, b)
	}
	return cleanUTF8(text), fault
}

func cleanUTF8(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// byteOrder knows UTF-16 by its byte order mark, or by its label and the side
// its zero bytes stand on; nil if it is not UTF-16.
func byteOrder(label string, b []byte) encoding.Encoding {
	labelled := strings.HasPrefix(label, "utf-16") || label == "ucs-2" || label == "unicode" || label == "iso-10646-ucs-2"
	switch {
	case len(b) >= 2 && (labelled || unlabelled[label] || label == "utf-8") && (b[0] == 0xff && b[1] == 0xfe || b[0] == 0xfe && b[1] == 0xff):
		return textunicode.UTF16(textunicode.LittleEndian, textunicode.UseBOM)
	case !labelled:
		return nil
	}
	even, odd := 0, 0
	for i, c := range b[:min(len(b), 1<<10)] {
		switch {
		case c != 0 && c != 4: // Latin, or Cyrillic
		case i%2 == 0:
			even++
		default:
			odd++
		}
	}
	if even > odd || even == odd && label == "utf-16be" {
		return textunicode.UTF16(textunicode.BigEndian, textunicode.IgnoreBOM)
	}
	return textunicode.UTF16(textunicode.LittleEndian, textunicode.IgnoreBOM)
}

// surelyUTF8 says whether valid UTF-8 is more than two characters of another
// charset that happen to look so.
func surelyUTF8(b []byte) bool {
	count := 0
	for _, r := range string(b) {
		if r >= 0x800 {
			return true
		}
		if r >= utf8.RuneSelf {
			count++
		}
	}
	return count >= 6
}

// mistaken are the labels under which Russian letters in another charset are
// found; Greek, Hebrew and the like are believed.
var mistaken = map[string]bool{
	"windows-1252": true, "windows-1250": true, "iso-8859-2": true, "iso-8859-15": true, "windows-1251": true, "koi8-r": true, "koi8-u": true,
	"iso-8859-5": true, "ibm866": true, "x-mac-cyrillic": true, "macintosh": true,
}

// singleByteToUTF8 believes the label unless the text reads as Russian in
// another charset and not in the one named.
func singleByteToUTF8(name string, enc encoding.Encoding, b []byte) (text, fault string) {
	decoded, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		return string(b), "the text did not fit its charset " + name
	}
	sample, high := guessSample(b)
	guess, best, score := russianGuess(sample)
	if guess == nil || !mistaken[name] || best == name || high < 4 || score < 2*high || mostlyASCII(sample, high) {
		return string(decoded), ""
	}
	if own, ok := enc.(*charmap.Charmap); ok && russianScore(own, sample) > high/2 {
		return string(decoded), ""
	}
	other, err := guess.NewDecoder().Bytes(b)
	if err != nil {
		return string(decoded), ""
	}
	return string(other), "the text was " + best + " though it said " + name
}

// multiByteToUTF8 believes the label unless much of the text does not fit it.
func multiByteToUTF8(label string, enc encoding.Encoding, b []byte) (text, fault string) {
	decoded, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		return string(b), "the text did not fit its charset " + label
	}
	text = string(decoded)
	bad := strings.Count(text, "\uFFFD")
	if bad == 0 {
		return text, ""
	}
	if bad*5 > utf8.RuneCountInString(text) {
		if guessed, _ := unlabelledToUTF8(b); strings.Count(guessed, "\uFFFD") < bad {
			return guessed, "the text did not fit its charset " + label
		}
	}
	return text, "some of the text did not fit its charset " + label
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
	switch label {
	case "utf-7", "unicode-1-1-utf-7":
		return utf7.UTF7, "utf-7"
	case "hz-gb-2312", "hz-gb2312", "hz":
		return simplifiedchinese.HZGB2312, "hz-gb-2312"
	case "iso-2022-kr":
		return korean.EUCKR, "euc-kr"
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
