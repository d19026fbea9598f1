package unpack

import (
	"bytes"
	"regexp"
	"strings"
)

var uuBegin = regexp.MustCompile(`^begin(?:-base64)? ([0-7]{3,4}) (\S.*?)\s*$`)

// UUDecode decodes a body that is one uuencoded file (the transfer encodings
// uuencode, x-uuencode and x-uue). false if it is none.
func UUDecode(body []byte) (f File, ok bool) {
	for pos := 0; pos < len(body); {
		line, next := cutLine(body, pos)
		if f, _, ok := uuencoded(body, line, next); ok {
			return f, true
		}
		pos = next
	}
	return File{}, false
}

// uuencoded decodes the lines from pos on, which stand after the line begin. A
// sentence that begins so is followed by no such line.
func uuencoded(text, begin []byte, pos int) (f File, end int, ok bool) {
	m := uuBegin.FindSubmatch(begin)
	if m == nil || len(begin) > 300 || bytes.HasPrefix(begin, []byte("begin-")) {
		return File{}, 0, false
	}
	f.Name = string(m[2])
	full := 0
	for pos < len(text) {
		line, next := cutLine(text, pos)
		trimmed := bytes.TrimRight(line, " \t")
		if string(trimmed) == "end" {
			return f, next, true
		}
		if len(trimmed) == 0 || string(trimmed) == "`" {
			pos = next
			if len(trimmed) == 0 && !endFollows(text, next) {
				break
			}
			continue
		}
		decoded, good := uuLine(line)
		if !good {
			break
		}
		if line[0] == 'M' {
			full++
		}
		f.Content = append(f.Content, decoded...)
		pos = next
	}
	f.Damaged = true
	return f, pos, full > 0
}

// endFollows says whether the next line with anything on it ends the file.
func endFollows(text []byte, pos int) bool {
	for range 3 {
		if pos >= len(text) {
			return false
		}
		line, next := cutLine(text, pos)
		if s := strings.TrimSpace(string(line[:min(len(line), 10)])); s != "" {
			return s == "end" || s == "`"
		}
		pos = next
	}
	return false
}

// uuLine decodes one line: its length, then four characters for three bytes.
// Spaces at the end may have been lost on the way, a checksum may follow.
func uuLine(line []byte) ([]byte, bool) {
	if line[0] < ' ' || line[0] > '`' {
		return nil, false
	}
	n := int(line[0]-' ') & 63
	data := line[1:]
	want := (n + 2) / 3 * 4
	if n == 0 || len(data) > want+2 {
		return nil, false
	}
	out := make([]byte, 0, n+2)
	at := func(i int) byte {
		if i < len(data) {
			return (data[i] - ' ') & 63
		}
		return 0
	}
	for _, c := range data {
		if c < ' ' || c > '`' {
			return nil, false
		}
	}
	for i := 0; i < want; i += 4 {
		a, b, c, d := at(i), at(i+1), at(i+2), at(i+3)
		out = append(out, a<<2|b>>4, b<<4|c>>2, c<<6|d)
	}
	return out[:n], true
}
