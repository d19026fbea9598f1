// Package unpack takes files out of what mail programs of other days and makers
// wrap them in: uuencode, yEnc, BinHex, TNEF, CMS. It does no I/O, bounds what
// it makes, and takes time linear in its input.
package unpack

import "bytes"

const (
	maxFiles = 500      // of one letter's text or TNEF stream
	maxRTF   = 16 << 20 // bytes of Rich Text after unpacking
)

// File is one file that was taken out.
type File struct {
	Name      string // as it was given: may hold a path, may be empty
	Type      string // media type; empty if not given
	ContentID string // without angle brackets; empty if none
	Inline    bool   // a picture within the words
	Content   []byte
	Damaged   bool // some of it could not be decoded, or its end is missing
}

// Embedded takes uuencoded, yEnc and BinHex files out of a text; rest is the
// text without them. Words that only look like the beginning of one stay. limit
// is how many bytes the BinHex files may have together: they may be packed.
func Embedded(text []byte, limit int) (files []File, rest []byte) {
	if !bytes.Contains(text, []byte("begin ")) && !bytes.Contains(text, []byte("=ybegin ")) && !bytes.Contains(text, []byte("BinHex")) {
		return nil, text
	}
	kept := 0 // text[kept:] is not in rest yet
	for pos := 0; pos < len(text) && len(files) < maxFiles; {
		line, next := cutLine(text, pos)
		var f File
		end, found := 0, false
		switch {
		case bytes.HasPrefix(line, []byte("begin ")):
			f, end, found = uuencoded(text, line, next)
		case bytes.HasPrefix(line, []byte("=ybegin ")):
			f, end, found = yEncoded(text, line, next)
		case bytes.HasPrefix(line, []byte("(This file must be converted with BinHex")):
			f, end, found = binHexed(text, next, limit)
			limit -= len(f.Content)
		}
		if found {
			files = append(files, f)
			rest = append(rest, text[kept:pos]...)
			kept, next = end, end
		}
		pos = next
	}
	return files, append(rest, text[kept:]...)
}

// cutLine returns the line at pos without its end, and where the next begins.
func cutLine(text []byte, pos int) (line []byte, next int) {
	end := bytes.IndexByte(text[pos:], '\n')
	if end < 0 {
		return bytes.TrimRight(text[pos:], "\r"), len(text)
	}
	return bytes.TrimRight(text[pos:pos+end], "\r"), pos + end + 1
}
