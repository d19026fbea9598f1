package safehtml

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

const maxStyle = 4 << 10

// styleProperties change how a letter looks and nothing else: none of them
// loads, moves over other things or follows the window's size.
var styleProperties = strings.Fields(`
	background background-color background-position background-repeat background-size border border-bottom border-bottom-color border-bottom-style border-bottom-width
	border-collapse border-color border-left border-left-color border-left-style border-left-width border-radius
	border-right border-right-color border-right-style border-right-width border-spacing border-style border-top
	border-top-color border-top-style border-top-width border-width box-sizing clear color direction display
	empty-cells float font font-family font-size font-style font-variant font-weight height letter-spacing
	line-height list-style list-style-position list-style-type margin margin-bottom margin-left margin-right
	margin-top max-height max-width min-height min-width overflow overflow-wrap padding padding-bottom padding-left
	padding-right padding-top table-layout text-align text-decoration text-decoration-color text-decoration-line
	text-decoration-style text-indent text-transform vertical-align white-space width word-break word-spacing word-wrap`)

var (
	// No colon, backslash, brace or slash-star: no addresses, escapes or comments.
	styleCharacters = regexp.MustCompile(`^[\p{L}0-9 #.,%()'"!+/-]{1,300}$`)
	styleFunction   = regexp.MustCompile(`([\p{L}0-9-]*)\s*\(`)
	colourFunction  = exactly(`rgba?|hsla?`)
	// A height that follows the window's makes the frame grow, which makes it grow.
	windowUnit = regexp.MustCompile(`[0-9.]\s*(?:[sld]?v(?:h|w|i|b|min|max)|cq[a-z]+)`)
	// A length of 10000 or more (a colour such as #112233 is not one).
	hugeNumber = regexp.MustCompile(`(?:^|[^#0-9a-f.])[0-9]{5,}`)
)

// styleValue says whether value may stand behind a property.
func styleValue(value string) bool {
	value = strings.ToLower(value)
	if !styleCharacters.MatchString(value) || windowUnit.MatchString(value) || hugeNumber.MatchString(value) {
		return false
	}
	for _, call := range styleFunction.FindAllStringSubmatch(value, -1) {
		if !colourFunction.MatchString(call[1]) {
			return false
		}
	}
	return true
}

// withoutOddStyle drops a style that holds escapes or comments, before programs
// that may read those otherwise than browsers do look at it.
func withoutOddStyle(attributes []html.Attribute) []html.Attribute {
	out := attributes[:0]
	for _, attr := range attributes {
		odd := len(attr.Val) > maxStyle || strings.ContainsAny(attr.Val, "\\{}<>@") || strings.Contains(attr.Val, "/*")
		if attr.Key != "style" || !odd {
			out = append(out, attr)
		}
	}
	return out
}
