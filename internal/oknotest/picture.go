package oknotest

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"slices"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// aura is how much of the page around it is taken with an element, in CSS
// pixels.
const aura = 16

// Picture is one element of the page (of main and of the home page, what is in
// it) with a little of what is around it, as a PNG with a palette. Nothing has the focus on it.
func (v *Visitor) Picture(selector string) []byte {
	v.t.Helper()
	v.Do(`if (document.activeElement) { document.activeElement.blur() } scrollTo(0, 0)`)
	type box struct{ X, Y, Width, Height float64 }
	b := Ask[box](v, `(e => { let r = e.getBoundingClientRect()
		if (e.matches("main, .home")) { const inside = new Range(); inside.selectNodeContents(e); r = inside.getBoundingClientRect() }
		return {x: r.x + scrollX, y: r.y + scrollY, width: r.width, height: r.height} })(document.querySelector(`+quoted(selector)+`))`)
	left, top := max(0, b.X-aura), max(0, b.Y-aura)
	whole := true
	shot, err := chromedp.Call(v.ctx, cdppage.CaptureScreenshot, cdppage.CaptureScreenshotParams{
		Format: "png", CaptureBeyondViewport: &whole,
		Clip: &cdppage.Viewport{X: left, Y: top, Width: b.X + b.Width + aura - left, Height: b.Y + b.Height + aura - top, Scale: 1},
	})
	if err != nil {
		v.t.Fatal(err)
	}
	full, err := png.Decode(bytes.NewReader(shot.Data))
	if err != nil {
		v.t.Fatal(err)
	}
	var small bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, paletted(full)); err != nil {
		v.t.Fatal(err)
	}
	return small.Bytes()
}

// paletted is a picture with at most 256 colours. Whatever covers one part in
// 250 keeps its colour; of the rest, the one of those that are alike that is
// seen most stands for the others, more and more roughly.
func paletted(full image.Image) *image.Paletted {
	rgba := image.NewRGBA(full.Bounds())
	draw.Draw(rgba, rgba.Bounds(), full, full.Bounds().Min, draw.Src)
	at := func(pixel int) color.RGBA {
		return color.RGBA{rgba.Pix[4*pixel], rgba.Pix[4*pixel+1], rgba.Pix[4*pixel+2], 0xff}
	}
	pixels := len(rgba.Pix) / 4
	seen := map[color.RGBA]int{}
	for i := range pixels {
		seen[at(i)]++
	}
	most := slices.SortedFunc(maps.Keys(seen), func(a, b color.RGBA) int {
		return cmp.Or(seen[b]-seen[a], cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	var palette color.Palette
	for bits := 0; ; bits++ {
		mask := byte(0xff) << bits
		palette = nil
		taken := map[color.RGBA]bool{} // what like colours have in common
		for _, c := range most {
			like := color.RGBA{c.R & mask, c.G & mask, c.B & mask, 0xff}
			if !taken[like] || seen[c] > pixels/250 {
				palette = append(palette, c)
				taken[like] = true
			}
		}
		if len(palette) <= 256 {
			break
		}
	}
	nearest := map[color.RGBA]uint8{}
	for c := range seen {
		nearest[c] = uint8(palette.Index(c))
	}
	small := image.NewPaletted(rgba.Bounds(), palette)
	for i := range pixels {
		small.Pix[i] = nearest[at(i)]
	}
	return small
}

// Whole waits until every picture that matches a CSS selector is there, as
// large as the page said beforehand.
func (v *Visitor) Whole(selector string) *Visitor {
	v.t.Helper()
	v.until("see the pictures "+selector, `(all => all.length > 0 && all.every(i => i.complete && i.naturalWidth === Number(i.getAttribute("width")) && i.naturalHeight === Number(i.getAttribute("height"))))([...document.querySelectorAll(`+quoted(selector)+`)])`)
	return v
}
