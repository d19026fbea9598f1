package locale

import (
	"fmt"
	"strings"
)

// blanks is a text with places for values, "{{.Name}}", taken apart once: pages
// and letters fill in a great many.
type blanks struct {
	before []string // each place's preceding text
	names  []string // each place's name
	rest   string
}

func newBlanks(text string) blanks {
	var b blanks
	for {
		before, after, ok := strings.Cut(text, "{{.")
		name, rest, closed := strings.Cut(after, "}}")
		if !ok || !closed {
			b.rest = text
			return b
		}
		b.before, b.names, text = append(b.before, before), append(b.names, name), rest
	}
}

// fill puts values, given as pairs of a name and a value, into their places;
// false: one is missing, or args are no pairs.
func (b blanks) fill(args []any) (string, bool) {
	if len(args)%2 != 0 {
		return "", false
	}
	for i := 0; i < len(args); i += 2 {
		if _, ok := args[i].(string); !ok {
			return "", false
		}
	}
	var out strings.Builder
	for i, name := range b.names {
		value, ok := valueOf(args, name)
		if !ok {
			return "", false
		}
		out.WriteString(b.before[i])
		if text, ok := value.(string); ok {
			out.WriteString(text)
		} else {
			fmt.Fprint(&out, value)
		}
	}
	out.WriteString(b.rest)
	return out.String(), true
}

func valueOf(args []any, name string) (any, bool) {
	for i := 0; i < len(args); i += 2 {
		if args[i] == name {
			return args[i+1], true
		}
	}
	return nil, false
}
