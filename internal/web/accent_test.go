package web

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAnyAccentIsLegible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.IntRange(0, 255)
		c := colour{float64(part.Draw(t, "red")) / 255, float64(part.Draw(t, "green")) / 255, float64(part.Draw(t, "blue")) / 255}
		if got := c.until(black, lightPaper); got.contrast(lightPaper) < legible {
			t.Errorf("%s becomes %s: %.2f on light paper", c.hex(), got.hex(), got.contrast(lightPaper))
		}
		if got := c.until(white, darkPaper); got.contrast(darkPaper) < legible {
			t.Errorf("%s becomes %s: %.2f on dark paper", c.hex(), got.hex(), got.contrast(darkPaper))
		}
		if back, ok := parseColour(c.hex()); !ok || back.hex() != c.hex() {
			t.Errorf("%s is read as %s", c.hex(), back.hex())
		}
	})
}

func TestAccentSheet(t *testing.T) {
	r := newRig(t, nil)
	if w := r.get("/accent.css"); w.Code != 200 || w.Body.Len() != 0 {
		t.Errorf("without a colour: %d %s", w.Code, w.Body)
	}
	r.desk.settings.Accent = "#1f55a5"
	if got := r.get("/accent.css?of=1f55a5"); !strings.HasPrefix(got.Body.String(), ":root,[data-theme=light]{--color-primary:#1f55a5;--color-primary-content:#ffffff}") {
		t.Errorf("sheet %s", got.Body)
	}
	r.desk.settings.Accent = "red;}body{display:none"
	if got := r.get("/accent.css").Body.String(); got != "" {
		t.Errorf("anything goes into the sheet: %s", got)
	}
}
