package mail

import (
	"regexp"
	"strings"
)

// Cut is a letter's words without what it quotes.
type Cut struct {
	Text, HTML string // what is new; both whole if nothing was cut
	Quoted     bool   // something was cut
	QuotedText string // what was cut, as text
}

// maxSearched is how many lines are searched for the beginning of a quotation.
const maxSearched = 10_000

// CutQuote takes the quotation of earlier letters and the signature after "-- "
// out of a reply. It cuts only what a program has marked as quoted: in doubt, when
// answers stand between the quoted lines, when a letter is forwarded, or when
// nothing would be left, the letter stays whole. Either form may be "".
func CutQuote(text, html string) Cut {
	whole := Cut{Text: text, HTML: html}
	fromText := cutText(text)
	fromHTML := cutHTML(html)
	if fromText.mixed || fromHTML.mixed {
		return whole
	}
	if !fromText.cut && !fromHTML.cut {
		return whole
	}
	c := Cut{Text: text, HTML: html, Quoted: true}
	if fromText.cut {
		c.Text, c.QuotedText = fromText.kept, fromText.removed
	}
	if fromHTML.cut {
		c.HTML = fromHTML.kept
		if !fromText.cut && text != "" {
			c.Text = textFromHTML(fromHTML.kept)
		}
		if c.QuotedText == "" {
			c.QuotedText = fromHTML.removed
		}
		if below := cutText(c.Text); !fromText.cut && below.cut { // the signature above what was cut
			c.Text, c.QuotedText = below.kept, below.removed+"\n"+c.QuotedText
		}
	}
	return c
}

// cutting is what became of one form of the words.
type cutting struct {
	cut           bool
	mixed         bool // answers between quoted lines, or a forwarded letter: leave whole
	kept, removed string
}

// cutText cuts plain text.
func cutText(text string) cutting {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	before, quoted, after, mixed := partQuote(lines)
	if mixed {
		return cutting{mixed: true}
	}
	before, signature := cutSignature(before, false)
	quoted = append(signature, quoted...)
	after, signature = cutSignature(after, strings.TrimSpace(strings.Join(before, "")) != "")
	quoted = append(quoted, signature...)
	kept := strings.Trim(strings.Join(before, "\n"), "\n")
	if rest := strings.Trim(strings.Join(after, "\n"), "\n"); strings.TrimSpace(rest) != "" {
		kept = strings.TrimLeft(kept+"\n\n"+rest, "\n")
	}
	if len(quoted) == 0 || strings.TrimSpace(kept) == "" {
		return cutting{}
	}
	return cutting{cut: true, kept: strings.TrimRight(kept, " \n"), removed: strings.Trim(strings.Join(quoted, "\n"), "\n")}
}

// partQuote finds the first quotation. quoted is empty if there is none.
func partQuote(lines []string) (before, quoted, after []string, mixed bool) {
	for i, line := range lines[:min(len(lines), maxSearched)] {
		switch {
		case forwardMark.MatchString(line):
			return nil, nil, nil, true
		case !isMarked(line) && (originalMark.MatchString(line) || dashedAttribution(line) || isHeaderBlock(lines, i)):
			return dropRule(lines[:i]), lines[i:], nil, false
		case isMarked(line) && (isAttributionWithin(lines, i) || isHeaderBlock(lines, i)):
			return partMarked(lines, i, i)
		case endsAttribution(line):
			start, grade := attributionEndingAt(lines[:i+1], i)
			next := nextWords(lines, i+1)
			switch {
			case grade > noAttribution && next < len(lines) && isMarked(lines[next]):
				return partMarked(lines, start, next)
			case grade == fullAttribution && next < len(lines):
				return lines[:start], lines[start:], nil, false
			}
		}
	}
	return lines, nil, nil, false
}

// partMarked parts the lines at a quotation of ">" lines that begins at first
// with its attribution at start. A second quotation further down means that
// answers stand between.
func partMarked(lines []string, start, first int) (before, quoted, after []string, mixed bool) {
	end := first
	for i := first; i < len(lines) && (isMarked(lines[i]) || strings.TrimSpace(lines[i]) == ""); i++ {
		if isMarked(lines[i]) {
			end = i + 1
		}
	}
	for _, line := range lines[end:] {
		if isMarked(line) {
			return nil, nil, nil, true
		}
	}
	return lines[:start], lines[start:end:end], lines[end:], false
}

func isMarked(line string) bool { return strings.HasPrefix(strings.TrimLeft(line, " "), ">") }

// isAttributionWithin knows Apple's way: the attribution is itself quoted.
func isAttributionWithin(lines []string, i int) bool {
	var inner []string
	for _, line := range lines[i:min(len(lines), i+4)] {
		if !isMarked(line) {
			break
		}
		line = strings.TrimLeft(line, "> ")
		if forwardMark.MatchString(line) {
			return false
		}
		inner = append(inner, line)
		if endsAttribution(line) {
			_, grade := attributionEndingAt(inner, len(inner)-1)
			return grade > noAttribution
		}
	}
	return false
}

func nextWords(lines []string, from int) int {
	for i := from; i < len(lines) && i < from+3; i++ {
		if strings.TrimSpace(lines[i]) != "" {
			return i
		}
	}
	return len(lines)
}

// dashedWords is a line that stands above a block, in whatever language.
var dashedWords = regexp.MustCompile(`^[-_]{3,}\s?[\p{L} '’-]{5,60}\s?[-_]{3,}$`)

// dropRule takes away the line of underscores Outlook puts above its block, or
// of words between dashes.
func dropRule(lines []string) []string {
	end := len(lines)
	for end > 0 && strings.TrimSpace(lines[end-1]) == "" {
		end--
	}
	if end > 0 && dashedWords.MatchString(strings.TrimSpace(lines[end-1])) {
		return lines[:end-1]
	}
	if end > 0 && len(strings.TrimSpace(lines[end-1])) >= 8 && strings.Trim(strings.TrimSpace(lines[end-1]), "_-") == "" {
		return lines[:end-1]
	}
	return lines
}
