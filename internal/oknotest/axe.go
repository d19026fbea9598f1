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

// sticking is what a page cuts: where it scrolls sideways, where one of
// its panes does that is not meant to, and the placeholder that its field has no
// room for.
const sticking = `(() => { const all = [...document.querySelectorAll("body *")].filter(e => e.checkVisibility()), called = e => e.tagName + "." + (e.getAttribute("class") || e.name)
	const beyond = (e, right) => "sideways for " + ([e, ...e.querySelectorAll("*")].filter(x => x.checkVisibility() && x.getBoundingClientRect().right > right + 1).slice(-3).map(called).join(" ") || called(e))
	if (document.documentElement.scrollWidth > innerWidth + 1) return "the page goes " + beyond(document.body, innerWidth)
	const pane = all.find(e => /auto|scroll/.test(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth + 1 && !e.matches("input, textarea, .tabs, .admin-index, .table-wrap, .code, .prose :is(pre, table)"))
	if (pane) return called(pane) + " goes " + beyond(pane, pane.getBoundingClientRect().right)
	const pen = document.createElement("canvas").getContext("2d")
	const cut = all.find(e => { if (innerWidth < 600 || !e.matches("input[placeholder]")) return false
		const s = getComputedStyle(e), cross = e.type === "search" ? parseFloat(s.fontSize) : 0
		pen.font = s.font
		return pen.measureText(e.placeholder).width > e.clientWidth - parseFloat(s.paddingLeft) - parseFloat(s.paddingRight) - cross })
	return cut ? "no room for " + cut.placeholder + " in " + called(cut) : "" })()`

// Fits fails the test when the page, or a pane of it, cuts what stands there.
func (v *Visitor) Fits() *Visitor {
	v.t.Helper()
	if cut := Ask[string](v, sticking); cut != "" {
		v.t.Errorf("%s does not fit: %s", Ask[string](v, where), cut)
	}
	return v
}
