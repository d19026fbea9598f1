package web

import (
	"strings"
	"testing"
)

func TestShadesSayWhatTheStyleSheetShows(t *testing.T) {
	sheet := accentSheet(colour{1, 1, 0})
	shades := Shades("#ffff00")
	if len(shades) != 2 || Shades("yellow") != nil {
		t.Fatalf("%v, %v", shades, Shades("yellow"))
	}
	for i, moved := range []bool{true, false} {
		s := shades[i]
		if s.Moved != moved || s.Contrast < legible {
			t.Errorf("%+v", s)
		}
		if want := "--color-primary:" + s.Colour + ";--color-primary-content:" + s.Ink; !strings.Contains(sheet, want) {
			t.Errorf("the sheet has no %s: %s", want, sheet)
		}
	}
}
