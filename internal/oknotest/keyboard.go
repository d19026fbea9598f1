package oknotest

import (
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Key presses one key of the keyboard and lets it go, as a person does: what
// the key writes comes with it, unless the page keeps that from happening.
// Keys without a letter are those of chromedp's kb.
func (v *Visitor) Key(key string, modifiers ...chromedp.Modifier) *Visitor {
	v.t.Helper()
	v.until("have the whole page", `document.readyState === "complete"`) // its scripts have run by then
	events := kb.Encode([]rune(key)[0])
	down, up := *events[0], *events[len(events)-1]
	if len(events) == 3 {
		down.Text, down.UnmodifiedText = events[1].Text, events[1].UnmodifiedText
	}
	for _, m := range modifiers {
		down.Modifiers |= int64(m)
		up.Modifiers |= int64(m)
		if m == chromedp.ModifierCtrl {
			down.Text, down.UnmodifiedText = "", ""
		}
	}
	for _, event := range []input.DispatchKeyEventParams{down, up} {
		if _, err := chromedp.Call(v.ctx, input.DispatchKeyEvent, event); err != nil {
			v.t.Fatalf("%s: press %q: %v", v.name, key, err)
		}
	}
	return v
}

// focused is whether what has the focus is called so: by its label, its text
// or the first line of that. A name that ends with a colon is but a beginning.
func focused(name string) string {
	return `((t) => { const e = document.activeElement, text = e.innerText || ""
		const names = [e.getAttribute("aria-label"), e.labels?.[0]?.innerText.replace("*", ""), text, text.trim().split("\n")[0]].map(n => (n || "").replace(/\s+/g, " ").trim())
		return e !== document.body && names.some(n => n === t || t.endsWith(":") && n.startsWith(t)) })(` + quoted(name) + `)`
}

// unseen is where the focus cannot be seen; "" where it can. What the page has
// put it on without a stop for Tab shows by what it says.
const unseen = `(() => { const e = document.activeElement
	if (!e || e === document.body) return "is lost"
	if (!e.checkVisibility()) return "is on what is hidden: " + e.outerHTML.slice(0, 150)
	const lit = (x) => { const s = getComputedStyle(x); return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 }
	const box = e.closest(".composer-box")
	if (e.tabIndex < 0 || lit(e) || [...e.labels || []].some(lit) || e.matches("iframe") || box && e.matches(".editor, textarea")) return ""
	return "does not show on " + e.outerHTML.slice(0, 150) })()`

// Stands waits until the focus is on what is called so, and fails the test when
// that cannot be seen.
func (v *Visitor) Stands(name string) *Visitor {
	v.t.Helper()
	v.until("stand on "+name, focused(name))
	return v.Lit()
}

// Lit fails the test when the focus is lost or cannot be seen.
func (v *Visitor) Lit() *Visitor {
	v.t.Helper()
	if where := Ask[string](v, unseen); where != "" {
		v.t.Fatalf("%s: the focus %s\n%s", v.name, where, v.here())
	}
	return v
}

// TabTo presses Tab until the focus is on what is called so. It must show
// wherever it comes by.
func (v *Visitor) TabTo(name string) *Visitor {
	v.t.Helper()
	v.until("have the whole page", `document.readyState === "complete"`)
	const most = 120
	for range most {
		// Past the last stop there is the browser's own, where the page has none.
		where := Ask[string](v, focused(name)+` ? "there" : document.activeElement === document.body ? "" : `+unseen)
		if where == "there" {
			return v.Lit()
		}
		if where != "" {
			v.t.Fatalf("%s: the focus %s\n%s", v.name, where, v.here())
		}
		v.Key(kb.Tab)
	}
	v.t.Fatalf("%s: Tab does not lead to %s\n%s", v.name, name, v.here())
	return v
}
