package safehtml

import (
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// linkRel keeps the opened page from reaching back, learning whence the reader
// came, and gaining rank by our linking to it.
const linkRel = "noopener noreferrer nofollow"

const maxURL = 8 << 10

var (
	linkSchemes  = []string{"http", "https", "mailto", "tel"}
	absoluteLink = regexp.MustCompile(`^(?:https?://|mailto:|tel:)`)
)

func exactly(alternatives string) *regexp.Regexp {
	return regexp.MustCompile(`^(?:` + alternatives + `)$`)
}

// linkAttributes replaces the attributes of a link: an address we let through,
// opened in a new window, or none, and then it is not a link.
func linkAttributes(from *html.Node) []html.Attribute {
	address, ok := cleanURL(attribute(from, "href"))
	if !ok {
		return nil
	}
	return []html.Attribute{
		{Key: "href", Val: address},
		{Key: "target", Val: "_blank"},
		{Key: "rel", Val: linkRel},
	}
}

// quoteless encodes what url.URL leaves in hosts and queries: it would end the
// address for whoever reads it out of an attribute or a text.
var quoteless = strings.NewReplacer(`"`, "%22", "<", "%3C", ">", "%3E", "`", "%60", " ", "%20", `\`, "%5C")

// cleanURL returns raw as every browser will understand it, if it is an
// absolute address with a scheme of linkSchemes.
func cleanURL(raw string) (string, bool) {
	if len(raw) > maxURL {
		return "", false
	}
	address, err := url.Parse(stripControls(raw))
	if err != nil {
		return "", false
	}
	switch address.Scheme {
	case "http", "https":
		return quoteless.Replace(address.String()), address.Host != ""
	case "mailto", "tel":
		return quoteless.Replace(address.String()), address.Opaque != ""
	}
	return "", false
}

// remoteURL returns the absolute http(s) address of a remote picture. One with a
// name and password in it is none.
func remoteURL(raw string) (string, bool) {
	raw = stripControls(raw)
	if strings.HasPrefix(raw, "//") {
		raw = "https:" + raw
	}
	address, ok := cleanURL(raw)
	host, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(address, "https://"), "http://"), "/")
	return address, ok && strings.HasPrefix(address, "http") && !strings.Contains(host, "@")
}

// stripControls does what browsers do before they read an address (WHATWG URL,
// "basic URL parser"): they trim, and drop line breaks and tabs within.
func stripControls(raw string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.Trim(raw, " \x00\t\r\n\f\v"))
}
