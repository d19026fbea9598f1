package web

// Shade is how an accent colour stands on one theme's paper. Colours are
// "#rrggbb".
type Shade struct {
	Theme    string // "light" or "dark"
	Paper    string
	Colour   string  // moved until it can be read on the paper
	Ink      string  // of words that stand on the colour
	Contrast float64 // of colour and paper, from 1 to 21 (WCAG 2.2)
	Moved    bool    // it could not be read as it was given
}

// Shades are an accent's on both themes; none for what is no colour.
func Shades(accent string) []Shade {
	c, ok := parseColour(accent)
	if !ok {
		return nil
	}
	shade := func(theme string, end, paper colour) Shade {
		shown, ink := c.until(end, paper), white
		if shown.contrast(black) > shown.contrast(white) {
			ink = black
		}
		return Shade{Theme: theme, Paper: paper.hex(), Colour: shown.hex(), Ink: ink.hex(), Contrast: shown.contrast(paper), Moved: shown.hex() != c.hex()}
	}
	return []Shade{shade("light", black, lightPaper), shade("dark", white, darkPaper)}
}
