package okno_test

import (
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
)

func TestHoursAreReadAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]string{
		"9:00-18:00": "09:00-18:00", "9-13, 14–18": "09:00-13:00, 14:00-18:00", " 00:00 — 24:00 ": "00:00-24:00", "": "",
	} {
		spans, ok := okno.ParseSpans(text)
		if !ok || okno.SpansText(spans) != want {
			t.Errorf("%q: %q %v, want %q", text, okno.SpansText(spans), ok, want)
		}
	}
	for _, text := range []string{"9", "9-", "-18", "25-26", "9:60-10", "morning", "9-24:01", "1-2,2-3,3-4,4-5,5-6,6-7,7-8"} {
		if spans, ok := okno.ParseSpans(text); ok {
			t.Errorf("%q is read as %v", text, spans)
		}
	}
}

func TestEveryFaultOfACalendarIsNamed(t *testing.T) {
	good := func() okno.Calendar {
		var c okno.Calendar
		c.Hours[time.Monday] = []okno.Span{{From: 540, To: 1080}}
		return c
	}
	if c := good(); c.Check() != nil {
		t.Fatal(c.Check())
	}
	for field, spoil := range map[string]func(*okno.Calendar){
		"zone":        func(c *okno.Calendar) { c.Zone = "Moon/Base" },
		"close_after": func(c *okno.Calendar) { c.CloseAfter = 61 },
		"hours_1":     func(c *okno.Calendar) { c.Hours[1] = nil },
		"hours_2":     func(c *okno.Calendar) { c.Hours[2] = []okno.Span{{From: 600, To: 700}, {From: 650, To: 800}} },
		"hours_3":     func(c *okno.Calendar) { c.Hours[3] = []okno.Span{{From: 600, To: 600}} },
		"holidays":    func(c *okno.Calendar) { c.Holidays = okno.ParseDays("2026-01-01\nNew Year") },
		"moved":       func(c *okno.Calendar) { c.Moved = []okno.Day{"2026-02-30"} },
		"shortened":   func(c *okno.Calendar) { c.Shortened = make([]okno.Day, 1001) },
	} {
		c := good()
		spoil(&c)
		err := c.Check()
		if err == nil || !strings.Contains(err.Error(), "("+field+")") {
			t.Errorf("%s: %v", field, err)
		}
	}
}
