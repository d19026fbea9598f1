package safehtml

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
)

// Attributes that hold the address of a picture that was blanked, and of one
// that lay behind an element.
const (
	remotePrefix     = " data-remote-"
	remoteAttribute  = "data-remote-src"
	remoteBackground = "data-remote-background"
)

// MaxRemote is how many pictures of other hosts a letter may show; the rest
// stay blank.
const MaxRemote = 100

// HasRemote reports whether a Clean.HTML has pictures of other hosts.
func HasRemote(clean string) bool { return strings.Contains(clean, remotePrefix) }

// Remote lists the addresses of the pictures of other hosts in a Clean.HTML,
// each once, in their order; at most MaxRemote.
func Remote(clean string) []string {
	if !HasRemote(clean) {
		return nil
	}
	body, err := parse(clean)
	if err != nil {
		return nil
	}
	var all []string
	for node := range body.Descendants() {
		for _, attr := range node.Attr {
			if attr.Key != remoteBackground && (attr.Key != remoteAttribute || node.Data != "img") {
				continue
			}
			if address, ok := remoteURL(attr.Val); ok && len(all) < MaxRemote && !slices.Contains(all, address) {
				all = append(all, address)
			}
		}
	}
	return all
}

// ShowRemote gives the blanked pictures of a Clean.HTML the address proxy makes
// of theirs; it begins with "/", and "" leaves them blank. Anything else stays
// as it is.
func ShowRemote(clean string, proxy func(remote string) (address string)) string {
	reveal := builder{
		elements: letterElements,
		policy:   shownPolicy(),
		attributes: func(from *html.Node) ([]html.Attribute, bool) {
			attributes := without(from)
			if remote, ok := remoteURL(attribute(from, remoteBackground)); ok {
				if address := proxy(remote); address != "" {
					style := "background-image: url('" + address + "')"
					if own := attribute(from, "style"); own != "" {
						style = strings.TrimRight(own, "; ") + "; " + style
					}
					attributes = append(without(from, "style", remoteBackground), html.Attribute{Key: "style", Val: style})
				}
			}
			remote, ok := remoteURL(attribute(from, remoteAttribute))
			if from.Data != "img" || !ok {
				return attributes, true
			}
			if address := proxy(remote); address != "" {
				attributes = slices.DeleteFunc(attributes, func(a html.Attribute) bool { return a.Key == "src" || a.Key == remoteAttribute })
				attributes = append(attributes, html.Attribute{Key: "src", Val: address})
			}
			return attributes, true
		},
	}
	shown, err := reveal.clean(clean)
	if err != nil {
		return clean
	}
	return shown
}

// shownPolicy lets backgrounds come from us as well. (Styles come to a handler
// in small letters.)
var shownPolicy = sync.OnceValue(func() *bluemonday.Policy {
	p := newLetterPolicy()
	own := regexp.MustCompile(`^url\('/[^/\\\s'()][^\\\s'()]*'\)$`)
	p.AllowStyles("background-image").MatchingHandler(own.MatchString).Globally()
	return p
})

// firstOfSet is the first address of a srcset.
func firstOfSet(set string) (string, bool) {
	first, _, _ := strings.Cut(strings.TrimSpace(set), " ")
	return remoteURL(strings.TrimRight(first, ","))
}

var (
	pixel       = exactly(`[01](?:\.0*)?(?:px|%)?`)
	hiddenStyle = regexp.MustCompile(`(?i)(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden|(?:max-)?(?:width|height)\s*:\s*[01](?:px)?\s*(?:;|!|$))`)
)

// tracking says whether nobody is meant to see a picture: it only tells its
// sender that it was opened.
func tracking(picture *html.Node) bool {
	return pixel.MatchString(strings.TrimSpace(attribute(picture, "width"))) || pixel.MatchString(strings.TrimSpace(attribute(picture, "height"))) ||
		hiddenStyle.MatchString(attribute(picture, "style"))
}

// styleURL is an address in a style: quoted, or bare.
var styleURL = regexp.MustCompile(`(?i)url\(\s*(?:"([^"]*)"|'([^']*)'|([^'"()\s]*))\s*\)`)

// takeBackground takes the picture that lies behind an element out of its
// attributes, and returns it as one that waits to be asked for; nil: there is
// none of another host.
func takeBackground(from *html.Node) []html.Attribute {
	found, ok := remoteURL(attribute(from, "background"))
	from.Attr = without(from, "background", remoteBackground)
	for i := range from.Attr {
		if from.Attr[i].Key != "style" || len(from.Attr[i].Val) > maxStyle {
			continue
		}
		rest, address, has := cutStyleURL(from.Attr[i].Val)
		if from.Attr[i].Val = rest; has {
			found, ok = address, true
		}
	}
	if !ok {
		return nil
	}
	return []html.Attribute{{Key: remoteBackground, Val: found}}
}

// cutStyleURL takes the addresses of backgrounds out of a style, so that its
// colours can stay, and returns the first of another host.
func cutStyleURL(style string) (rest, address string, ok bool) {
	var out strings.Builder
	end := 0
	for _, at := range styleURL.FindAllStringSubmatchIndex(style, -1) {
		out.WriteString(style[end:at[0]])
		end = at[1]
		before := out.String()
		property, _, _ := strings.Cut(before[strings.LastIndexByte(before, ';')+1:], ":")
		switch strings.ToLower(strings.TrimSpace(property)) {
		case "background", "background-image":
		default:
			out.WriteString(style[at[0]:at[1]]) // the policy drops it
			continue
		}
		for n := 2; n < len(at) && !ok; n += 2 {
			if at[n] >= 0 {
				address, ok = remoteURL(style[at[n]:at[n+1]])
			}
		}
	}
	return out.String() + style[end:], address, ok
}
