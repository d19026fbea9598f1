package oknotest

import (
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Size makes the window so wide and high, in CSS pixels.
func (v *Visitor) Size(width, height int64) *Visitor {
	v.t.Helper()
	v.run("resize", chromedp.EmulateViewport(width, height))
	return v
}

// Dark makes the system prefer dark pages, or light ones.
func (v *Visitor) Dark(dark bool) *Visitor {
	v.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	if _, err := chromedp.Call(v.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		// Without motion: colours are measured as soon as they are asked for.
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
	}); err != nil {
		v.t.Fatal(err)
	}
	return v
}

// Scripts switches the page's JavaScript off, or on again.
func (v *Visitor) Scripts(on bool) *Visitor {
	v.t.Helper()
	if _, err := chromedp.Call(v.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on}); err != nil {
		v.t.Fatal(err)
	}
	return v
}

// Without keeps the browser from fetching addresses like these (URLPattern's
// syntax), as if they were lost on the way; none lets all through again.
func (v *Visitor) Without(patterns ...string) *Visitor {
	v.t.Helper()
	var blocked []*network.BlockPattern
	for _, p := range patterns {
		blocked = append(blocked, &network.BlockPattern{URLPattern: p, Block: true})
	}
	if _, err := chromedp.Call(v.ctx, network.Enable, network.EnableParams{}); err != nil {
		v.t.Fatal(err)
	}
	if _, err := chromedp.Call(v.ctx, network.SetBlockedURLs, network.SetBlockedURLsParams{URLPatterns: blocked}); err != nil {
		v.t.Fatal(err)
	}
	return v
}

// Slow lets so many bytes a second leave the browser; 0: as many as can.
func (v *Visitor) Slow(bytes float64) *Visitor {
	v.t.Helper()
	rules := network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{}}
	if bytes > 0 {
		rules.MatchedNetworkConditions = append(rules.MatchedNetworkConditions, &network.Conditions{DownloadThroughput: -1, UploadThroughput: bytes})
	}
	if _, err := chromedp.Call(v.ctx, network.EmulateNetworkConditionsByRule, rules); err != nil {
		v.t.Fatal(err)
	}
	return v
}
