package safehtml

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Limits of Text, in bytes. What is beyond is left out and "…" stands for it.
const (
	maxTextInput  = 4 << 20
	maxTextOutput = 512 << 10
)

// Text returns what a reader of the HTML sees, as plain text: paragraphs apart
// by an empty line, lists with "- " or numbers, quotes behind "> ", a table's
// rows as lines with " | " between the cells, links as "words <address>". It
// reads tags as they come and needs no tree, so no nesting troubles it.
func Text(text string) string {
	text, cut := shorten(text, maxTextInput)
	reader := textReader{tokens: html.NewTokenizer(strings.NewReader(text)), out: textWriter{rowLine: noRow}}
	for !reader.out.full() {
		if kind := reader.tokens.Next(); kind == html.ErrorToken {
			break // the end: reading a string fails in no other way
		} else if kind == html.TextToken {
			reader.text()
		} else if kind != html.CommentToken && kind != html.DoctypeToken {
			reader.tag(kind)
		}
	}
	return reader.out.finish(cut)
}

// shorten cuts text to at most limit bytes, not within a character.
func shorten(text string, limit int) (string, bool) {
	if len(text) <= limit {
		return text, false
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit], true
}

// list is a list we are in: numbered from next, or not when next is 0.
type list struct{ next int }

type textReader struct {
	tokens *html.Tokenizer
	out    textWriter
	lists  []list
	// hidden is the element whose content is not shown, and how often it stands
	// within itself; zero when we are in none.
	hidden      atom.Atom
	hiddenDepth int
	// A link's address and where its words begin in out.
	link      string
	linkStart int
}

const maxLists = 20

func (r *textReader) text() {
	if r.hiddenDepth == 0 {
		r.out.words(string(r.tokens.Text()))
	}
}

func (r *textReader) tag(kind html.TokenType) {
	token := r.tokens.Token()
	node := &html.Node{Attr: token.Attr}
	if token.DataAtom == atom.Noscript {
		r.tokens.NextIsNotRawText()
	}
	if r.skip(kind, token, node) {
		return
	}
	if kind == html.EndTagToken {
		r.close(token.DataAtom)
		return
	}
	r.open(token.DataAtom, node)
}

// skip follows what is hidden and says whether this tag belongs to it.
func (r *textReader) skip(kind html.TokenType, token html.Token, node *html.Node) bool {
	if r.hiddenDepth > 0 {
		if token.DataAtom == r.hidden && kind == html.StartTagToken {
			r.hiddenDepth++
		} else if token.DataAtom == r.hidden && kind == html.EndTagToken {
			r.hiddenDepth--
		}
		return true
	}
	if kind != html.StartTagToken || token.DataAtom == 0 {
		return false
	}
	switch token.DataAtom {
	case atom.Script, atom.Style, atom.Title, atom.Template, atom.Svg, atom.Math, atom.Select, atom.Datalist,
		atom.Iframe, atom.Object, atom.Noembed, atom.Noframes, atom.Audio, atom.Video, atom.Canvas:
		r.hidden, r.hiddenDepth = token.DataAtom, 1
	case atom.Div, atom.Span, atom.Table:
		// Those whose end tag cannot be left out, else all the rest would be hidden.
		style := strings.ReplaceAll(strings.ToLower(attribute(node, "style")), " ", "")
		if strings.Contains(style, "display:none") {
			r.hidden, r.hiddenDepth = token.DataAtom, 1
		}
	}
	return r.hiddenDepth > 0
}

func (r *textReader) open(name atom.Atom, node *html.Node) {
	switch name {
	case atom.Br:
		r.out.breakLine()
	case atom.Hr:
		r.out.gap(1)
		r.out.raw("---")
		r.out.gap(1)
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Dl:
		r.out.gap(2)
	case atom.Table:
		r.out.row(2)
	case atom.Tr:
		r.out.row(1)
	case atom.Pre:
		r.out.gap(2)
		r.out.pre++
	case atom.Blockquote:
		r.out.gap(2)
		r.out.quotes++
	case atom.Ul:
		r.openList(list{})
	case atom.Ol:
		r.openList(list{next: 1})
	case atom.Li:
		r.openItem()
	case atom.Td, atom.Th:
		r.out.cell()
	case atom.Img:
		if alt := strings.TrimSpace(attribute(node, "alt")); alt != "" {
			r.out.words("[" + alt + "]")
		}
	case atom.A:
		r.closeLink()
		if address, ok := cleanURL(attribute(node, "href")); ok {
			r.link, r.linkStart = address, r.out.position()
		}
	default:
		r.block(name)
	}
}

func (r *textReader) close(name atom.Atom) {
	switch name {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Dl:
		r.out.gap(2)
	case atom.Table:
		r.out.row(2)
	case atom.Tr:
		r.out.row(1)
	case atom.Pre:
		r.out.gap(2)
		r.out.pre = max(r.out.pre-1, 0)
	case atom.Blockquote:
		r.out.gap(2)
		r.out.quotes = max(r.out.quotes-1, 0)
	case atom.Ul, atom.Ol:
		if len(r.lists) > 0 {
			r.lists = r.lists[:len(r.lists)-1]
		}
		r.listGap()
	case atom.A:
		r.closeLink()
	default:
		r.block(name)
	}
}

// block puts on a line of its own what browsers put there.
func (r *textReader) block(name atom.Atom) {
	switch name {
	case atom.Div, atom.Li, atom.Dt, atom.Dd, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main,
		atom.Aside, atom.Nav, atom.Figure, atom.Figcaption, atom.Address, atom.Center, atom.Caption, atom.Form,
		atom.Fieldset, atom.Body:
		r.out.gap(1)
	}
}

func (r *textReader) openList(l list) {
	r.listGap()
	if len(r.lists) < maxLists {
		r.lists = append(r.lists, l)
	}
}

func (r *textReader) listGap() {
	if len(r.lists) == 0 {
		r.out.gap(2)
	} else {
		r.out.gap(1)
	}
}

func (r *textReader) openItem() {
	r.out.gap(1)
	if len(r.lists) == 0 {
		r.out.raw("- ")
		return
	}
	inner := &r.lists[len(r.lists)-1]
	r.out.raw(strings.Repeat("  ", len(r.lists)-1) + inner.mark())
}

func (l *list) mark() string {
	if l.next == 0 {
		return "- "
	}
	l.next++
	return strconv.Itoa(l.next-1) + ". "
}

// closeLink writes the address behind the words, unless they say the same.
func (r *textReader) closeLink() {
	if r.link == "" {
		return
	}
	address := r.link
	r.link = ""
	said := strings.TrimSpace(r.out.since(r.linkStart))
	_, bare, _ := strings.Cut(address, ":")
	bare = strings.TrimPrefix(bare, "//")
	switch strings.TrimSuffix(said, "/") {
	case strings.TrimSuffix(address, "/"), strings.TrimSuffix(bare, "/"):
		return
	case "":
		r.out.words(address)
	default:
		r.out.words(" <" + address + ">")
	}
}
