package mail

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// guessSample is the part of the bytes by which their charset is guessed, and
// how many of them are over 127.
func guessSample(b []byte) (sample []byte, high int) {
	if i := bytes.IndexFunc(b, func(r rune) bool { return r == utf8.RuneError }); i > 0 {
		b = b[max(0, i-200):]
	}
	sample = b[:min(len(b), 4<<10)]
	for _, c := range sample {
		if c >= utf8.RuneSelf {
			high++
		}
	}
	return sample, high
}

// mostlyASCII says whether the letters over 127 are rare among the others, as in
// the languages of western Europe and never in Russian words.
func mostlyASCII(sample []byte, high int) bool {
	latin := 0
	for _, c := range sample {
		if c|0x20 >= 'a' && c|0x20 <= 'z' {
			latin++
		}
	}
	return high < latin
}

// guessCharset chooses between the charsets unlabelled letters are found in:
// the one in which the bytes read most like Russian words, else like Chinese,
// Japanese or Korean ones, else windows-1252. At most 4 KB are looked at.
func guessCharset(b []byte) (encoding.Encoding, string) {
	sample, high := guessSample(b)
	russian, name, score := russianGuess(sample)
	if russian != nil && score >= high {
		return russian, name
	}
	if enc, name := asianGuess(sample, high); enc != nil && !mostlyASCII(sample, 3*high) {
		return enc, name
	}
	if russian != nil {
		return russian, name
	}
	return charmap.Windows1252, "windows-1252"
}

// russianGuess is the charset in which the bytes read most like Russian; nil if
// they do in none.
func russianGuess(sample []byte) (best *charmap.Charmap, name string, score int) {
	for _, c := range []struct {
		enc  *charmap.Charmap
		name string
	}{{charmap.Windows1251, "windows-1251"}, {charmap.KOI8R, "koi8-r"}, {charmap.CodePage866, "ibm866"}} {
		if s := russianScore(c.enc, sample); s > score {
			best, name, score = c.enc, c.name, s
		}
	}
	return best, name, score
}

// asianGuess is the charset of two bytes a character in which the sample reads
// best; nil if it reads in none.
func asianGuess(sample []byte, high int) (best encoding.Encoding, name string) {
	top := high / 2 // one for each character at least
	for _, c := range []struct {
		enc  encoding.Encoding
		name string
	}{
		{simplifiedchinese.GB18030, "gb18030"}, {japanese.ShiftJIS, "shift_jis"}, {korean.EUCKR, "euc-kr"},
		{japanese.EUCJP, "euc-jp"}, {traditionalchinese.Big5, "big5"},
	} {
		decoded, err := c.enc.NewDecoder().Bytes(sample)
		if err != nil {
			continue
		}
		score := 0
		for _, r := range string(decoded) {
			score += asianScore(c.name, r)
		}
		if c.name == "gb18030" || c.name == "big5" {
			score += frequentHan(c.name, sample)
		}
		if score > top {
			best, name, top = c.enc, c.name, score
		}
	}
	return best, name
}

// asianScore says how well a character fits text in a charset.
func asianScore(name string, r rune) int {
	japanese := name == "shift_jis" || name == "euc-jp"
	switch {
	case r < utf8.RuneSelf:
		return 0
	case r == utf8.RuneError:
		return -10
	case r >= 0xac00 && r <= 0xd7a3: // Hangul
		return 4
	case r >= 0x3040 && r <= 0x30ff && japanese: // Kana
		return 4
	case r >= 0x3000 && r <= 0x303f, r >= 0xff00 && r <= 0xff60: // punctuation
		return 1
	case unicode.Is(unicode.Han, r) && name == "euc-kr":
		return -2
	case unicode.Is(unicode.Han, r):
		return 1
	}
	return -4
}

// frequentHan speaks for the charsets that put frequent characters first: rows
// 16 to 55 of GB 2312, rows 0xA4 to 0xC6 of Big5.
func frequentHan(name string, sample []byte) (score int) {
	for i := 0; i+1 < len(sample); i++ {
		c, next := sample[i], sample[i+1]
		if c < utf8.RuneSelf {
			continue
		}
		switch {
		case name == "gb18030" && next < 0xa1, name == "big5" && c > 0xc6:
			score--
		case name == "gb18030" && c >= 0xb0 && c <= 0xd7, name == "big5" && c >= 0xa4:
			score += 2
		}
		i++
	}
	return score
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
