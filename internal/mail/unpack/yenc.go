package unpack

import (
	"bytes"
	"strings"
)

// yEncoded decodes the lines from pos on, which stand after the line begin
// ("=ybegin line=128 size=584 name=photo.jpg", yEnc 1.3).
func yEncoded(text, begin []byte, pos int) (f File, end int, ok bool) {
	_, name, found := strings.Cut(string(begin[:min(len(begin), 1000)]), " name=")
	if !found || !bytes.Contains(begin, []byte(" size=")) {
		return File{}, 0, false
	}
	f.Name = strings.TrimSpace(name)
	for pos < len(text) {
		line, next := cutLine(text, pos)
		switch {
		case bytes.HasPrefix(line, []byte("=yend")):
			return f, next, true
		case bytes.HasPrefix(line, []byte("=ypart ")):
		default:
			f.Content = yLine(f.Content, line)
		}
		pos = next
	}
	f.Damaged = true
	return f, pos, len(f.Content) > 0
}

func yLine(out, line []byte) []byte {
	for i := 0; i < len(line); i++ {
		c := line[i]
		if c == '=' && i+1 < len(line) {
			i++
			c = line[i] - 64
		}
		out = append(out, c-42)
	}
	return out
}
