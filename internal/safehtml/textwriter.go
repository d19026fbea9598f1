package safehtml

import (
	"strings"
	"unicode"
)

const maxQuotes = 20

// noRow is textWriter.rowLine when no cell of the row holds words yet.
const noRow = -1

// textWriter lays out text: white space folded, lines and empty lines where
// asked for, each line behind its quote marks.
type textWriter struct {
	out    strings.Builder
	gaps   int  // line breaks owed before the next words
	space  bool // a space is owed before the next word
	inLine bool // words stand in the current line
	quotes int  // depth of quotes we are in
	// lineQuotes is quotes as it was when the last line began.
	lineQuotes int
	pre        int // depth of elements that keep their white space

	line      int    // lines ended so far
	rowLine   int    // line in which the table row began
	atCell    bool   // a cell began and holds no words yet
	separator string // owed before the next words, between two cells
}

func (w *textWriter) full() bool { return w.out.Len() > maxTextOutput }

// gap asks for lines line breaks (2: an empty line) before what follows, if
// anything stands before it (in its cell).
func (w *textWriter) gap(lines int) {
	w.space = false
	if w.out.Len() > 0 && !w.atCell {
		w.gaps = max(w.gaps, lines)
	}
}

// breakLine ends the line; several make one empty line.
func (w *textWriter) breakLine() { w.gap(min(w.gaps+1, 2)) }

// row begins or ends a row of a table.
func (w *textWriter) row(lines int) {
	w.separator, w.atCell = "", false
	if w.inLine && w.rowLine == w.line {
		w.gaps = 0 // paragraphs in cells do not tear a table of short cells apart
	}
	w.gap(lines)
	w.rowLine = noRow
}

// cell begins a cell: in the line of the one before, if that had only one line.
func (w *textWriter) cell() {
	w.space = false
	if w.inLine && w.rowLine == w.line {
		w.gaps, w.separator = 0, " | "
	} else {
		w.gap(1)
	}
	w.atCell = true
}

// words writes text, folded unless in pre.
func (w *textWriter) words(text string) {
	if w.pre > 0 {
		w.keep(text)
		return
	}
	for text != "" {
		end := strings.IndexFunc(text, unicode.IsSpace)
		if end == 0 {
			w.space = true
			text = strings.TrimLeftFunc(text, unicode.IsSpace)
			continue
		}
		if end < 0 {
			end = len(text)
		}
		w.word(text[:end])
		text = text[end:]
	}
}

func (w *textWriter) word(word string) {
	word = strings.Map(visible, word)
	if word == "" {
		return
	}
	if w.space && w.inLine && w.gaps == 0 && w.separator == "" {
		w.out.WriteByte(' ')
	}
	w.space = false
	w.raw(word)
}

// keep writes lines as they are.
func (w *textWriter) keep(text string) {
	for i, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if i > 0 {
			w.breakLine()
		}
		if line != "" {
			w.raw(strings.Map(visible, line))
		}
	}
}

// raw writes text as it is, after what is owed and the quote marks.
func (w *textWriter) raw(text string) {
	for ; w.gaps > 0; w.gaps-- {
		w.out.WriteByte('\n')
		w.line++
		w.inLine = false
		if w.gaps > 1 {
			w.out.WriteString(strings.TrimSuffix(marks(min(w.quotes, w.lineQuotes)), " "))
		}
	}
	if !w.inLine {
		w.out.WriteString(marks(w.quotes))
		w.lineQuotes = w.quotes
		w.inLine = true
	}
	if w.rowLine == noRow {
		w.rowLine = w.line
	}
	w.out.WriteString(w.separator)
	w.separator, w.atCell = "", false
	w.out.WriteString(text)
}

func marks(quotes int) string { return strings.Repeat("> ", min(quotes, maxQuotes)) }

// position and since tell what was written from a moment on.
func (w *textWriter) position() int { return w.out.Len() }

func (w *textWriter) since(position int) string { return w.out.String()[position:] }

// finish returns the text, with "…" when something was left out.
func (w *textWriter) finish(cut bool) string {
	text, over := shorten(w.out.String(), maxTextOutput)
	text = strings.TrimRightFunc(text, unicode.IsSpace)
	if cut || over {
		text += "…"
	}
	return text
}

// visible drops what newsletters pad their first line with, and controls.
func visible(r rune) rune {
	switch r {
	case '\t':
		return r
	case '\u200b', '\u200c', '\u034f', '\u00ad', '\ufeff':
		return -1
	}
	if unicode.IsControl(r) {
		return -1
	}
	return r
}
