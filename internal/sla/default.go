package sla

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/oknodesk/okno"
)

// russia are Russia's days: by article 112 of the Labour Code and, for 2026,
// the government's decree 1466 of 24 September 2025; for 2027 by the Code
// alone, since its decree comes late in 2026. Days before a holiday end an
// hour earlier (article 95).
//
//go:embed russia.json
var russia []byte

// workdays are the hours of Monday to Friday until somebody says otherwise.
var workdays = okno.Span{From: 9 * 60, To: 18 * 60}

// defaultCloseAfter is how many working days a done ticket waits for a word.
const defaultCloseAfter = 4

// Default is the calendar of an installation that has not changed it: Monday
// to Friday from 9 to 18 and, where the language is Russian, Russia's days.
func Default(lang string) okno.Calendar {
	c := okno.Calendar{CloseAfter: defaultCloseAfter}
	for day := time.Monday; day <= time.Friday; day++ {
		c.Hours[day] = []okno.Span{workdays}
	}
	if lang != "ru" {
		return c
	}
	var years map[string]struct{ Holidays, Moved, Shortened []okno.Day }
	if err := json.Unmarshal(russia, &years); err != nil {
		panic(fmt.Sprintf("sla: russia.json: %v", err)) // it is embedded above
	}
	for _, y := range years {
		c.Holidays = append(c.Holidays, y.Holidays...)
		c.Moved = append(c.Moved, y.Moved...)
		c.Shortened = append(c.Shortened, y.Shortened...)
	}
	for _, days := range [][]okno.Day{c.Holidays, c.Moved, c.Shortened} {
		slices.Sort(days)
	}
	return c
}
