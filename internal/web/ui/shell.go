package ui

import (
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
)

// htmxConfig: refusals may be swapped in, failures may not; no style is
// injected; nothing is evaluated.
const htmxConfig = `{"noSwap":[204,304,"5xx"],"includeIndicatorCSS":false,"extensions":"preload,keep-open,one-page"}`

var themes = []struct{ value, icon, key string }{
	{"", "device-desktop", "ui.theme.system"},
	{"light", "sun", "ui.theme.light"},
	{"dark", "moon", "ui.theme.dark"},
}

// theme is the attribute of an explicit choice; none follows the system.
func theme(t string) templ.Attributes {
	if t == "" {
		return nil
	}
	return templ.Attributes{"data-theme": t}
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func milliseconds(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

// wordsScript carries the scripts' texts as data, which the policy allows.
func wordsScript(p Page) string {
	return `<script type="application/json" id="words">` + strings.ReplaceAll(p.words(), "<", `\u003c`) + `</script>`
}

// trueOrNot is the value of an ARIA attribute: an empty one would mean false.
func trueOrNot(yes bool) string {
	if yes {
		return "true"
	}
	return "false"
}
