package mail

import (
	"bytes"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Marks of programs in HTML. A quotation is an element; Outlook marks only where
// the earlier letter begins, everything after it is quoted.
var (
	quoteClasses     = map[string]bool{"gmail_quote": true, "gmail_quote_container": true, "yahoo_quoted": true, "protonmail_quote": true, "tutanota_quote": true, "zmail_extra": true}
	signatureClasses = map[string]bool{"gmail_signature": true, "gmail_signature_prefix": true, "moz-signature": true}
	signatureIDs     = map[string]bool{"ms-outlook-mobile-signature": true, "composer_signature": true}
	restIDs          = map[string]bool{"appendonsend": true, "divrplyfwdmsg": true, "mail-editor-reference-message-container": true, "olk_src_body_section": true, "zwchr": true, "stopspelling": true, "isreplycontent": true, "replysplit": true}
	restClasses      = map[string]bool{"OutlookMessageHeader": true}
	// attributionClasses are of lines above a quotation, in whatever language.
	attributionClasses = map[string]bool{"moz-cite-prefix": true, "gmail_attr": true}
	blockElement       = map[atom.Atom]bool{atom.Div: true, atom.P: true, atom.Blockquote: true, atom.Table: true, atom.Ul: true, atom.Ol: true, atom.Hr: true, atom.Pre: true}
	outlookBlock       = regexp.MustCompile(`(?is)^\s*\*?(?:` + fromLabels + `)\s*[:：].{1,400}(?:` + sentLabels + `)\s*[:：](?:.{1,600}(?:` + subjectLabels + `)\s*[:：]|[^\n]{1,100}:\d\d[^\n]{0,20}\n\s*(?:` + toLabels + `)\s*[:：])`)
)

const maxBlockText = 2000 // bytes of an element that may be Outlook's block or an attribution

// cutHTML cuts HTML. What does not parse stays whole.
func cutHTML(page string) cutting {
	if strings.TrimSpace(page) == "" {
		return cutting{}
	}
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return cutting{}
	}
	f := quoteFinder{}
	f.find(doc)
	if f.forwarded || f.mixed(doc) {
		return cutting{mixed: true}
	}
	if len(f.quotes) == 0 && f.rest == nil && len(f.signatures) == 0 {
		return cutting{}
	}
	var removed bytes.Buffer
	for _, n := range f.removals() {
		if n.Parent == nil {
			continue
		}
		n.Parent.RemoveChild(n)
		if err := html.Render(&removed, n); err != nil {
			return cutting{}
		}
	}
	if !hasContent(doc) {
		return cutting{}
	}
	var kept bytes.Buffer
	if err := html.Render(&kept, doc); err != nil {
		return cutting{}
	}
	return cutting{cut: true, kept: kept.String(), removed: textFromHTML(removed.String())}
}

// quoteFinder walks a page in reading order and notes what is quoted. x/net/html
// limits the depth of a page to 512, so the walk may recurse.
type quoteFinder struct {
	quotes     []*html.Node
	rest       *html.Node // from here on all is quoted
	signatures []*html.Node
	forwarded  bool
	inside     bool // answers stand within a quotation
}

func (f *quoteFinder) find(n *html.Node) {
	if f.forwarded || f.rest != nil {
		return
	}
	switch {
	case n.Type == html.TextNode && forwardMark.MatchString(strings.TrimSpace(n.Data)) && len(f.quotes) == 0:
		f.forwarded = true
		return
	case n.Type == html.TextNode && (originalMark.MatchString(strings.TrimSpace(n.Data)) || dashedAttribution(n.Data)):
		f.rest = n
		return
	case n.Type == html.ElementNode && n.DataAtom == atom.Head:
		return
	case n.Type == html.ElementNode && f.begins(n):
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		f.find(c)
	}
}

// begins notes the element if something quoted begins with it.
func (f *quoteFinder) begins(n *html.Node) bool {
	switch {
	case hasClass(n, signatureClasses), signatureIDs[strings.ToLower(attribute(n, "id"))]:
		f.signatures = append(f.signatures, n)
	case restIDs[strings.ToLower(attribute(n, "id"))], attribute(n, "name") == "messageReplySection", hasClass(n, restClasses):
		f.rest = n
	case blockElement[n.DataAtom] && isOutlookBlock(n):
		f.rest = n
	case n.DataAtom != atom.Blockquote && hasClass(n, quoteClasses), n.DataAtom == atom.Blockquote && isAttributed(n):
		if forwardedWithin(n) {
			f.forwarded = true
			return true
		}
		f.inside = f.inside || answersWithin(n)
		f.quotes = append(f.quotes, n)
	default:
		return false
	}
	return true
}

