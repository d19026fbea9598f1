package oknotest

import (
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// control is the field with a label, as a person finds it.
func control(label string) string {
	return `((t) => { for (const l of document.querySelectorAll("label")) { if (l.innerText.replace("*", "").trim() === t && l.offsetParent !== null) { return l.control } }
		return [...document.querySelectorAll("input,textarea,select,[contenteditable=true]")].find(e => e.getAttribute("aria-label") === t && e.checkVisibility()) })(` + quoted(label) + `)`
}

// Fill types into the field with that label, in place of what stands there.
func (v *Visitor) Fill(label, text string) *Visitor {
	v.t.Helper()
	// A composer takes the place of its text area once that has the focus.
	v.until("stand in the field "+label, `(c => { if (!c) { return false } c.scrollIntoView({block: "center"}); c.focus(); if (c.select) { c.select() }
		return document.activeElement === c && !c.matches(".scripts [data-composer]") })(`+control(label)+`)`)
	return v.Type(text)
}

// Choose picks an option of the select with that label by its text.
func (v *Visitor) Choose(label, option string) *Visitor {
	v.t.Helper()
	v.until("find the choice "+label, control(label))
	v.until("choose "+option, `(() => { const c = `+control(label)+`, o = [...c.options].find(o => o.text.trim() === `+quoted(option)+`);
		if (!o) { return false } c.value = o.value; c.dispatchEvent(new Event("input", {bubbles: true})); c.dispatchEvent(new Event("change", {bubbles: true})); return true })()`)
	return v
}

// Attach gives files to the file field with that label.
func (v *Visitor) Attach(label string, files ...string) *Visitor {
	v.t.Helper()
	v.until("find the file field "+label, control(label))
	v.Do(`document.querySelectorAll("[data-test-file]").forEach(e => e.removeAttribute("data-test-file")); ` + control(label) + `.setAttribute("data-test-file", "")`)
	v.run("attach", chromedp.SetUploadFiles(`[data-test-file]`, files))
	return v
}

// pressable is the button or link with a name, as a person finds it; else the
// row of a list that says it.
func pressable(name string) string {
	return `((t) => { const all = [...document.querySelectorAll("button,a,summary,[role=button],[role=tab]")].filter(e => e.checkVisibility() && !e.disabled);
		return all.find(e => e.innerText.replace(/\s+/g, " ").trim() === t || e.getAttribute("aria-label") === t) ||
			all.find(e => e.matches("a.row") && e.innerText.includes(t)) })(` + quoted(name) + `)`
}

// Press clicks the button or link with that name.
func (v *Visitor) Press(name string) *Visitor {
	v.t.Helper()
	v.until("find the button "+name, pressable(name))
	v.Do(`const b = ` + pressable(name) + `; b.scrollIntoView({block: "center"}); b.focus(); b.click()`)
	return v
}

// Holds waits until the field with that label holds a text.
func (v *Visitor) Holds(label, text string) *Visitor {
	v.t.Helper()
	v.until("find "+text+" in "+label, `(c => c && (c.isContentEditable ? c.innerText : c.value).includes(`+quoted(text)+`))(`+control(label)+`)`)
	return v
}

// Lacks waits until the field with that label does not hold a text.
func (v *Visitor) Lacks(label, text string) *Visitor {
	v.t.Helper()
	v.until("find no "+text+" in "+label, `(c => c && !(c.isContentEditable ? c.innerText : c.value).includes(`+quoted(text)+`))(`+control(label)+`)`)
	return v
}

// Type types where the cursor is.
func (v *Visitor) Type(text string) *Visitor {
	v.t.Helper()
	if _, err := chromedp.Call(v.ctx, input.InsertText, input.InsertTextParams{Text: text}); err != nil {
		v.t.Fatal(err)
	}
	return v
}
