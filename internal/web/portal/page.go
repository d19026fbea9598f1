package portal

import (
	"strings"

	"github.com/oknodesk/okno/internal/web/ui"
)

// living is a page with the portal's script: it follows changes or takes files.
func living(p ui.Page) ui.Page {
	p.Script = "portal"
	return p
}

// linkMark stands in a text of the catalogue where its link belongs.
const linkMark = "\x00"

// around are the words before and after the link in a text.
func around(text string) (before, after string) {
	before, after, _ = strings.Cut(text, linkMark)
	return before, after
}
