package safehtml

import (
	"regexp"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
)

// ownFile is the address of a file of ours. It holds no "..", so that it cannot
// lead elsewhere, and no query.
var ownFile = regexp.MustCompile(`^` + FilesPath + `[A-Za-z0-9_~-]+(?:[./][A-Za-z0-9_~-]+)*$`)

var composerElements = knownElements(`a b blockquote br code div h3 i img li ol p pre s table tbody td th thead tr u ul
	strong>b em>i del>s strike>s h1>h3 h2>h3 h4>h3 h5>h3 h6>h3 tt>code kbd>code samp>code tfoot>tbody
	address>div article>div aside>div center>div dd>div dl>div dt>div figure>div footer>div header>div main>div
	nav>div section>div`)

var inlineElements = func() map[string]string {
	more := knownElements(`abbr caption cite dd dl dt hr ins q small sub sup`)
	for from, to := range composerElements {
		if more[from] == "" {
			more[from] = to
		}
	}
	return more
}()

// Composer cleans what was typed into the editor, to stand directly in a page
// whose policy forbids inline styles: paragraphs, lists, quotes, code, links,
// headings of one size, plain tables, and pictures that are files of ours.
// Nothing else; too much of it comes as the HTML of its text.
func Composer(text string) string { return cleanInline(text, composerElements, composerPolicy()) }

// Inline cleans a letter's HTML so far that it may stand directly in such a
// page. It loses colours, sizes and widths; Simple says whether that matters.
func Inline(text string) string { return cleanInline(text, inlineElements, inlinePolicy()) }

func cleanInline(text string, elements map[string]string, policy *bluemonday.Policy) string {
	inline := builder{elements: elements, attributes: inlineAttributes, policy: policy}
	clean, err := inline.clean(text)
	if err != nil {
		return FromText(Text(text))
	}
	return clean
}

func inlineAttributes(from *html.Node) ([]html.Attribute, bool) {
	switch from.Data {
	case "a":
		return linkAttributes(from), true
	case "img":
		return without(from), ownFile.MatchString(attribute(from, "src"))
	}
	return without(from), true
}

func inlineRules(elements map[string]string) *bluemonday.Policy {
	p := basePolicy(elements)
	p.AllowAttrs("src").Matching(ownFile).OnElements("img")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("width", "height").Matching(exactly(`[0-9]{1,4}`)).OnElements("img")
	p.AllowAttrs("colspan", "rowspan").Matching(span).OnElements("td", "th")
	p.AllowAttrs("start").Matching(exactly(`[0-9]{1,6}`)).OnElements("ol")
	return p
}

var (
	composerPolicy = sync.OnceValue(func() *bluemonday.Policy { return inlineRules(composerElements) })
	inlinePolicy   = sync.OnceValue(func() *bluemonday.Policy { return inlineRules(inlineElements) })
)

// Simple says whether a Clean.HTML loses nothing a reader would miss when it is
// shown by Inline instead of in its frame: common letters from person to person do not.
func Simple(clean string) bool {
	body, err := parse(clean)
	if err != nil {
		return false
	}
	for node := range body.Descendants() {
		if node.Type == html.ElementNode && !plainElement(node) {
			return false
		}
	}
	return true
}

func plainElement(node *html.Node) bool {
	switch node.Data {
	case "span", "font":
		// Tags that only carry looks: judged by their attributes.
	case "img":
		if !ownFile.MatchString(attribute(node, "src")) {
			return false
		}
	case "center", "h1", "h2", "h4", "h5", "h6":
		return false
	default:
		if inlineElements[node.Data] == "" {
			return false
		}
	}
	for _, attr := range node.Attr {
		if !plainAttribute(node.Data, attr) {
			return false
		}
	}
	return true
}

func plainAttribute(element string, attr html.Attribute) bool {
	switch attr.Key {
	case "href", "target", "rel", "dir", "alt", "title", "src", "colspan", "rowspan", "start", "face":
		return true
	case "width", "height":
		return element == "img"
	case "style":
		for declaration := range strings.SplitSeq(attr.Val, ";") {
			property, value, _ := strings.Cut(strings.ToLower(declaration), ":")
			if !plainStyle(element, strings.TrimSpace(property), strings.TrimSpace(value)) {
				return false
			}
		}
		return true
	}
	return false
}

var (
	darkColour   = exactly(`black|windowtext|inherit|initial|rgb\([0-6]?[0-9], ?[0-6]?[0-9], ?[0-6]?[0-9]\)|#[0-4]{3}|#(?:[0-4][0-9a-f]){3}`)
	lightColour  = exactly(`white|transparent|inherit|initial|none|rgb\(255, ?255, ?255\)|#fff|#ffffff`)
	readableSize = exactly(`small|medium|inherit|initial|(?:9|1[0-6])(?:\.[0-9]+)?(?:px|pt)|1(?:\.0+)?r?em|100%`)
	plainValue   = exactly(`|normal|inherit|initial|none|auto|start|left|400|baseline|0(?:px|pt|em)?`)
)

// plainStyle says whether a declaration is one of those mail programs put on
// every paragraph.
func plainStyle(element, property, value string) bool {
	switch property {
	case "", "font-family", "line-height", "direction", "box-sizing",
		"margin", "margin-top", "margin-bottom", "margin-right", "padding", "padding-top", "padding-bottom", "padding-right",
		"white-space", "word-break", "word-wrap", "overflow-wrap":
		return true
	case "display", "height", "max-height", "overflow", "width", "max-width":
		return value == "auto" // else it may hide something
	case "font-size":
		return readableSize.MatchString(value)
	case "color":
		return darkColour.MatchString(value)
	case "background", "background-color":
		return lightColour.MatchString(value)
	}
	if element == "blockquote" && (strings.HasPrefix(property, "border") || strings.HasPrefix(property, "margin") || strings.HasPrefix(property, "padding")) {
		return true
	}
	return plainValue.MatchString(value)
}
