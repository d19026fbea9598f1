package unpack

import (
	"encoding/binary"
	"strconv"
	"strings"
)

// rtfDictionary is what compressed RTF begins with (MS-OXRTFCP, 2.1.2.1).
const rtfDictionary = "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"

// unpackRTF undoes MS-OXRTFCP; nil if the bytes are not of it.
func unpackRTF(b []byte) []byte {
	if len(b) < 16 {
		return nil
	}
	size, kind, in := int(binary.LittleEndian.Uint32(b[4:])), string(b[8:12]), b[16:]
	switch kind {
	case "MELA":
		return in[:min(len(in), size)]
	case "LZFu":
	default:
		return nil
	}
	var ring [4096]byte
	write := copy(ring[:], rtfDictionary)
	var out []byte
	put := func(c byte) {
		out = append(out, c)
		ring[write] = c
		write = (write + 1) % len(ring)
	}
	for len(in) > 0 && len(out) < min(size, maxRTF) {
		control := in[0]
		in = in[1:]
		for bit := 0; bit < 8 && len(in) > 0 && len(out) < size; bit++ {
			if control>>bit&1 == 0 {
				put(in[0])
				in = in[1:]
				continue
			}
			if len(in) < 2 {
				return out
			}
			token := binary.BigEndian.Uint16(in)
			in = in[2:]
			read := int(token >> 4)
			if read == write {
				return out
			}
			for range token&15 + 2 {
				put(ring[read])
				read = (read + 1) % len(ring)
			}
		}
	}
	return out
}

// rtfHidden are groups whose text is not the letter's words.
var rtfHidden = map[string]bool{
	"fonttbl": true, "colortbl": true, "stylesheet": true, "info": true, "pict": true, "object": true, "header": true, "footer": true,
	"htmltag": true, "mhtmltag": true, "generator": true, "themedata": true, "datastore": true, "listtable": true, "listoverridetable": true,
}

// rtfMarks are control words that stand for a character.
var rtfMarks = map[string]string{
	"par": "\n", "line": "\n", "tab": "\t", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•",
	"endash": "–", "emdash": "—", "row": "\n", "cell": "\t", "sect": "\n", "page": "\n",
}

// RTFText gives the words of Rich Text. words turns bytes of a code page into text.
func RTFText(rtf []byte, words func(codepage int, b []byte) string) string {
	r := rtfReader{words: words, codepage: 1252, unicodeSkip: 1}
	r.read(rtf)
	r.flush()
	return strings.TrimSpace(r.out.String())
}

type rtfReader struct {
	words       func(int, []byte) string
	out         strings.Builder
	pending     []byte // bytes of the code page not yet turned into text
	codepage    int
	unicodeSkip int
	skip        int // characters that stand for a \u already read
	depth       int
	hidden      int // depth of the group that is hidden; 0: none
	htmlRTF     bool
}

func (r *rtfReader) read(b []byte) {
	for i := 0; i < len(b) && r.out.Len() < maxRTF; {
		c := b[i]
		i++
		switch c {
		case '{':
			r.depth++
		case '}':
			if r.depth--; r.depth < r.hidden {
				r.hidden = 0
			}
		case '\\':
			i += r.control(b[i:])
		case '\r', '\n':
		default:
			r.char(c)
		}
	}
}

// char takes a byte of text.
func (r *rtfReader) char(c byte) {
	if r.skip > 0 {
		r.skip--
		return
	}
	if r.hidden == 0 && !r.htmlRTF {
		r.pending = append(r.pending, c)
	}
}

func (r *rtfReader) flush() {
	if len(r.pending) > 0 {
		r.out.WriteString(r.words(r.codepage, r.pending))
		r.pending = r.pending[:0]
	}
}

// control takes what stands after a backslash and says how many bytes it was.
func (r *rtfReader) control(b []byte) int {
	if len(b) == 0 {
		return 0
	}
	if b[0] == '\'' && len(b) >= 3 {
		if v, err := strconv.ParseUint(string(b[1:3]), 16, 8); err == nil {
			r.char(byte(v))
		}
		return 3
	}
	n := 0
	for n < len(b) && n < 32 && (b[n]|0x20 >= 'a' && b[n]|0x20 <= 'z') {
		n++
	}
	if n == 0 {
		switch b[0] {
		case '*':
			r.hide()
		case '~':
			r.char(' ')
		case '\\', '{', '}':
			r.char(b[0])
		case '\r', '\n':
			r.mark("\n")
		}
		return 1
	}
	word, digits := string(b[:n]), n
	for digits < len(b) && digits < n+11 && (b[digits] >= '0' && b[digits] <= '9' || digits == n && b[digits] == '-') {
		digits++
	}
	value, err := strconv.Atoi(string(b[n:digits]))
	r.word(word, value, err == nil)
	if digits < len(b) && b[digits] == ' ' {
		digits++
	}
	return digits
}

func (r *rtfReader) hide() {
	if r.hidden == 0 {
		r.hidden = r.depth
	}
}

func (r *rtfReader) mark(s string) {
	if r.hidden == 0 {
		r.flush()
		r.out.WriteString(s)
	}
}

func (r *rtfReader) word(word string, value int, has bool) {
	switch {
	case rtfHidden[word]:
		r.hide()
	case word == "htmlrtf":
		r.htmlRTF = !has || value != 0
	case word == "ansicpg" && has:
		r.flush()
		r.codepage = value
	case word == "uc" && has:
		r.unicodeSkip = min(max(value, 0), 10)
	case word == "u" && has:
		if !r.htmlRTF {
			r.mark(string(rune(uint16(value))))
		}
		r.skip = r.unicodeSkip
	case word == "bin" && has:
		r.skip = min(max(value, 0), maxRTF)
	default:
		r.mark(rtfMarks[word])
	}
}
