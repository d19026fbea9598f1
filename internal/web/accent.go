package web

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
)

// Accent is where the installation's own colour is; empty: it has none. The
// colour stands in the address, so that a browser may keep the sheet.
func (q *Request) Accent() string {
	if _, ok := parseColour(q.Settings.Accent); !ok {
		return ""
	}
	return "/accent.css?" + url.Values{"of": {q.Settings.Accent[1:]}}.Encode()
}

// accent is the style sheet that puts the installation's colour in the place
// of the theme's.
func accent(q *Request) error {
	if err := q.settle(); err != nil {
		return err
	}
	h := q.Writer.Header()
	h.Set("Content-Type", "text/css; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=86400")
	if "#"+q.Query("of") != q.Settings.Accent {
		// A page from before the colour changed asks for the old one.
		h.Set("Cache-Control", "no-cache")
	}
	q.Writer.WriteHeader(http.StatusOK)
	if c, ok := parseColour(q.Settings.Accent); ok {
		_, _ = io.WriteString(q.Writer, accentSheet(c))
	}
	return nil
}

// colour is sRGB, each part from 0 to 1.
type colour [3]float64

var (
	white = colour{1, 1, 1}
	black = colour{0, 0, 0}
	// The themes' own paper, rounded: the darkest of the light, the lightest
	// of the dark, so that what is legible there is legible on all.
	lightPaper = colour{0.967, 0.972, 0.980}
	darkPaper  = colour{0.106, 0.118, 0.137}
)

// legible is the contrast that text needs (WCAG 2.2, 1.4.3).
const legible = 4.5

// accentSheet moves the colour toward black for the light theme and toward
// white for the dark one until it can be read as text on their paper.
func accentSheet(c colour) string {
	light := c.until(black, lightPaper)
	dark := c.until(white, darkPaper)
	return fmt.Sprintf(":root,[data-theme=light]{%s}\n@media (prefers-color-scheme:dark){:root:not([data-theme]){%s}}\n:root[data-theme=dark]{%s}\n",
		light.primary(), dark.primary(), dark.primary())
}

func (c colour) primary() string {
	ink := white
	if c.contrast(black) > c.contrast(white) {
		ink = black
	}
	return "--color-primary:" + c.hex() + ";--color-primary-content:" + ink.hex()
}

func (c colour) until(end, paper colour) colour {
	for step := range 101 {
		if mixed := c.mix(end, float64(step)/100); mixed.contrast(paper) >= legible {
			return mixed
		}
	}
	return end
}

func (c colour) mix(other colour, share float64) colour {
	for i := range c {
		// Rounded as it will be written, so that what is checked is what is shown.
		c[i] = math.Round((c[i]*(1-share)+other[i]*share)*255) / 255
	}
	return c
}

// contrast is the ratio of WCAG 2.2, from 1 to 21.
func (c colour) contrast(other colour) float64 {
	a, b := c.luminance(), other.luminance()
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

func (c colour) luminance() float64 {
	sum := 0.0
	for i, share := range [3]float64{0.2126, 0.7152, 0.0722} {
		v := c[i]
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		sum += share * v
	}
	return sum
}

func (c colour) hex() string {
	return fmt.Sprintf("#%02x%02x%02x", int(math.Round(c[0]*255)), int(math.Round(c[1]*255)), int(math.Round(c[2]*255)))
}

// parseColour reads "#rrggbb".
func parseColour(s string) (c colour, ok bool) {
	if len(s) != 7 || s[0] != '#' {
		return c, false
	}
	n, err := strconv.ParseUint(s[1:], 16, 32)
	if err != nil {
		return c, false
	}
	return colour{float64(n>>16) / 255, float64(n>>8&0xff) / 255, float64(n&0xff) / 255}, true
}
