package db

import (
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// maxTexts bounds what is remembered per SQL text; statements are written in
// the program, so only composed ones can be that many.
const maxTexts = 512

// placeholders turns "?" into "$1", "$2", … and remembers each text.
type placeholders struct {
	known sync.Map // string → string
	count atomic.Int64
}

func (p *placeholders) number(text string) string {
	if v, ok := p.known.Load(text); ok {
		return v.(string)
	}
	numbered := numberPlaceholders(text)
	if p.count.Add(1) <= maxTexts {
		p.known.Store(text, numbered)
	}
	return numbered
}

// numberPlaceholders leaves alone the question marks within quotes and comments.
func numberPlaceholders(text string) string {
	var b strings.Builder
	n := 0
	for i := 0; i < len(text); {
		if end := quotedEnd(text, i); end > i {
			b.WriteString(text[i:end])
			i = end
			continue
		}
		if text[i] == '?' {
			n++
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n))
		} else {
			b.WriteByte(text[i])
		}
		i++
	}
	return b.String()
}

// quotedEnd returns where the quoted text or comment that begins at i ends; i
// when none begins there. What is never closed runs to the end.
func quotedEnd(text string, i int) int {
	rest := text[i:]
	until := func(from int, close string) int {
		if j := strings.Index(rest[from:], close); j >= 0 {
			return i + from + j + len(close)
		}
		return len(text)
	}
	switch {
	case rest[0] == '\'' || rest[0] == '"': // a doubled quote reads as two texts side by side
		return until(1, rest[:1])
	case strings.HasPrefix(rest, "--"):
		return until(2, "\n")
	case strings.HasPrefix(rest, "/*"):
		return until(2, "*/")
	}
	return i
}
