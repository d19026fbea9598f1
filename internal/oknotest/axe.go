package oknotest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/chromedp/chromedp"

	"github.com/oknodesk/okno/internal/web/assets/axe"
)

// lookThrough runs axe on the page with the given options. A letter's own HTML
// in its frame is not ours to mend; the first rows of a list speak for all.
const lookThrough = `axe.run({exclude: [[".row:nth-child(n+9)"], ["li:nth-child(n+9) > .ticket-line"], ["tbody tr:nth-child(n+9)"]]}, %s).then(r => r.violations.map(x => x.id + ": " + x.help + "\n" +
	x.nodes.slice(0, 4).map(n => "  " + n.html.slice(0, 200) + "\n    " + (n.any.concat(n.all, n.none)[0] || {message: ""}).message).join("\n")))`

// where is the page and how it is looked at.
const where = `location.pathname + location.search + " " + innerWidth + "px" + (matchMedia("(prefers-color-scheme: dark)").matches ? " dark" : "")`

// Accessible runs axe-core on the page as it stands and fails the test for
// every violation it finds. With rules, only those are looked at.
func (v *Visitor) Accessible(rules ...string) *Visitor {
	v.t.Helper()
	if !Ask[bool](v, `"axe" in window`) {
		script, err := axe.Source()
		if err != nil {
			v.t.Fatal(err)
		}
		Ask[any](v, script+"; null")
	}
	options := map[string]any{"resultTypes": []string{"violations"}, "iframes": false}
	if len(rules) > 0 {
		options["runOnly"] = rules
	}
	asked, err := json.Marshal(options)
	if err != nil {
		v.t.Fatal(err)
	}
	// What moves is measured where it ends.
	v.Do(`document.getAnimations().forEach(a => a.finish())`)
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](fmt.Sprintf(lookThrough, asked), chromedp.EvalAwaitPromise))
	if err != nil {
		v.t.Fatalf("axe: %v\n%s", err, v.here())
	}
	if len(found) > 0 {
		v.t.Errorf("%s is not accessible:\n%s", Ask[string](v, where), strings.Join(found, "\n"))
	}
	return v
}

// Fits fails the test when the page scrolls sideways.
func (v *Visitor) Fits() *Visitor {
	v.t.Helper()
	if wide := Ask[string](v, `document.documentElement.scrollWidth <= innerWidth + 1 ? "" : [...document.querySelectorAll("body *")].filter(e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1).slice(0, 3).map(e => e.tagName + "." + e.className).join(" ") || "(nothing seen)"`); wide != "" {
		v.t.Errorf("%s scrolls sideways: %s", Ask[string](v, where), wide)
	}
	return v
}
