// Package safehtml makes HTML from strangers harmless, and text from HTML.
//
// HTML is cleaned twice, by two programs that do not share their mistakes: the
// parsed tree is rebuilt from elements we know, then bluemonday checks every
// tag and attribute of the result against a list. What is cleaned is stored:
// cleaning costs milliseconds.
package safehtml

import (
	"errors"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// What goes over a limit is shown as text instead: browsers suffer from it, and
// no person wrote it.
const (
	maxBytes = 1 << 20
	maxTags  = 50_000
	maxDepth = 200
)

// FilesPath begins the address of every file a message may show.
const FilesPath = "/files/"

var errTooMuch = errors.New("safehtml: too large or too deep")

// swallowed elements go with all that is in them; of others that are not known
// only the tags go.
var swallowed = set("applet audio base canvas datalist dialog embed frame frameset head iframe input link map math " +
	"meta noembed noframes object optgroup option script select style svg template textarea title video")

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, word := range strings.Fields(words) {
		out[word] = true
	}
	return out
}

// builder rebuilds a tree of unknown HTML from known elements.
type builder struct {
	// elements names what each known element becomes.
	elements map[string]string
	// attributes returns those to keep, or false to leave the element out.
	attributes func(from *html.Node) ([]html.Attribute, bool)
	policy     *bluemonday.Policy
}

// clean returns text made harmless, or errTooMuch.
func (b *builder) clean(text string) (string, error) {
	body, err := parse(text)
	if err != nil {
		return "", err
	}
	top := &html.Node{Type: html.DocumentNode}
	if err := b.copyChildren(top, body, 0); err != nil {
		return "", err
	}
	var out strings.Builder
	if err := html.Render(&out, top); err != nil {
		return "", err
	}
	return b.policy.Sanitize(out.String()), nil
}

// parse returns the body of an HTML document or fragment.
func parse(text string) (*html.Node, error) {
	if len(text) > maxBytes || strings.Count(text, "<") > maxTags {
		return nil, errTooMuch
	}
	// Scripting off: the content of noscript is what will be shown.
	document, err := html.ParseWithOptions(strings.NewReader(text), html.ParseOptionEnableScripting(false))
	if err != nil {
		return nil, errors.Join(errTooMuch, err) // the parser's own limit of depth
	}
	for node := range document.Descendants() {
		if node.DataAtom == atom.Body && node.Namespace == "" {
			return node, nil
		}
	}
	return nil, errTooMuch // a frameset has no body
}

func (b *builder) copyChildren(to, from *html.Node, depth int) error {
	if depth > maxDepth {
		return errTooMuch
	}
	for child := from.FirstChild; child != nil; child = child.NextSibling {
		if child.Type == html.TextNode {
			to.AppendChild(&html.Node{Type: html.TextNode, Data: child.Data})
			continue
		}
		if child.Type != html.ElementNode || child.Namespace != "" || swallowed[child.Data] {
			continue
		}
		name, known := b.elements[child.Data]
		if !known {
			if err := b.copyChildren(to, child, depth); err != nil {
				return err
			}
			continue
		}
		attributes, keep := b.attributes(child)
		if !keep {
			continue
		}
		element := &html.Node{Type: html.ElementNode, Data: name, DataAtom: atom.Lookup([]byte(name)), Attr: attributes}
		to.AppendChild(element)
		if err := b.copyChildren(element, child, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// knownElements maps each of the words to itself, and each of the pairs'
// ("section>div") left side to its right.
func knownElements(words string) map[string]string {
	out := map[string]string{}
	for _, word := range strings.Fields(words) {
		from, to, renamed := strings.Cut(word, ">")
		if !renamed {
			to = from
		}
		out[from] = to
	}
	return out
}

// basePolicy allows the given elements without attributes, and links.
func basePolicy(elements map[string]string) *bluemonday.Policy {
	policy := bluemonday.NewPolicy()
	for _, name := range elements {
		policy.AllowElements(name)
		// Else a bare <span> is dropped and takes another's closing tag with it.
		policy.AllowNoAttrs().OnElements(name)
	}
	policy.RequireParseableURLs(true)
	policy.AllowRelativeURLs(true) // of pictures; links are held to schemes by linkAttributes
	policy.AllowURLSchemes(linkSchemes...)
	policy.AllowAttrs("href").Matching(absoluteLink).OnElements("a")
	policy.AllowAttrs("target").Matching(exactly("_blank")).OnElements("a")
	policy.AllowAttrs("rel").Matching(exactly(linkRel)).OnElements("a")
	policy.AllowAttrs("dir").Matching(exactly("ltr|rtl|auto")).Globally()
	return policy
}

func attribute(node *html.Node, key string) string {
	for _, attr := range node.Attr {
		if attr.Key == key && attr.Namespace == "" {
			return attr.Val
		}
	}
	return ""
}

// without returns node's attributes but those named.
func without(node *html.Node, keys ...string) []html.Attribute {
	var out []html.Attribute
next:
	for _, attr := range node.Attr {
		for _, key := range keys {
			if attr.Key == key {
				continue next
			}
		}
		out = append(out, attr)
	}
	return out
}