// mixed says whether answers stand within a quotation or between two.
func (f *quoteFinder) mixed(doc *html.Node) bool {
	if f.inside || len(f.quotes) < 2 {
		return f.inside
	}
	removed, quote := map[*html.Node]bool{}, map[*html.Node]bool{}
	for _, n := range f.removals() {
		removed[n] = true
	}
	for _, n := range f.quotes {
		quote[n] = true
	}
	passed, between := 0, false
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if quote[n] {
			passed++
		}
		if removed[n] {
			return
		}
		if n.Type == html.TextNode && strings.TrimSpace(n.Data) != "" && passed > 0 && passed < len(f.quotes) {
			between = true
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(doc)
	return between
}

// removals lists every node to be taken out.
func (f *quoteFinder) removals() []*html.Node {
	nodes := append([]*html.Node{}, f.signatures...)
	for _, q := range f.quotes {
		nodes = append(append(nodes, attributionBefore(q)...), q)
	}
	if f.rest == nil {
		return nodes
	}
	if prev := previousWords(f.rest); prev != nil && prev.DataAtom == atom.Hr {
		nodes = append(nodes, prev)
	}
	nodes = append(nodes, f.rest)
	for x := f.rest; x != nil && x.DataAtom != atom.Body; x = x.Parent {
		for s := x.NextSibling; s != nil; s = s.NextSibling {
			nodes = append(nodes, s)
		}
	}
	return nodes
}

// isOutlookBlock knows "From: Sent: To: Subject:" in one element, or the line
// "-----Original Message-----". The innermost such element is meant.
func isOutlookBlock(n *html.Node) bool {
	text := textOf(n, maxBlockText)
	if originalMark.MatchString(strings.TrimSpace(text)) {
		return true
	}
	return outlookBlock.MatchString(text)
}

// isAttributed says whether a program named the author above the quotation or
// (Apple, Mail.ru) in its first words.
func isAttributed(n *html.Node) bool {
	if prev := previousWords(n); prev != nil && hasClass(prev, attributionClasses) || len(attributionBefore(n)) > 0 {
		return true
	}
	first, _, _ := strings.Cut(strings.TrimLeft(textOf(n, maxBlockText), "\n "), ":\n")
	return gradeAttribution(strings.Join(strings.Fields(first), " ")+":") > noAttribution
}

func forwardedWithin(n *html.Node) bool {
	lines := strings.Split(textOf(n, maxBlockText), "\n")
	for i, line := range lines {
		if i > 6 {
			break
		}
		if forwardMark.MatchString(line) {
			return true
		}
	}
	return false
}

// answersWithin knows Gmail's inline answers: words between the quotations of
// one container.
func answersWithin(n *html.Node) bool {
	if n.DataAtom == atom.Blockquote {
		return false
	}
	quoted := false
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.DataAtom == atom.Blockquote:
			quoted = true
		case quoted && !hasClass(c, signatureClasses) && strings.TrimSpace(textOf(c, maxBlockText)) != "":
			return true
		}
	}
	return false
}

// attributionBefore returns the nodes of the line above a quotation if it is an
// attribution: an element, or a run of text and inline elements.
func attributionBefore(n *html.Node) []*html.Node {
	prev := previousWords(n)
	if prev == nil {
		return nil
	}
	if hasClass(prev, attributionClasses) {
		return []*html.Node{prev}
	}
	var run []*html.Node
	text := ""
	for x := prev; x != nil && len(run) < 20; x = x.PrevSibling {
		if len(run) > 0 && (blockElement[x.DataAtom] || x.DataAtom == atom.Br) {
			break
		}
		run = append(run, x)
		text = textOf(x, maxBlockText) + text
		if blockElement[x.DataAtom] {
			break
		}
	}
	if gradeAttribution(strings.Join(strings.Fields(text), " ")) == noAttribution {
		return nil
	}
	for x := run[len(run)-1].PrevSibling; x != nil && len(run) < 30; x = x.PrevSibling {
		if !aboveAttribution.MatchString(textOf(x, maxBlockText)) {
			break
		}
		run = append(run, x)
	}
	return run
}

// previousWords is the node with words before n: a sibling, or one of the
// parents' siblings, at most three levels up.
func previousWords(n *html.Node) *html.Node {
	for up := 0; n != nil && up < 3 && n.DataAtom != atom.Body; up++ {
		steps := 0
		for x := n.PrevSibling; x != nil && steps < 50; x = x.PrevSibling {
			steps++
			if x.DataAtom == atom.Hr || strings.TrimSpace(textOf(x, maxBlockText)) != "" {
				return x
			}
		}
		n = n.Parent
	}
	return nil
}

// textOf collects the text of a node with line ends at blocks, up to limit bytes
// and as many nodes.
func textOf(n *html.Node, limit int) string {
	var out strings.Builder
	seen := 0
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if seen++; seen > limit || out.Len() > limit {
			return
		}
		if n.Type == html.TextNode {
			out.WriteString(strings.ReplaceAll(strings.ReplaceAll(n.Data, "\n", " "), "\u00a0", " "))
		}
		for c := n.FirstChild; c != nil && seen <= limit; c = c.NextSibling {
			walk(c)
		}
		if blockElement[n.DataAtom] || n.DataAtom == atom.Br || n.DataAtom == atom.Tr {
			out.WriteByte('\n')
		}
	}
	walk(n)
	return out.String()
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hasClass(n *html.Node, classes map[string]bool) bool {
	for _, class := range strings.Fields(attribute(n, "class")) {
		if classes[class] {
			return true
		}
	}
	return false
}

// hasContent says whether words or a picture are left in the page's body.
func hasContent(n *html.Node) bool {
	if n.Type == html.TextNode && strings.Trim(n.Data, " \t\r\n\u00a0") != "" || n.DataAtom == atom.Img {
		return true
	}
	if n.DataAtom == atom.Head || n.DataAtom == atom.Style || n.DataAtom == atom.Script {
		return false
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if hasContent(c) {
			return true
		}
	}
	return false
}
