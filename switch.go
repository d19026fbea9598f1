package okno

import (
	"slices"
	"strings"
)

// Way is how a person is told.
type Way string

const (
	WayBell    Way = "bell"    // on our own pages
	WayLetter  Way = "letter"  //
	WayBrowser Way = "browser" // where the person allowed it, also with our pages closed
)

// Ways lists them as the page does.
var Ways = []Way{WayBell, WayLetter, WayBrowser}

// Switches are a person's own choices of what to be told by which way, where
// they differ from those at first: "answers.letter=off department.bell=on".
// The empty value is as at first.
type Switches string

// atFirst: everything but what is nobody's work yet, of which a letter is
// enough.
func atFirst(m Matter, w Way) bool { return m != MatterDepartment || w == WayLetter }

func switchName(m Matter, w Way) string { return string(m) + "." + string(w) + "=" }

// On reports whether the person wants to be told of a matter by a way.
func (s Switches) On(m Matter, w Way) bool {
	name := switchName(m, w)
	for chosen := range strings.FieldsSeq(string(s)) {
		if value, ok := strings.CutPrefix(chosen, name); ok {
			return value == "on"
		}
	}
	return atFirst(m, w)
}

// Set is the switches with one turned on or off.
func (s Switches) Set(m Matter, w Way, on bool) Switches {
	name := switchName(m, w)
	rest := slices.DeleteFunc(strings.Fields(string(s)), func(chosen string) bool { return strings.HasPrefix(chosen, name) })
	if on != atFirst(m, w) {
		value := "off"
		if on {
			value = "on"
		}
		rest = append(rest, name+value)
	}
	return Switches(strings.Join(rest, " "))
}
