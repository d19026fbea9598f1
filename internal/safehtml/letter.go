package safehtml

import (
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
)

// Clean is a letter's HTML made harmless.
type Clean struct {
	// HTML is to be shown in a sandboxed frame whose policy allows inline styles
	// and no remote pictures.
	HTML string
	// Remote says that pictures of other hosts were blanked; ShowRemote brings
	// them back.
	Remote bool
}

var letterElements = knownElements(`a abbr address article aside b big blockquote br caption center cite code col colgroup
	dd del dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main nav ol p pre q
	s samp section small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var`)

// Letter cleans the HTML of a letter or of an uploaded file. cid gives the
// address of the part with a Content-ID (without angle brackets), beginning
// with "/", or false. Every link opens a new window; pictures of other hosts
// lose their address to data-remote-src, backgrounds to data-remote-background;
// those of one pixel are dropped; data: pictures are dropped. What is over 1 MB,
// 50,000 tags or 200 deep comes as the HTML of its text.
func Letter(text string, cid func(contentID string) (address string, ok bool)) Clean {
	var clean Clean
	letter := builder{
		elements: letterElements,
		policy:   letterPolicy(),
		attributes: func(from *html.Node) ([]html.Attribute, bool) {
			background := takeBackground(from)
			clean.Remote = clean.Remote || len(background) > 0
			switch from.Data {
			case "a":
				return append(append(withoutOddStyle(without(from, "href", "target", "rel")), linkAttributes(from)...), background...), true
			case "img":
				picture, remote, keep := letterPicture(from, cid)
				clean.Remote = clean.Remote || remote
				return append(withoutOddStyle(picture), background...), keep
			}
			return append(withoutOddStyle(without(from)), background...), true
		},
	}
	var err error
	if clean.HTML, err = letter.clean(text); err != nil {
		return Clean{HTML: FromText(Text(text))}
	}
	return clean
}

// letterPicture returns the attributes of a picture, whether it is remote, and
// whether to keep it.
func letterPicture(from *html.Node, cid func(string) (string, bool)) (attributes []html.Attribute, remote, keep bool) {
	attributes = without(from, "src", "srcset", remoteAttribute, remoteBackground)
	source := stripControls(attribute(from, "src"))
	if len(source) >= 4 && strings.EqualFold(source[:4], "cid:") {
		id := source[4:]
		if plain, err := url.PathUnescape(id); err == nil {
			id = plain
		}
		if address, ok := cid(strings.Trim(id, "<>")); ok {
			attributes = append(attributes, html.Attribute{Key: "src", Val: address})
		}
		return attributes, false, true
	}
	address, ok := remoteURL(source)
	if !ok {
		address, ok = firstOfSet(attribute(from, "srcset"))
	}
	if ok {
		if tracking(from) {
			return nil, false, false
		}
		return append(attributes, html.Attribute{Key: remoteAttribute, Val: address}), true, true
	}
	return attributes, false, attribute(from, "alt") != ""
}

var (
	ownAddress = regexp.MustCompile(`^/[^/\\\s][^\\\s]*$`)
	length     = exactly(`[0-9]{1,4}(?:px|%)?`)
	span       = exactly(`[0-9]{1,2}`)
	colour     = exactly(`#?[a-zA-Z0-9]{1,30}|rgb\([0-9, ]{1,20}\)`)
	side       = exactly(`(?i:left|right|center|justify|top|middle|bottom|baseline|char|absmiddle)`)
	words      = regexp.MustCompile(`^[\p{L}\p{N} ,.'"_+-]{1,200}$`)
	marker     = exactly(`(?i:[1ai]|disc|circle|square)`)
)

var letterPolicy = sync.OnceValue(newLetterPolicy)

func newLetterPolicy() *bluemonday.Policy {
	p := basePolicy(letterElements)
	p.AllowAttrs("src").Matching(ownAddress).OnElements("img")
	p.AllowAttrs(remoteAttribute).Matching(regexp.MustCompile(`^https?://`)).OnElements("img")
	p.AllowAttrs(remoteBackground).Matching(regexp.MustCompile(`^https?://`)).Globally()
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("title").OnElements("a", "abbr", "img")
	p.AllowAttrs("width", "height", "border", "hspace", "vspace", "cellpadding", "cellspacing").Matching(length).
		OnElements("img", "table", "td", "th", "tr", "col", "colgroup", "hr")
	p.AllowAttrs("colspan", "rowspan", "span").Matching(span).OnElements("td", "th", "col", "colgroup")
	p.AllowAttrs("bgcolor", "bordercolor").Matching(colour).OnElements("table", "tbody", "thead", "tfoot", "tr", "td", "th")
	p.AllowAttrs("align", "valign").Matching(side).Globally()
	p.AllowAttrs("nowrap", "noshade").Matching(words).OnElements("td", "th", "hr")
	p.AllowAttrs("color").Matching(colour).OnElements("font", "hr")
	p.AllowAttrs("face").Matching(words).OnElements("font")
	p.AllowAttrs("size").Matching(exactly(`[+-]?[0-9]{1,2}`)).OnElements("font", "hr")
	p.AllowAttrs("start", "value").Matching(exactly(`-?[0-9]{1,6}`)).OnElements("ol", "li")
	p.AllowAttrs("type").Matching(marker).OnElements("ol", "ul", "li")
	p.AllowStyles(styleProperties...).MatchingHandler(styleValue).Globally()
	return p
}
